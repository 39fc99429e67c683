"""One dispute as the store and its documents tell it: its number, its events, what was registered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from exchange import times
from exchange.errors import Fatal, Forbidden, Invalid, Rejected
from exchange.ports import Record
from exchange.store import case_rows, dispute_rows
from exchange.store.dispute_rows import DisputeRow, EventRow
from exchange.store.engine import Connection
from matters import ladder
from matters.ladder import Standing
from matters.ladder_parts import Event, Ladder
from zhida.hub import Hub

REGISTRATION = "registration"
"""The case's name for what was taken down."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """As it stands."""

    row: DisputeRow
    told: tuple[EventRow, ...]
    """In the order in which it was told."""

    @property
    def events(self) -> list[Event]:
        """The same as the ladder reads it."""
        return [event(each) for each in self.told]

    @property
    def desk(self) -> tuple[str, str]:
        """The unit that it was handed to last, and who has it there (empty: its platform)."""
        last = next((each for each in reversed(self.told) if each.to), None)
        return (last.to, last.desk) if last else ("", "")

    def standing(self, ladder_: Ladder) -> Standing:
        """Where they have brought it.

        ``Fatal("mediation.unreadable")`` where this ladder can't have led there: it was changed meanwhile.
        """
        try:
            return ladder.stand(ladder_, self.events)
        except (Rejected, Forbidden, Invalid) as error:
            raise Fatal("mediation.unreadable", dispute=self.row.number, code=error.code) from error


def event(row: EventRow) -> Event:
    """A row as the ladder reads it."""
    return Event(row.name, times.instant(row.at), row.role, unit=row.unit, to=row.to)


def number(case: str, opened_at: datetime) -> str:
    """What every unit calls it: the day on which it came, and the end of its case's id.

    >>> number("0199a7c2-0000-7000-8000-0123456789ab", times.instant("2026-03-01T17:00:00.000000Z"))
    'LT-20260302-0123456789AB'
    """
    return f"LT-{times.civil_day(opened_at):%Y%m%d}-{case.replace('-', '')[-12:].upper()}"


def parties(hub: Hub, registration: Record) -> str:
    """Keyed digest of worker and employer: the same two have the same. Empty where the worker has neither
    a number nor a telephone, for names are many people's.
    """
    worker, employer = registration["worker"], registration["employer"]
    who = worker.get("id_number") or worker.get("phone")
    firm = employer.get("uscc") or employer["name"]
    return hub.vault.tag("dispute", str(who), str(firm)) if who else ""


def read(connection: Connection, row: DisputeRow) -> Dispute:
    """With all its events."""
    return Dispute(row, tuple(dispute_rows.LOG.told(connection, row.case)))


def find(hub: Hub, which: str) -> Dispute:
    """By its number, or by its case. ``Rejected("mediation.no-dispute")`` if there is none."""
    with hub.store.read() as connection:
        row = dispute_rows.LOG.by_number(connection, which) or dispute_rows.LOG.get(
            connection, which
        )
        if row is None:
            raise Rejected("mediation.no-dispute", dispute=which[:40])
        return read(connection, row)


def registration(hub: Hub, case: str) -> Record:
    """What was taken down, its newest version."""
    with hub.store.read() as connection:
        names = case_rows.documents(connection, case)
    return hub.archive.get(names[REGISTRATION]).record


def still_open(hub: Hub) -> Iterator[Dispute]:
    """All that have not ended, in the order of their cases."""
    after = ""
    while True:
        with hub.store.read() as connection:
            rows = dispute_rows.LOG.still_open(connection, after=after)
            told = dispute_rows.LOG.told_of(connection, [row.case for row in rows])
        yield from (Dispute(row, tuple(told.get(row.case, ()))) for row in rows)
        if not rows:
            return
        after = rows[-1].case
