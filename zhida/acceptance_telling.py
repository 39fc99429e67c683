"""Something has happened to a building: the events, and what they hand over, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from exchange import canonical, times
from exchange.errors import Retriable
from exchange.ledger import Entry
from exchange.ports import Record
from exchange.store import case_rows
from exchange.store.acceptance_rows import LOG, EventRow
from exchange.store.engine import Connection
from matters import acceptance as fold
from matters.acceptance_events import Event
from zhida import acceptance, own_opening
from zhida.acceptance import Acceptance
from zhida.acceptance_rules import REVIEW
from zhida.hub import Hub
from zhida.own_opening import Own

SLIP = "acceptance-slip"


@dataclass(frozen=True, slots=True)
class Saying:
    """One event; ``document`` says so, and ``slip`` hands an item over by it."""

    event: Event
    document: str = ""
    slip: Record | None = None


def tell(hub: Hub, found: Acceptance, saying: Saying) -> Acceptance:
    """The building with the event. Refuses as ``matters.acceptance.step`` does, of the event as it counts."""
    row = _row(hub, found, saying)
    fold.step(found.plan, found.standing, acceptance.event(row))
    if saying.slip is None:
        hub.ledger.commit(partial(_append, found, row))
    else:
        into = own_opening.stream(hub, REVIEW, SLIP)
        own = Own(f"{SLIP}/{saying.slip['id']}", saying.slip)
        own_opening.take_all(into, [own], lambda connection, _: _append(found, row, connection))
    return Acceptance(found.row, (*found.told, row), found.project, found.plan)


def _row(hub: Hub, found: Acceptance, saying: Saying) -> EventRow:
    event = saying.event
    return EventRow(
        found.row.case,
        len(found.told),
        event.name,
        times.stamp(event.at),
        event.role,
        event.unit,
        acceptance.told_of(event),
        saying.document,
        times.stamp(hub.clock()),
    )


def _append(found: Acceptance, row: EventRow, connection: Connection) -> list[Entry]:
    """``Retriable("store.conflict")`` where somebody has told something of it meanwhile."""
    case_rows.lock_case(connection, found.row.case)
    if LOG.count(connection, found.row.case) != len(found.told):
        raise Retriable("store.conflict")
    LOG.append(connection, [row])
    if fold.stand(found.plan, [*found.events, acceptance.event(row)]).ended:
        LOG.close(connection, found.row.case, row.told_at)
    return [entry(found.row.number, row)]


def entry(number: str, row: EventRow) -> Entry:
    """The ledger's word on an event; nothing of a person."""
    told = {"acceptance": number, "event": row.name, "role": row.role, "unit": row.unit}
    more = {"at": row.at, "told": canonical.loads(row.told.encode())}
    return Entry("acceptance-event", row.document or row.case, row.case, {**told, **more})


def all_of(hub: Hub, found: Acceptance, sayings: Sequence[Saying]) -> Acceptance:
    """One after the other."""
    for saying in sayings:
        found = tell(hub, found, saying)
    return found
