"""Who is on duty now: the roster's, or whom the duty was handed over to; and handing it over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange import times
from exchange.errors import Forbidden, Rejected, ZhidaError
from exchange.ledger import Entry
from exchange.store import duty_rows, incident_rows
from exchange.store.duty_rows import DutyRow
from exchange.store.engine import Connection
from zhida import duty_file, operators
from zhida.duty_file import Roster
from zhida.hub import Hub
from zhida.operators import Signatory, checked_reason
from zhida.site import Site
from zhida.site_operators import OPERATE


@dataclass(frozen=True, slots=True)
class OnDuty:
    """One person, until when; ``giver``: who handed the duty over (empty: the roster says so)."""

    person: str
    title: str
    until: datetime
    mobile: str = ""
    giver: str = ""


def of(site: Site, roster: Roster, connection: Connection, now: datetime) -> OnDuty | None:
    """Who it is; None: nobody."""
    given, turn = duty_rows.last(connection, times.stamp(now)), roster.at(now)
    if given is not None:
        known = (given.person, times.instant(given.until), given.giver)
    elif turn is not None:
        known = (turn.person, turn.until, "")
    else:
        return None
    person, until, giver = known
    title = site.operators[person].title if person in site.operators else person
    return OnDuty(person, title, until, roster.mobiles.get(person, ""), giver)


def now(hub: Hub) -> OnDuty | None:
    """The same for who tells of incidents, whom a broken roster must not stop: then nobody."""
    try:
        roster = duty_file.load(hub.site)
    except ZhidaError:
        roster = Roster()
    with hub.store.read() as connection:
        return of(hub.site, roster, connection, hub.clock())


def hand_over(
    hub: Hub, who: Signatory, to: str, *, note: str = "", until: datetime | None = None
) -> DutyRow:
    """The duty is ``to``'s from now on, with all that the giver has taken care of; signed, in the ledger.

    It ends with the giver's turn if no end is told. ``Forbidden`` for who neither is on duty nor
    takes it over; ``Rejected`` if there is no end to be known, or it is past.
    """
    operators.require(operators.known(hub.site, to), OPERATE)
    with hub.store.read() as connection:
        mine = of(hub.site, duty_file.load(hub.site), connection, hub.clock())
    if who.operator.name not in (to, mine.person if mine else ""):
        raise Forbidden("duty.not-yours", person=mine.person if mine else "-")
    end = until or (mine.until if mine else None)
    if end is None or end <= hub.clock():
        raise Rejected("duty.no-end")
    row = DutyRow(times.stamp(hub.clock()), to, mine.person if mine else "", times.stamp(end))

    def write(connection: Connection) -> list[Entry]:
        duty_rows.put(connection, row)
        told = {**_told(row), "incidents": _taken_over(connection, row)}
        token = who.sign("duty", told, reason=note, now=hub.clock())
        why = {"reason": checked_reason(note)} if note else {}
        details = {**told, **why, "operator": who.operator.name, "token": token}
        return [Entry("operator", row.person, details=details)]

    hub.ledger.commit(write)
    return row


def _told(row: DutyRow) -> dict[str, str]:
    return {"action": "hand-over", "from": row.giver, "person": row.person, "until": row.until}


def _taken_over(connection: Connection, row: DutyRow) -> list[str]:
    """What the giver has acknowledged is the receiver's, in the same transaction."""
    found = [each for each in incident_rows.still_open(connection) if each.acknowledged_by]
    taken = [each.id for each in found if each.acknowledged_by == row.giver]
    for identifier in taken:
        incident_rows.change(connection, identifier, acknowledged_by=row.person)
    return taken
