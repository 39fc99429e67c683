"""Periods of disputes that are nearly over, or over: an incident each, with its owner, until it is not so.

A period's end does nothing to a dispute: it calls somebody (``matters.ladder_watch``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from exchange import incident, times
from exchange.errors import Fact, Fatal, ZhidaError
from exchange.incident import Trouble
from exchange.store import incident_rows
from matters import ladder_watch
from matters.ladder_watch import Call
from zhida.dispute import Dispute
from zhida.hub import Hub
from zhida.mediation_rules import Rules

NEAR, OVER = "period-near", "period-over"
STUCK = "dispute-stuck"
"""It can't go on: the rules lead it nowhere, or the ladder can't read it any more. Others go on."""
KINDS = (NEAR, OVER, STUCK)
NOTHING: Mapping[str, ZhidaError] = MappingProxyType({})


def settle(
    hub: Hub, rules: Rules, known: Iterable[Dispute], stopped: Mapping[str, ZhidaError] = NOTHING
) -> dict[str, int]:
    """Begin what is so now, and end what is so no more: how many of each kind are open.

    ``known``: every dispute that has not ended; ``stopped``: case → why it did not get on its way. Writes
    only if something has changed.
    """
    now = hub.clock()
    found = {
        (trouble.system, trouble.kind, trouble.about): (trouble, since)
        for each in known
        for trouble, since in _troubles(rules, each, now, stopped.get(each.row.case))
    }
    with hub.store.read() as connection:
        rows = [row for kind in KINDS for row in incident_rows.still_open(connection, kind)]
    begun = {(row.system, row.kind, row.about) for row in rows}
    gone = [row for row in rows if (row.system, row.kind, row.about) not in found]
    new = [told for key, told in found.items() if key not in begun]
    if gone or new:
        with hub.store.write() as connection:
            for trouble, since in new:
                incident.begin(connection, trouble, since)
            for row in gone:
                incident_rows.change(connection, row.id, closed_at=times.stamp(now))
    return {kind: sum(key[1] == kind for key in found) for kind in KINDS}


def _troubles(
    rules: Rules, dispute: Dispute, now: datetime, stopped: ZhidaError | None
) -> Iterator[tuple[Trouble, datetime]]:
    try:
        dispute.standing(rules.ladder)
    except Fatal as error:
        yield stuck(rules, dispute, error), now
        return
    if stopped is not None:
        yield stuck(rules, dispute, stopped), now
    for call in ladder_watch.calls(rules.ladder, dispute.events, now, rules.holidays):
        yield trouble(rules, dispute, call), call.since


def stuck(rules: Rules, dispute: Dispute, error: ZhidaError) -> Trouble:
    """For the centre, whose rules they are."""
    facts: dict[str, Fact] = {
        "dispute": dispute.row.number,
        "code": error.facts.get("code", error.code),
    }
    unit = rules.roles.seat("hub").unit
    return Trouble(unit, STUCK, "mediation.stuck", facts, about=dispute.row.case)


def trouble(rules: Rules, dispute: Dispute, call: Call) -> Trouble:
    """What is told: nothing of a person, whom the dispute's number leads to."""
    clock, unit = rules.ladder.clocks[call.clock], rules.unit_of(call.owner)
    facts: dict[str, Fact] = {
        "dispute": dispute.row.number,
        "period": clock.title,
        "due": str(call.last_day or "-"),
        "article": clock.article,
        "opens": call.opens or "-",
        "owner": unit,
    }
    kind = OVER if call.over else NEAR
    about = f"{dispute.row.case}/{call.clock}"
    return Trouble(unit, kind, f"mediation.{kind}", facts, about=about)
