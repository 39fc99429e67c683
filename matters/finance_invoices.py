"""What the tax administration says of each invoice of a request, and of all of them beside the order.

An invoice is known by its code and number; a fully digital one (数电发票) has no code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from matters.finance_case import View
from matters.finance_parts import Finding, joined

DIFFERS, NO_SUCH, TAKEN_BACK = "R07", "R08", "R09"
_ASKED, _VALUE = "/request/invoices", "/order/amount_fen"
_TOTAL, _RED = "total_fen", "red_fen"
Key = tuple[str, str]
Row = Mapping[str, Any]


def reckon(view: View) -> Finding:
    """Each invoice that the bank has named; then their totals, less what was taken back, beside the order."""
    asked = _rows(view, "request")
    if not asked:
        return Finding(lacks=(_ASKED,))
    told = _told(_rows(view, "invoices"))
    found = [_one(row, told.get(_key(row), {})) for row in asked]
    nets = {_key(row): _net(told.get(_key(row), {})) for row in asked}
    return joined([*found, _sum(nets.values(), view.fen(_VALUE))])


def _rows(view: View, name: str) -> list[Row]:
    paper = view.papers.get(name)
    return list(paper.record.get("invoices", ())) if paper else []


def _key(row: Row) -> Key:
    return str(row.get("code", "")), str(row["number"])


def _told(rows: Iterable[Row]) -> Mapping[Key, Row]:
    """What is told of each; of what is told twice and not the same, nothing."""
    found: dict[Key, Row] = {}
    for row in rows:
        found[_key(row)] = row if found.get(_key(row), row) == row else {}
    return found


def _one(asked: Row, told: Row) -> Finding:
    """Of one invoice. A state that nobody could look up now is no state."""
    lacks = (f"/invoices/{asked['number']}",)
    state = told.get("state")
    if state is None or state == "unknown":
        return Finding(lacks=lacks, is_down=state is not None)
    if state in ("void", "red"):
        return Finding((TAKEN_BACK,))
    if state in ("none", "differs"):
        return Finding((NO_SUCH if state == "none" else DIFFERS,))
    if told.get(_TOTAL, asked[_TOTAL]) != asked[_TOTAL]:
        return Finding((DIFFERS,))
    missing = lacks if _net(told) is None else ()
    return Finding(manual=(TAKEN_BACK,) if state == "red-in-part" else (), lacks=missing)


def _net(told: Row) -> int | None:
    """What is left of it in fen; None where that is not known."""
    state, total = told.get("state"), told.get(_TOTAL)
    if state in ("void", "red", "none", "differs"):
        return 0
    red = told.get(_RED, 0 if state == "normal" else None)
    return None if state == "unknown" or total is None or red is None else int(total) - int(red)


def _sum(nets: Iterable[int | None], value: int | None) -> Finding:
    """Together above the order's value: they are not all of this order. Only where all are known."""
    if value is None:
        return Finding(lacks=(_VALUE,))
    all_of_them = list(nets)
    known = [each for each in all_of_them if each is not None]
    over = len(known) == len(all_of_them) and sum(known) > value
    return Finding((DIFFERS,) if over else ())
