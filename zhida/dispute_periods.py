"""Periods of disputes that are nearly over, or over: an incident each, with its owner, until it is not so.

A period's end does nothing to a dispute: it calls somebody (``matters.ladder_watch``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from exchange.errors import Fact, Fatal, ZhidaError
from exchange.incident import Trouble
from matters import ladder_watch
from matters.ladder_watch import Call
from zhida import calling
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
    troubles = (
        told for each in known for told in _troubles(rules, each, now, stopped.get(each.row.case))
    )
    return calling.settle(hub, KINDS, troubles)


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
