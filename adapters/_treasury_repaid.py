"""What firms have paid back, as the treasury's notices and statements book it: known by its reference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

REPAID, PART, OVER = "REPAID", "PART", "OVER"
_NUMBER = re.compile(r"(?<![0-9A-Za-z])([0-9A-Fa-f]{32}|[A-Za-z2-7]{26})(?![0-9A-Za-z])")
"""A number of ours, as it is or in 26 characters (``_short_key``)."""
_LONG = 32
Row = dict[str, str]
Told = Mapping[str, Any]


def number(details: Told) -> str:
    """Our number in what a transfer says; empty if it has none.

    The request's own (``EndToEndId``) first, then a reference, then what the firm wrote.

    >>> number({"RmtInf": {"Ustrd": ["退回奖补 00FF00FF00FF00FF00FF00FF00FF00FF"]}})
    '00ff00ff00ff00ff00ff00ff00ff00ff'
    >>> number({"Refs": {"EndToEndId": "NOTPROVIDED"}})
    ''
    """
    for text in _texts(details):
        if found := _NUMBER.search(text):
            told = found[1]
            return told.lower() if len(told) == _LONG else told.upper()
    return ""


def _texts(details: Told) -> Iterator[str]:
    yield str(details.get("Refs", {}).get("EndToEndId", ""))
    remittance = details.get("RmtInf", {})
    for each in remittance.get("Strd", []):
        yield str(each.get("CdtrRefInf", {}).get("Ref", ""))
    yield from map(str, remittance.get("Ustrd", []))


def settled(order: str, asked: str, received: Iterable[Row]) -> Row | None:
    """All that was paid under this number against what was asked for; None: nothing yet.

    A credit stands in the notice and in the statement: it counts once, by its voucher.
    """
    once = {(each["voucher"], each["amount"], each["time"]): each for each in received}
    mine = sorted(once.values(), key=lambda each: each["time"])
    if not mine:
        return None
    total = sum((Decimal(each["amount"]) for each in mine), Decimal(0))
    return mine[-1] | {"order": order, "amount": f"{total:.2f}", "status": _word(total, asked)}


def _word(total: Decimal, asked: str) -> str:
    wanted = Decimal(asked)
    return REPAID if total == wanted else PART if total < wanted else OVER
