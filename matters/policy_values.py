"""A single value of a policy file, of the kind that its place wants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from exchange.errors import Invalid
from matters import money, ratios
from matters.criteria import Ratio
from matters.facts import Value

MOST = 2**63 - 1
"""Whole numbers are kept as int64."""


def plain(given: Any, kind: str) -> Value | Ratio:
    """The value; ``Invalid`` where it is of another kind.

    >>> plain("300 万元", "money"), plain(12, "count"), plain("2026-01-05", "date")
    (300000000, 12, datetime.date(2026, 1, 5))
    """
    return _READERS[kind](given)


def _flag(given: Any) -> bool:
    if not isinstance(given, bool):
        raise _other(given, "flag")
    return given


def _code(given: Any) -> str:
    if not isinstance(given, str) or not given:
        raise _other(given, "code")
    return given


def _count(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or abs(given) > MOST:
        raise _other(given, "count")
    return given


def _date(given: Any) -> date:
    try:
        return date.fromisoformat(given if len(given) == 10 else "")
    except (TypeError, ValueError):
        raise _other(given, "date") from None


def _money(given: Any) -> int:
    if not isinstance(given, str):
        raise _other(given, "money")
    return money.parse(given)


def _ratio(given: Any) -> Ratio:
    if not isinstance(given, str):
        raise _other(given, "ratio")
    return ratios.parse(given)


def _other(given: Any, kind: str) -> Invalid:
    return Invalid("policy.value", text=str(given)[:30], wanted=kind)


_READERS: Mapping[str, Callable[[Any], Value | Ratio]] = {
    "flag": _flag,
    "code": _code,
    "count": _count,
    "date": _date,
    "money": _money,
    "ratio": _ratio,
}
