"""A legal period begins: with the document that says on which day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from exchange.document import Document
from exchange.store import case_rows, clock_rows, delivery_rows
from exchange.store.clock_rows import ClockRow
from exchange.store.engine import Connection
from matters.matter import Item
from matters.terms import Term
from matters.working_days import Holidays
from zhida import clock
from zhida.clock import Reading


@dataclass(frozen=True, slots=True)
class Which:
    """One item of one case."""

    case: str
    matter: str
    item: str
    term: Term


def begins(item: Item, name: str, found: Document) -> date | None:
    """The day on which the item's period begins, if this document of the case says it."""
    if item.term is None:
        return None
    first, _, path = item.term.begins.partition("/")
    told = found.fields.get(f"/{path}") if first == name else None
    return date.fromisoformat(told) if isinstance(told, str) else None


def start(
    connection: Connection, which: Which, begins: date, today: date, *, holidays: Holidays
) -> None:
    """The period runs from this day, whatever was known before.

    One that was over before anybody could do anything about it is shown, and no alarm is rung.
    """
    known = clock_rows.get(connection, which.case, which.item)
    told = known.told if known is not None else ""
    day, on = today.isoformat(), begins.isoformat()
    row = ClockRow(which.case, which.item, which.matter, on, day, told)
    found = reading(connection, which, row, today, holidays=holidays)
    due = found.due.isoformat() if found.due else ""
    case_rows.set_item(connection, which.case, which.item, {"due_at": due})
    at_once = told or found.stage(today) in (clock.NEAR, clock.UNKNOWN)
    clock_rows.put(connection, replace(row, next_on=day if at_once else next_look(found, today)))


def reading(
    connection: Connection, which: Which, row: ClockRow, today: date, *, holidays: Holidays
) -> Reading:
    """How the item's clock stands today."""
    sent = delivery_rows.deliveries(connection, which.case) if which.term.pauses_while else ()
    stops = clock.stops(which.term, sent, today)
    begins = date.fromisoformat(row.begins_on)
    return clock.read(which.term, begins, today, holidays=holidays, stops=stops)


def next_look(found: Reading, today: date) -> str:
    """The next day on which there may be something to tell; what stands still moves every day."""
    stage = found.stage(today)
    if stage == clock.OVERDUE:
        return ""
    if stage == clock.UNKNOWN or found.due is None:
        return (today + timedelta(days=1)).isoformat()
    after = found.due + timedelta(days=1)
    days = [after] if stage or found.remind is None else [found.remind, after]
    return (today + timedelta(days=1) if found.paused else min(days)).isoformat()
