"""Periods of joint acceptances that are nearly over, or over: an incident each, with its owner, until it is not so.

A period's end does nothing but call somebody, and where the procedure says so an opinion that nobody gave
counts as none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from exchange import times
from exchange.errors import Fact, ZhidaError
from exchange.incident import Trouble
from matters import acceptance_clocks, terms
from matters import acceptance_standing as standings
from matters.acceptance_clocks import Call
from zhida import acceptance, acceptance_telling, calling
from zhida.acceptance import Acceptance
from zhida.acceptance_rules import Rules
from zhida.acceptance_telling import Saying
from zhida.hub import Hub

NEAR, OVER, STUCK = "acceptance-near", "acceptance-over", "acceptance-stuck"
"""The last: something that the hub had to do for it can't be done; others go on."""
NOTHING: Mapping[str, ZhidaError] = MappingProxyType({})


def settle(
    hub: Hub,
    rules: Rules,
    known: Iterable[Acceptance],
    stopped: Mapping[str, ZhidaError] = NOTHING,
) -> dict[str, int]:
    """``known``: every acceptance that has not ended; ``stopped``: case → what has stopped it."""
    now = hub.clock()
    troubles = (
        told for each in known for told in _troubles(rules, each, now, stopped.get(each.row.case))
    )
    return calling.settle(hub, (NEAR, OVER, STUCK), troubles)


def _troubles(
    rules: Rules, found: Acceptance, now: datetime, stopped: ZhidaError | None
) -> Iterator[tuple[Trouble, datetime]]:
    if stopped is not None:
        told: dict[str, Fact] = {"acceptance": found.row.number, "code": stopped.code}
        unit = rules.unit_of("lead")
        yield Trouble(unit, STUCK, "acceptance.stuck", told, about=found.row.case), now
    for call in acceptance_clocks.calls(found.plan, found.events, now, rules.holidays):
        yield trouble(rules, found, call), call.since


def trouble(rules: Rules, found: Acceptance, call: Call) -> Trouble:
    """What is told: the unit before its last day, the lead afterwards."""
    item = found.plan.items.get(call.item)
    by = rules.unit_of(item.by) if item else rules.unit_of("lead")
    facts: dict[str, Fact] = {
        "acceptance": found.row.number,
        "period": call.title,
        "due": str(call.last_day or "-"),
        "article": call.article,
        "owner": by,
    }
    kind = OVER if call.over else NEAR
    about = f"{found.row.case}/{call.item}"
    return Trouble(rules.unit_of(call.role), kind, f"acceptance.{kind[11:]}", facts, about=about)


def fall_silent(hub: Hub, rules: Rules, found: Acceptance) -> Acceptance:
    """Opinions that nobody gave in time, where their silence means that there is no objection."""
    now = hub.clock()
    for each in list(acceptance_clocks.running(found.plan, found.events, rules.holidays)):
        item = found.plan.items.get(each.clock.name)
        if item is None or item.silence.means != "no-objection":
            continue
        if found.standing.state(item.name) == standings.OPEN and each.is_over(now, rules.holidays):
            event = acceptance.hub_event(hub, rules, "silent", item.name)
            found = acceptance_telling.tell(hub, found, Saying(event))
    return found


def lapse(hub: Hub, rules: Rules, found: Acceptance) -> Acceptance:
    """Passes that hold for a time only and have come to its end, while the lead has not decided."""
    standing = found.standing
    for name, item in found.plan.items.items():
        part = standing.part(name)
        if item.valid is None or part.state != standings.PASSED or part.since is None:
            continue
        day = terms.last_day(item.valid, times.civil_day(part.since), rules.holidays).day
        if (
            standing.verdict != standings.PASS
            and day is not None
            and times.civil_day(hub.clock()) > day
        ):
            event = acceptance.hub_event(hub, rules, "lapsed", name)
            found = acceptance_telling.tell(hub, found, Saying(event))
    return found
