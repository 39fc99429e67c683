"""Rows of the daily watch over loans, and of the numbered events that came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import func, insert, select, update

from exchange.store import upsert
from exchange.store.engine import Connection
from exchange.store.finance_loan_tables import (
    finance_event,
    finance_event_last,
    finance_watch,
    finance_watched,
)


@dataclass(frozen=True, slots=True)
class WatchRow:
    """One day's asking for one loan."""

    case: str
    day: str
    watch: str
    code: str
    closed_at: str = ""


@dataclass(frozen=True, slots=True)
class WatchedRow:
    """The last paper of a name that was looked at."""

    case: str
    name: str
    document: str
    day: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event to a lender."""

    bank: str
    seq: int
    case: str
    name: str
    key: str
    document: str
    at: str


def add_watch(connection: Connection, row: WatchRow) -> bool:
    """Insert it unless the day has one; tells whether it did."""
    return upsert.insert_new(connection, finance_watch, asdict(row))


def watch_of(connection: Connection, case: str, day: str) -> WatchRow | None:
    """That of a day."""
    where = (finance_watch.c.case == case, finance_watch.c.day == day)
    found = connection.execute(select(finance_watch).where(*where)).first()
    return None if found is None else WatchRow(*found)


def open_watches(connection: Connection) -> list[WatchRow]:
    """Those of which not all was looked at yet, the oldest first."""
    query = select(finance_watch).where(finance_watch.c.closed_at == "")
    ordered = query.order_by(finance_watch.c.day, finance_watch.c.case)
    return [WatchRow(*row) for row in connection.execute(ordered)]


def close_watch(connection: Connection, case: str, day: str, at: str) -> None:
    """All that came of it was looked at."""
    where = (finance_watch.c.case == case, finance_watch.c.day == day)
    connection.execute(update(finance_watch).where(*where).values(closed_at=at))


def watched(connection: Connection, case: str) -> dict[str, WatchedRow]:
    """Name → the paper that was looked at last."""
    query = select(finance_watched).where(finance_watched.c.case == case)
    return {row.name: WatchedRow(*row) for row in connection.execute(query)}


def put_watched(connection: Connection, row: WatchedRow) -> None:
    """It was looked at."""
    upsert.put(connection, finance_watched, asdict(row))


def hold_last(connection: Connection, bank: str) -> int:
    """The bank's last number; nobody else gives one until the transaction ends."""
    upsert.insert_new(connection, finance_event_last, {"bank": bank, "seq": 0})
    query = select(finance_event_last.c.seq).where(finance_event_last.c.bank == bank)
    return int(connection.execute(query.with_for_update()).scalar_one())


def add_event(connection: Connection, row: EventRow) -> None:
    """Insert it and move the bank's last number on; the number is held (``hold_last``)."""
    connection.execute(insert(finance_event), asdict(row))
    last = update(finance_event_last).where(finance_event_last.c.bank == row.bank)
    connection.execute(last.values(seq=row.seq))


def has_event(connection: Connection, case: str, name: str, key: str | None = None) -> bool:
    """Does the loan have an event of this name (and key)?"""
    where = [finance_event.c.case == case, finance_event.c.name == name]
    where += [] if key is None else [finance_event.c.key == key]
    return connection.execute(select(finance_event.c.seq).where(*where)).first() is not None


def events_after(connection: Connection, bank: str, after: int, limit: int) -> list[EventRow]:
    """A bank's events from number ``after + 1`` on."""
    where = (finance_event.c.bank == bank, finance_event.c.seq > after)
    query = select(finance_event).where(*where).order_by(finance_event.c.seq).limit(limit)
    return [EventRow(*row) for row in connection.execute(query)]


def last_number(connection: Connection, bank: str) -> int:
    """0: the bank has none yet."""
    query = select(func.max(finance_event.c.seq)).where(finance_event.c.bank == bank)
    return int(connection.execute(query).scalar() or 0)


def events_between(connection: Connection, bank: str, since: str, until: str) -> list[EventRow]:
    """A bank's events noticed from ``since`` to before ``until`` (stamps)."""
    event = finance_event.c
    where = (event.bank == bank, event.at >= since, event.at < until)
    query = select(finance_event).where(*where).order_by(event.seq)
    return [EventRow(*row) for row in connection.execute(query)]


def of_loans(
    connection: Connection, cases: Iterable[str], names: Iterable[str] = ()
) -> list[EventRow]:
    """Events of these loans, of these names (all of them if none is given)."""
    where = [finance_event.c.case.in_(tuple(cases))]
    where += [finance_event.c.name.in_(tuple(names))] if names else []
    query = select(finance_event).where(*where).order_by(finance_event.c.bank, finance_event.c.seq)
    return [EventRow(*row) for row in connection.execute(query)]
