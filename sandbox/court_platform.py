"""The court's own dispute platform (``dispute_platform``): ``python -m sandbox.court_platform --dir DIR …``."""

from __future__ import annotations

import sys

from sandbox.dispute_platform import build
from sandbox.program import run

if __name__ == "__main__":
    sys.exit(run("court_platform", build))
