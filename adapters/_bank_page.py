"""One page of a day's entries as a front-end machine tells it (``GetTransInfoEX``), believed if it adds up.

Names and meanings as public programs of the bank's customers have them: at most thirty entries a page;
``NTRBPTRSZ1`` says whether more follow (``COTFLG``), after which number (``TRSSEQ``), and how many entries of
which sum this page has on either side. A page that has other entries than it says was cut on its way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from adapters._account_entries import CREDIT, RETURNED, REVERSAL
from adapters._account_tail import tail

Row = Mapping[str, Any]
_AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,2})?")
_NUMBER = re.compile(r"[0-9]{1,9}")
_SIDES = {"C": ("TRSAMTC", "CRTNBR", "CRTAMT"), "D": ("TRSAMTD", "DBTNBR", "DBTAMT")}
_REVERSED, _PAYEE = "*", "3"
"""RSVFLG of an entry that reverses one of the other side (``X`` puts one right: an entry like others);
INFFLG where the counterpart is the payee that we had paid before (inferred of its public description)."""
_YUAN = ("", "10", "CNY")
_FULL = 60
"""A name's field has 62 bytes: one that fills them (a character is two) may have been cut."""


class PageError(ValueError):
    """Not to be believed; ``args[0]`` is a word of ours for what does not fit."""


@dataclass(frozen=True, slots=True)
class Page:
    """The entries of a page, and the number after which the next one begins (-1: there is none)."""

    rows: list[Row]
    after: int


def read(sections: Row) -> Page:
    """The answer's sections as a page. ``PageError`` for what is none, or does not add up."""
    summary, rows = sections.get("NTRBPTRSZ1"), _listed(sections.get("NTQTSINFZ"))
    if not isinstance(summary, Mapping):
        raise PageError("summary")
    for side, (_, count, total) in _SIDES.items():
        amounts = [_amount(row) for row in rows if _side(row) == side]
        if len(amounts) != int(_matching(_NUMBER, summary, count)):
            raise PageError(count)
        if sum(amounts, Decimal(0)) != Decimal(_matching(_AMOUNT, summary, total)):
            raise PageError(total)
    return Page(rows, _after(summary))


def _listed(found: Any) -> list[Row]:
    rows = found if isinstance(found, list) else [found] if found else []
    if not all(isinstance(row, Mapping) for row in rows):
        raise PageError("NTQTSINFZ")
    return rows


def _after(summary: Row) -> int:
    flag = _text(summary, "COTFLG")
    if flag not in ("Y", "N"):
        raise PageError("COTFLG")
    return int(_matching(_NUMBER, summary, "TRSSEQ")) if flag == "Y" else -1


def kept(rows: Iterable[Row], account: str) -> list[Row]:
    """What came in, and what took that back, as the mapping reads it; what went out is let go here.

    Of the counterpart's account only the tail is left, as of everybody's but the one asked about.
    """
    kinds = [(row, _kind(row)) for row in rows]
    return [
        _row(row, kind) | {"ACCNBR": account, "ACCTAL": tail(account)}
        for row, kind in kinds
        if kind
    ]


def _kind(row: Row) -> str:
    flag, comes_in = _text(row, "RSVFLG"), _side(row) == "C"
    if flag not in ("", "X", _REVERSED):
        raise PageError("RSVFLG")
    if flag == _REVERSED:
        return RETURNED if comes_in else REVERSAL
    if not comes_in:
        return ""
    return RETURNED if _text(row, "INFFLG") == _PAYEE else CREDIT


def _row(row: Row, kind: str) -> dict[str, Any]:
    if _text(row, "CCYNBR") not in _YUAN:
        raise PageError("CCYNBR")
    told = ("REFNBR", "ETYDAT", "YURREF", "NARYUR", "NUSAGE")
    made: dict[str, Any] = {name: _text(row, name) for name in told}
    sign = "-" if kind == REVERSAL else ""
    made |= {"KIND": kind, "AMT": f"{sign}{_amount(row)}"}
    return made if kind == RETURNED else made | _payer(row)


def _payer(row: Row) -> dict[str, Any]:
    name = _text(row, "RPYNAM")
    whole = len(name.encode("gb18030", "surrogatepass")) <= _FULL
    return {"RPYNAM": name, "RPYTAL": tail(_text(row, "RPYACC"))} | (
        {"NAMFUL": whole} if name else {}
    )


def _side(row: Row) -> str:
    side = _text(row, "AMTCDR")
    if side not in _SIDES:
        raise PageError("AMTCDR")
    return side


def _amount(row: Row) -> Decimal:
    """An entry's amount, exactly; where it is told twice, both times the same."""
    names = [name for name in (_SIDES[_side(row)][0], "TRSAMT") if _text(row, name)]
    told = {Decimal(_matching(_AMOUNT, row, name)) for name in names}
    if len(told) != 1:
        raise PageError("TRSAMT")
    return told.pop()


def _matching(pattern: re.Pattern[str], row: Row, name: str) -> str:
    told = _text(row, name)
    if not pattern.fullmatch(told):
        raise PageError(name)
    return told


def _text(row: Row, name: str) -> str:
    found = row.get(name, "")
    if not isinstance(found, str):
        raise PageError(name)
    return found.strip()
