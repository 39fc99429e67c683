"""对账: what the hub's books say of one civil day of one bank, to be compared with the bank's own.

Only of a day that is over, and has been for ``SETTLED``: what was begun before midnight is written by then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from exchange import times
from exchange.errors import Rejected
from exchange.store import finance_event_rows, finance_loan_rows, finance_rows
from exchange.store.engine import Connection
from exchange.store.finance_event_rows import EventRow
from exchange.store.finance_loan_rows import LoanRow, ToldRow
from exchange.store.finance_rows import ReadRow
from matters.finance_loan import CREDIT, IN_PART, REPAID
from zhida import finance_books, finance_watch
from zhida.finance_books import Book, line
from zhida.hub import Hub

SETTLED = timedelta(minutes=10)
_BEHIND = ":DR-"
"""Begins what the hub puts behind the key of a posting (``zhida.finance_postings``)."""


@dataclass(frozen=True, slots=True)
class Day:
    """A bank's day in the hub's books."""

    bank: str
    day: date
    readings: tuple[ReadRow, ...]
    """Counted ones; those of the watch too, which the bank has not made itself."""
    loans: tuple[LoanRow, ...]
    messages: tuple[ToldRow, ...]
    events: tuple[EventRow, ...]
    names: Mapping[str, str]
    """Case of a loan → the bank's number."""

    @property
    def book(self) -> Book:
        """Its lines."""
        return finance_books.book(_lines(self))


def of_day(hub: Hub, bank: str, told: str) -> Day:
    """``Rejected("finance.reconciliation-day")`` for what is no day, or not over yet."""
    last, day = last_day(hub), _day(told)
    if day is None or day > last:
        raise Rejected("finance.reconciliation-day", day=told[:20], last=last.isoformat())
    with hub.store.read() as connection:
        return read(connection, bank, day)


def last_day(hub: Hub) -> date:
    """The last day that is over, and settled."""
    return times.civil_day(hub.clock() - SETTLED) - timedelta(days=1)


def read(connection: Connection, bank: str, day: date) -> Day:
    """Within a transaction, over or not."""
    since, until = (times.stamp(_begin(each)) for each in (day, day + timedelta(days=1)))
    where = (connection, bank, since, until)
    names = {each.case: each.number for each in finance_loan_rows.all_of_bank(connection, bank)}
    return Day(
        bank,
        day,
        tuple(finance_rows.counted_between(*where)),
        tuple(finance_loan_rows.opened_between(*where)),
        tuple(finance_loan_rows.told_between(*where)),
        tuple(finance_event_rows.events_between(*where)),
        names,
    )


def shown(told: Day, *, with_rows: bool) -> dict[str, Any]:
    """As it is told: counts, sums in fen, events by name with first and last number, digests."""
    book, numbers = told.book, [each.seq for each in told.events]
    found: dict[str, Any] = {
        "bank": told.bank,
        "day": told.day.isoformat(),
        "counts": dict(book.counts),
        "watched": sum(each.act == finance_watch.ACT for each in told.readings),
        "sums_fen": _sums(told),
        "events": dict(sorted(Counter(each.name for each in told.events).items())),
        "digests": dict(book.digests),
    }
    if numbers:
        found |= {"first": min(numbers), "last": max(numbers)}
    return found | ({"rows": list(book.lines)} if with_rows else {})


def _sums(told: Day) -> dict[str, int]:
    def of(*names: str) -> int:
        return sum(each.amount_fen for each in told.messages if each.name in names)

    paid_out = sum(each.amount_fen for each in told.loans)
    return {"paid_out": paid_out, "repaid": of(IN_PART, REPAID), "credited": of(CREDIT)}


def _lines(told: Day) -> Iterator[str]:
    for read_ in told.readings:
        if read_.act != finance_watch.ACT:
            yield line("readings", read_.act, read_.id.split(_BEHIND)[0])
    for loan in told.loans:
        yield line("loans", loan.number, loan.amount_fen, loan.paid_out_on, loan.due_on)
    for each in told.messages:
        name = told.names[each.case]
        yield line("messages", name, each.number, each.name, each.day, each.amount_fen)
    for event in told.events:
        yield line("events", event.seq, event.name, told.names[event.case])


def _begin(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=times.CHINA)


def _day(told: str) -> date | None:
    try:
        found = date.fromisoformat(told)
    except ValueError:
        return None
    return found if found.isoformat() == told else None
