"""What an answer means, by the site's rules: a closed set of tests, and a table of verdicts.

Success is never assumed. An answer that no rule names is *unknown*; so is one that is success by
one rule and something else by another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from adapters import _generic_place

LONGEST = 1000
"""Characters of a value that a pattern is tried on."""
AGREES = ("success", "stored", "there", "waiting", "not_there")
"""Verdicts that say how far the effect came; each excludes all others."""
OTHERS = ("login", "ours", "busy", "refused")
"""Verdicts that say that nothing came about; where two hold, the first counts."""
_NESTED = re.compile(r"[*+}][^()\[\]]*\)[*+{]")

Rules = Mapping[str, Sequence[Mapping[str, Any]]]
"""Verdict → tests that must all hold."""


def verdict(rules: Rules, answer: Any) -> str:
    """The verdict; ``unknown``: by a rule of the site; ``contradictory``; empty: no rule holds.

    >>> rules = {"success": [{"at": "/code", "equals": 0}], "busy": [{"at": "/code", "equals": 9}]}
    >>> verdict(rules, {"code": "0"}), verdict(rules, {"code": 9}), verdict(rules, {"code": None})
    ('success', 'busy', '')
    """
    held = [name for name, tests in rules.items() if holds(tests, answer)]
    if "unknown" in held:
        return "unknown"
    agreeing = [name for name in held if name in AGREES]
    if agreeing:
        return agreeing[0] if len(held) == 1 else "contradictory"
    return next((name for name in OTHERS if name in held), "")


def holds(tests: Sequence[Mapping[str, Any]], answer: Any) -> bool:
    """Do all tests hold? At least one is asked for by the schema."""
    return bool(tests) and all(_holds(test, answer) for test in tests)


def _holds(test: Mapping[str, Any], answer: Any) -> bool:
    found = _generic_place.get(answer, test["at"])
    if "present" in test:
        return not _is_absent(found)
    if "absent" in test:
        return _is_absent(found)
    if "empty" in test:
        return isinstance(found, list | tuple) and not found
    told = text(found)
    if told is None:
        return False
    if "matches" in test:
        return len(told) <= LONGEST and _pattern(test["matches"]).fullmatch(told) is not None
    return told in [text(value) for value in test.get("one_of", [test.get("equals")])]


def _is_absent(found: Any) -> bool:
    return found is None or (isinstance(found, str | bytes) and not found.strip())


def text(value: Any) -> str | None:
    """A single value as it is compared; None if it is none.

    Peers send ``0`` and ``"0"`` for the same, and put line ends around texts in XML.

    >>> text(0), text(" 0"), text(True), text([0]), text(None)
    ('0', '0', 'true', None, None)
    """
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).strip() if isinstance(value, str | int | Decimal) else None


@cache
def _pattern(told: str) -> re.Pattern[str]:
    return re.compile(told)


def is_pattern(told: str) -> bool:
    """A pattern that Python knows, and that can't take for ever (no repetition in a repeated group).

    >>> is_pattern("E[0-9]{4}"), is_pattern("("), is_pattern("(a+)+")
    (True, False, False)
    """
    try:
        re.compile(told)
    except (re.error, RecursionError, OverflowError):
        return False
    return _NESTED.search(told) is None


def is_only_absent(tests: Sequence[Mapping[str, Any]]) -> bool:
    """Nothing but absences: an empty or mutilated answer would fulfil it.

    >>> is_only_absent([{"at": "/error", "absent": True}])
    True
    """
    return all("absent" in test for test in tests)
