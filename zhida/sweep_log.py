"""What a sweep says of one item in the log: by case, item, system and code, and only if there is a code.

The ledger has what went well; a log is read by who looks for what did not.
"""

from __future__ import annotations

import logging

from exchange.outcome import Outcome
from zhida.site import System

_log = logging.getLogger(__name__)
_LINE = "case=%s item=%s system=%s state=%s code=%s"


def said(system: System, due: tuple[str, str], outcome: Outcome) -> Outcome:
    """The same outcome; ``due``: case and row of the item."""
    if outcome.code:
        _log.info(_LINE, *due, system.name, outcome.state, outcome.code)
    return outcome
