"""What pays out of the unemployment insurance fund: like the treasury, with tables and books of its own.

``python -m sandbox.unemployment_fund --dir DIR --control N``; its tables lie in
``unemployment_fund/frontend.sqlite``, or where ``SANDBOX_FUND_DATABASE`` says.
"""

from __future__ import annotations

import sys
from functools import partial

from sandbox import treasury
from sandbox.program import run

if __name__ == "__main__":
    sys.exit(run("unemployment_fund", partial(treasury.build, variable="SANDBOX_FUND_DATABASE")))
