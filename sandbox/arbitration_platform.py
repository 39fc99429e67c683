"""The labour arbitration's own dispute platform (``dispute_platform``): ``python -m sandbox.arbitration_platform --dir DIR …``."""

from __future__ import annotations

import sys

from sandbox.dispute_platform import build
from sandbox.program import run

if __name__ == "__main__":
    sys.exit(run("arbitration_platform", build))
