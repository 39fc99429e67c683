"""The disputes that the report of mediation is about, one by one: a year of them needs no more memory.

Of the sealed registration only what is nobody's own is taken: channel, kind, how many workers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any

from exchange import times
from exchange.document import Document
from exchange.errors import Fatal
from exchange.store import dispute_report_rows, dispute_rows, document_rows, flow_rows
from exchange.store.dispute_rows import DisputeRow, EventRow
from exchange.store.document_rows import Held
from exchange.store.engine import Connection
from exchange.store.told_rows import CHUNK
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
    case: str = ""


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


@dataclass(frozen=True)
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
            cases = [row.case for row in rows]
            events = dispute_rows.LOG.told_of(self.connection, cases)
            known = self._records(REGISTRATION, cases)
            for row in rows:
                told = (events.get(row.case, []), refused.get(row.number, []))
                yield self._dispute(row, *told, known.get(row.case, {}))
            after = rows[-1].case

    def _chunk(self, wanted: Span, after: str) -> list[DisputeRow]:
        return dispute_rows.LOG.opened_between(
            self.connection, wanted.first, wanted.before, after=after
        )

    def _dispute(
        self,
        row: DisputeRow,
        told: list[EventRow],
        refused: list[Refusal],
        about: Mapping[str, Any],
    ) -> Dispute:
        trail = mediation_trail.trail(self.ladder, row.number, map(event_of, told), refused)
        channel = about.get("channel", "")
        known = channel if channel in self.hub.site.units else ""
        kind, workers = about.get("kind", ""), about.get("workers")
        return Dispute(trail, bool(row.closed_at), known, kind, workers, row.case)

    def _records(self, name: str, cases: Collection[str]) -> dict[str, Mapping[str, Any]]:
        """Case → the document that it calls so; without those whose time to be kept is over."""
        held = document_rows.named(self.connection, name, cases)
        opened = ((case, self._opened(each)) for case, each in held.items())
        return {case: found.record for case, found in opened if found is not None}

    def _opened(self, held: Held) -> Document | None:
        try:
            return self.opening(held)
        except Fatal as error:
            if error.code not in _GONE:
                raise
            return None

    @cached_property
    def opening(self) -> Callable[[Held], Document]:
        """Opens what was read, with the keys of one moment."""
        return self.hub.archive.opening()

    def _refused(self) -> dict[str, list[Refusal]]:
        """Number of a dispute → what was not handed on of it."""
        found: dict[str, list[Refusal]] = {}
        told = dispute_report_rows.refused(self.connection, REFERRALS)
        while some := list(islice(told, CHUNK)):
            known = self._records(REFERRAL, [each.case for each in some])
            for each in some:
                if about := known.get(each.case):
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
