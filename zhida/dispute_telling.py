"""Something has happened in a dispute: the event, and what is handed over by it, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from exchange import times
from exchange.errors import Retriable
from exchange.ledger import Entry
from exchange.ports import Record
from exchange.store import case_rows, dispute_rows
from exchange.store.dispute_rows import EventRow
from exchange.store.engine import Connection
from matters import ladder, ladder_duty
from matters.ladder import Standing
from matters.ladder_duty import Duty
from matters.ladder_parts import Event
from zhida import dispute_handing, grant_lists, own_filing, own_opening
from zhida.dispute import Dispute, event
from zhida.dispute_consent import Consent
from zhida.dispute_handing import Handing, Slip
from zhida.filing import Found
from zhida.hub import Hub
from zhida.mediation_rules import REFERRAL, Rules
from zhida.own_filing import Paper
from zhida.own_opening import Own


@dataclass(frozen=True, slots=True)
class Saying:
    """What is said to have happened, in order; ``document`` and ``desk`` of each, if there is one."""

    events: Sequence[Event]
    documents: Mapping[int, str] = field(default_factory=dict)
    desks: Mapping[int, str] = field(default_factory=dict)
    reasons: Mapping[int, str] = field(default_factory=dict)
    renews: frozenset[int] = frozenset()
    """After these, whoever has the dispute gets a slip anew: what may go with it has changed."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells events of one dispute. One process at a time does (``mediation_advance``)."""

    hub: Hub
    rules: Rules
    dispute: Dispute
    registration: Record
    consent: Consent
    loads: Counter[str] = field(default_factory=Counter)
    """Desk → open disputes; one more for each that is handed to it here."""

    def tell(self, saying: Saying) -> list[EventRow]:
        """Append the events, and open what they hand over. Refuses as ``matters.ladder.step`` does."""
        rows = self._rows(saying)
        found = list(self._slips(rows, saying))
        self.loads.update(row.desk for row in rows if row.desk)
        if not found:
            self.hub.ledger.commit(partial(self._append, rows))
            return rows
        papers = {slip.record["id"]: _papers(self.hub, slip) for slip in found}
        into = own_opening.stream(self.hub, REFERRAL, REFERRAL)
        records = [Own(f"{REFERRAL}/{slip.record['id']}", slip.record) for slip in found]
        first = records[0].key

        def also(connection: Connection, own: Own) -> list[Entry]:
            entries = self._append(rows, connection) if own.key == first else []
            return entries + self._put(connection, own, papers[own.record["id"]])

        own_opening.take_all(into, records, also)
        return rows

    def _rows(self, saying: Saying) -> list[EventRow]:
        told, now = len(self.dispute.told), times.stamp(self.hub.clock())
        return [
            EventRow(
                case=self.dispute.row.case,
                seq=told + n,
                name=each.name,
                at=times.stamp(each.at),
                role=each.role,
                unit=each.unit,
                to=each.to,
                desk=saying.desks.get(n) or self._desk(each),
                document=saying.documents.get(n, ""),
                told_at=now,
            )
            for n, each in enumerate(saying.events)
        ]

    def _slips(self, rows: Sequence[EventRow], saying: Saying) -> list[Slip]:
        """Of every event that somebody has to take up."""
        standing, found = self.dispute.standing(self.rules.ladder), list[Slip]()
        for n, row in enumerate(rows):
            each = event(row)
            after = ladder.step(self.rules.ladder, standing, each)
            duties = self._duties(each, (standing, after), is_renewed=n in saying.renews)
            reason = saying.reasons.get(n, "")
            handing = Handing(
                self.dispute, self.registration, self.consent, row, self.loads, reason
            )
            found += dispute_handing.slips(self.rules, handing, duties)
            standing = after
        return found

    def _desk(self, each: Event) -> str:
        """Who of the unit gets it, where nobody was named."""
        if not each.to:
            return ""
        seat = self.rules.roles.seat(self.rules.roles.of_owner(each.to))
        return seat.who(str(self.registration.get("place", "")), self.loads)[0]

    def _duties(
        self, each: Event, standings: tuple[Standing, Standing], *, is_renewed: bool
    ) -> list[Duty]:
        ladder_, unit_of = self.rules.ladder, self.rules.unit_of
        if is_renewed:
            owners = ladder.owners(ladder_, standings[1]).items()
            return [Duty(track, unit_of(owner)) for track, owner in owners]
        return ladder_duty.taken_up(ladder_, each, standings, unit_of)

    def _append(self, rows: Sequence[EventRow], connection: Connection) -> list[Entry]:
        """``Retriable("store.conflict")`` where somebody has told something of it meanwhile."""
        case_rows.lock_case(connection, self.dispute.row.case)
        if dispute_rows.LOG.count(connection, self.dispute.row.case) != len(self.dispute.told):
            raise Retriable("store.conflict")
        dispute_rows.LOG.append(connection, rows)
        after = ladder.stand(self.rules.ladder, [*self.dispute.events, *map(event, rows)])
        is_open = bool(ladder.owners(self.rules.ladder, after))
        ended = "" if is_open else self.dispute.row.closed_at or rows[-1].told_at
        dispute_rows.LOG.close(connection, self.dispute.row.case, ended)
        return [entry(self.dispute.row.number, row) for row in rows]

    def _put(
        self, connection: Connection, own: Own, papers: Sequence[tuple[Paper, Found]]
    ) -> list[Entry]:
        case = grant_lists.case_of(self.hub, connection, REFERRAL, str(own.record["id"]))
        return [
            entry
            for paper, found in papers
            for entry in own_filing.put_new(self.hub, connection, replace(paper, case=case), found)
        ]


def _papers(hub: Hub, slip: Slip) -> list[tuple[Paper, Found]]:
    """What goes with the slip, signed before the transaction; its case is not known yet."""
    told = {"substance": slip.substance, "record": slip.offers}
    papers = [
        Paper("", name, f"mediation-{name}", f"mediation-{name}/{slip.record['id']}", record)
        for name, record in told.items()
        if record is not None
    ]
    return [(paper, own_filing.found_of(hub, paper)) for paper in papers]


def entry(number: str, row: EventRow) -> Entry:
    """The ledger's word on an event; nothing of a person."""
    told = {"dispute": number, "event": row.name, "role": row.role, "unit": row.unit, "at": row.at}
    more = {"to": row.to} if row.to else {}
    return Entry("dispute-event", row.document or row.case, row.case, {**told, **more})
