"""The disputes that the report of mediation is about, one by one: a year of them needs no more memory.

Of the sealed registration only what is nobody's own is taken: channel, kind, how many workers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from exchange import times
from exchange.errors import Fatal
from exchange.store import case_rows, dispute_report_rows, dispute_rows, flow_rows
from exchange.store.dispute_rows import DisputeRow, EventRow
from exchange.store.engine import Connection
from matters import mediation_trail
from matters.ladder_parts import Event, Ladder
from matters.mediation_trail import Refusal, Trail
from zhida import report_facts
from zhida.hub import Hub

REGISTRATION, REFERRAL = "registration", "referral"
"""Names under which their cases know the documents."""
REFERRALS = "mediation-referral"
_GONE = ("document.gone", "vault.bucket-gone")
_LAST = "9999"


@dataclass(frozen=True, slots=True)
class Dispute:
    """One dispute, and what its registration says that is nobody's own."""

    trail: Trail
    is_closed: bool
    channel: str = ""
    """Unit that took it down; empty: not known any more, or no unit of the site."""
    kind: str = ""
    workers: int | None = None
    """How many it concerns; None: nobody has said."""


@dataclass(frozen=True, slots=True)
class Span:
    """Disputes opened from ``first`` to before ``before`` (stamps)."""

    first: str
    before: str


def span(first: date | None, last: date | None) -> Span:
    """On these civil days, both with them; None: no bound.

    >>> span(date(2026, 1, 1), None)
    Span(first='2025-12-31T16:00:00.000000Z', before='9999')
    """
    told = report_facts.span("", first, last)
    return Span(told.first, told.before or _LAST)


@dataclass(frozen=True, slots=True)
class Reading:
    """One state of the store."""

    hub: Hub
    connection: Connection
    ladder: Ladder

    def units(self) -> dict[str, str]:
        """Role → its unit, as they have told."""
        return dispute_report_rows.units(self.connection)

    def disputes(self, wanted: Span) -> Iterator[Dispute]:
        """All of them, in the order of their cases."""
        refused, after = self._refused(), ""
        while rows := self._chunk(wanted, after):
            events = dispute_rows.LOG.told_of(self.connection, [row.case for row in rows])
            for row in rows:
                yield self._dispute(row, events.get(row.case, []), refused.get(row.number, []))
            after = rows[-1].case

    def _chunk(self, wanted: Span, after: str) -> list[DisputeRow]:
        return dispute_rows.LOG.opened_between(
            self.connection, wanted.first, wanted.before, after=after
        )

    def _dispute(self, row: DisputeRow, told: list[EventRow], refused: list[Refusal]) -> Dispute:
        trail = mediation_trail.trail(self.ladder, row.number, map(event_of, told), refused)
        about = self._document(row.case, REGISTRATION)
        channel = about.get("channel", "")
        known = channel if channel in self.hub.site.units else ""
        return Dispute(
            trail, bool(row.closed_at), known, about.get("kind", ""), about.get("workers")
        )

    def _document(self, case: str, name: str) -> Mapping[str, Any]:
        """Empty: there is none, or its time to be kept is over."""
        identifier = case_rows.documents(self.connection, case).get(name)
        try:
            found = self.hub.archive.read(self.connection, identifier) if identifier else None
        except Fatal as error:
            if error.code not in _GONE:
                raise
            found = None
        return found.record if found else {}

    def _refused(self) -> dict[str, list[Refusal]]:
        """Number of a dispute → what was not handed on of it."""
        found: dict[str, list[Refusal]] = {}
        for each in dispute_report_rows.refused(self.connection, REFERRALS):
            about = self._document(each.case, REFERRAL)
            if about:
                at = times.instant(each.at)
                refusal = Refusal(about["unit"], about["event"], at, each.code)
                found.setdefault(about["dispute"], []).append(refusal)
        return found


def event_of(row: EventRow) -> Event:
    """As the ladder reads it."""
    return Event(row.name, times.instant(row.at), row.role, row.unit, row.to)


def read(hub: Hub, ladder: Ladder, use: Callable[[Reading], None]) -> None:
    """Lets ``use`` read from one state of the store."""
    with flow_rows.snapshot(hub.store) as connection:
        use(Reading(hub, connection, ladder))
