"""What decides whether a bank's case may hold an order: who else has it, and what the order is worth.

In the transaction of who asks, with the fingerprints' rows held (``zhida.finance_claims``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from exchange import times
from exchange.errors import Rejected
from exchange.store import finance_claim_rows
from exchange.store.engine import Connection
from exchange.store.finance_claim_rows import OPEN, ClaimRow
from zhida.finance_prints import Prints

RESERVED, FINANCED, RELEASED = "reserved", "financed", "released"
OVER, TOLD, LAPSED = "over", "told", "lapsed"
"""Why a claim was released: the order's value, once known, was too small; its bank said so, or said nothing."""


@dataclass(frozen=True, slots=True)
class Held:
    """What came of it."""

    state: str
    """Of the claim; empty: nothing is held."""
    value_known: bool = False
    """It was looked at against the order's value."""
    taken_since: str = ""
    """Day in China since which another bank has it; empty: none has."""
    is_over: bool = False
    """With what is open already it would exceed the order's value."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a bank's case wants to hold, in fen; None: nobody has told the order's value."""

    case: str
    bank: str
    prints: Prints
    amount_fen: int
    order_value_fen: int | None
    at: str


def first_time(connection: Connection, wish: Wish) -> Held:
    """The case has no claim yet."""
    since = taken_since(connection, wish.prints, wish.bank)
    if since:
        return Held("", taken_since=since)
    of_order = finance_claim_rows.open_of_order(connection, wish.prints.order)
    if _is_over(of_order, wish.amount_fen, wish.order_value_fen):
        return Held("", value_known=True, is_over=True)
    row = _row(wish, finance_claim_rows.next_seq(connection, wish.prints.order))
    finance_claim_rows.add(connection, row, wish.prints.invoices)
    return of_row(row)


def again(connection: Connection, mine: ClaimRow, wish: Wish) -> Held:
    """The case's own claim once more: all that may be new is that the order's value is known.

    ``Rejected("finance.claim-conflict")`` if the claim is another one.
    """
    _require_same(connection, mine, wish)
    if mine.state not in OPEN or mine.value_known or wish.order_value_fen is None:
        return of_row(mine)
    rows = finance_claim_rows.open_of_order(connection, mine.order_print)
    earlier = [r for r in rows if r.case != mine.case and (r.value_known or r.seq < mine.seq)]
    if not _is_over(earlier, mine.amount_fen, wish.order_value_fen):
        finance_claim_rows.change(connection, mine.case, value_known=1, changed_at=wish.at)
        return Held(mine.state, value_known=True)
    if mine.state == RESERVED:
        values = {"state": RELEASED, "why": OVER, "changed_at": wish.at}
        finance_claim_rows.change(connection, mine.case, **values)
        return Held(RELEASED, is_over=True)
    return Held(mine.state, is_over=True)  # paid out: it stays what it is, and is told


def taken_since(connection: Connection, prints: Prints, bank: str) -> str:
    """Day in China since which another bank has the same; empty: none has now."""
    theirs = [row.since for row in _alike(connection, prints) if row.bank != bank]
    return times.civil_day(times.instant(min(theirs))).isoformat() if theirs else ""


def never(connection: Connection, wish: Wish) -> None:
    """It has no claim, and never will: its bank has said so, or the order is none."""
    row = _row(wish, finance_claim_rows.next_seq(connection, wish.prints.order))
    finance_claim_rows.add(connection, replace(row, state=RELEASED, why=TOLD), wish.prints.invoices)


def of_row(row: ClaimRow) -> Held:
    """How a claim stands."""
    return Held(row.state, bool(row.value_known), is_over=row.why == OVER)


def _row(wish: Wish, seq: int) -> ClaimRow:
    return ClaimRow(
        case=wish.case,
        bank=wish.bank,
        order_print=wish.prints.order,
        line=wish.prints.line,
        amount_fen=wish.amount_fen,
        value_known=int(wish.order_value_fen is not None),
        state=RESERVED,
        why="",
        since=wish.at,
        changed_at=wish.at,
        seq=seq,
        buyer_print=wish.prints.buyer,
    )


def _alike(connection: Connection, prints: Prints) -> list[ClaimRow]:
    """Open claims of the same thing: an overlapping part of the order, or one of the invoices."""
    of_order = finance_claim_rows.open_of_order(connection, prints.order)
    found = [row for row in of_order if not (row.line and prints.line and row.line != prints.line)]
    return found + finance_claim_rows.open_of_invoices(connection, prints.invoices)


def _is_over(rows: Iterable[ClaimRow], amount_fen: int, value_fen: int | None) -> bool:
    return value_fen is not None and sum(r.amount_fen for r in rows) + amount_fen > value_fen


def _require_same(connection: Connection, mine: ClaimRow, wish: Wish) -> None:
    told, prints = (mine.bank, mine.order_print, mine.line), wish.prints
    same = told == (wish.bank, prints.order, prints.line)
    amount = mine.state == RESERVED and mine.amount_fen != wish.amount_fen
    invoices = set(finance_claim_rows.invoices(connection, mine.case))
    if not same or amount or invoices != set(prints.invoices):
        raise Rejected("finance.claim-conflict", case=wish.case)
