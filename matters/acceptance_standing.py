"""Where a joint acceptance stands, and what follows from it: who has what in hand, what may begin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from matters.acceptance_events import LEAD, Event
from matters.acceptance_parts import HUB, OWNER
from matters.acceptance_plan import Plan

WAITING = "waiting"
OPEN = "open"
CORRECTING = "correcting"
PASSED, REMEDY, FAILED = "passed", "remedy", "failed"
NOT_APPLICABLE = "not-applicable"
SILENT = "silent"
REOPENED = "reopened"
STATES: Mapping[str, str] = {
    WAITING: "未开始",
    OPEN: "办理中",
    CORRECTING: "待补正",
    PASSED: "通过",
    REMEDY: "通过，限期整改",
    FAILED: "不通过",
    NOT_APPLICABLE: "不适用",
    SILENT: "期满无意见",
    REOPENED: "须重新查验",
}
FINAL = frozenset({PASSED, NOT_APPLICABLE, SILENT})
"""What the lead may pass the whole on."""
SETTLED = FINAL | {REMEDY}
"""What does not hold up the next stage."""
ANSWERED = SETTLED | {FAILED}
PASS, FAIL = "pass", "fail"
OPINION = "opinion"
"""What the lead has in hand, beside items; no item is called so."""


@dataclass(frozen=True, slots=True)
class Part:
    """One item, as it stands."""

    state: str = WAITING
    rounds: int = 0
    """How often it was handed to its unit."""
    since: datetime | None = None
    """When it came into this state; of an open one, from when its period counts."""
    asked: frozenset[str] = frozenset()
    """Materials that the owner is to hand in anew."""
    was_asked: bool = False
    """A correction was asked for in this round."""
    paused: str = ""
    checks: tuple[str, ...] = ()
    until: date | None = None


_WAITING = Part()


@dataclass(frozen=True, slots=True)
class Standing:
    """The whole, as it stands."""

    parts: Mapping[str, Part] = field(default_factory=dict)
    """Item → as it stands; of those with which something has happened."""
    materials: Mapping[str, str] = field(default_factory=dict)
    """Material → digest of what was handed in last."""
    opened: int = 0
    """So many stages have begun; what has begun stays so."""
    verdict: str = ""
    extended: bool = False
    ended: bool = False

    def part(self, item: str) -> Part:
        """As it stands; waiting, if nothing has happened."""
        return self.parts.get(item, _WAITING)

    def state(self, item: str) -> str:
        """Of this item."""
        return self.part(item).state


def missing(plan: Plan, standing: Standing, item: str) -> list[str]:
    """Materials that it needs and nobody has handed in, in the file's order."""
    gone = plan.of_item[item] - standing.materials.keys()
    return [name for name in plan.materials if name in gone] if gone else []


def may_begin(plan: Plan, standing: Standing, item: str) -> bool:
    """Its stage is open, what it needs is settled, and all its materials are there."""
    told = plan.items[item]
    return (
        not standing.ended
        and not waits_for_opinion(plan, standing, item)
        and standing.state(item) in (WAITING, REOPENED)
        and plan.stages.index(told.stage) < standing.opened
        and all(standing.state(n) in SETTLED for n in told.needs & plan.items.keys())
        and not missing(plan, standing, item)
    )


def waits_for_opinion(plan: Plan, standing: Standing, item: str) -> bool:
    """It belongs to the last stage, and the lead has not passed the whole, or does so no more."""
    return plan.items[item].stage == plan.stages[-1] and standing.verdict != PASS


def beginning(plan: Plan, standing: Standing) -> list[str]:
    """All items that may begin now, in the file's order."""
    return [name for name in plan.items if may_begin(plan, standing, name)]


def before_opinion(plan: Plan) -> list[str]:
    """Items on which the lead decides: all but those of the last stage."""
    return [name for name, item in plan.items.items() if item.stage != plan.stages[-1]]


def can_pass(plan: Plan, standing: Standing) -> bool:
    """Every item that the lead decides on is passed, or there is nothing to pass."""
    return all(standing.state(name) in FINAL for name in before_opinion(plan))


def can_fail(plan: Plan, standing: Standing) -> bool:
    """Every unit has answered, and one of them with a no, or with something to mend."""
    states = {standing.state(name) for name in before_opinion(plan)}
    return states <= ANSWERED and not states <= FINAL


def is_for_lead(plan: Plan, standing: Standing) -> bool:
    """Everybody is in, and the lead has not said what comes of it."""
    if standing.verdict == PASS or not standing.opened or standing.ended:
        return False
    may_fail = can_fail(plan, standing) and standing.verdict != FAIL
    return can_pass(plan, standing) or may_fail


def stages_begun(plan: Plan, standing: Standing) -> int:
    """How many stages have begun: the next one begins when all before it are settled, the last when the
    lead has passed the whole.
    """
    begun = max(standing.opened, 1)
    while begun < len(plan.stages):
        names = [name for each in plan.stages[:begun] for name in plan.of_stage(each)]
        if not all(standing.state(name) in SETTLED for name in names):
            break
        if begun == len(plan.stages) - 1 and standing.verdict != PASS:
            break
        begun += 1
    return begun


def is_over(plan: Plan, standing: Standing) -> bool:
    """Everything is passed, the lead's opinion and the last stage with it."""
    return standing.verdict == PASS and all(standing.state(name) in FINAL for name in plan.items)


def again(plan: Plan, standing: Standing, event: Event) -> frozenset[str]:
    """Items that must be looked at anew because of what was handed in or mended: those that it names
    and that had not passed, all settled ones that it touches, and those that somebody is looking at with
    a paper of which there is a new version.
    """
    there = standing.materials
    new = frozenset(n for n, d in event.handed_in.items() if n in there and there[n] != d)
    touched = plan.touched(event.parts, new)
    named = {name for name in event.items if standing.state(name) in (FAILED, REMEDY)}
    settled = {name for name in touched if standing.state(name) in SETTLED}
    stale = {
        name
        for name, papers in plan.of_item.items()
        if standing.state(name) == OPEN and papers & new
    }
    return frozenset(settled | named | stale)


def holders(plan: Plan, standing: Standing) -> Iterator[tuple[str, str]]:
    """Item → the role that has to see to it now; of what has not begun only if its stage has."""
    for name, item in plan.items.items():
        state = standing.state(name)
        if state == OPEN:
            yield name, item.by
        elif state in (CORRECTING, REMEDY, FAILED):
            yield name, OWNER
        elif waits_for_opinion(plan, standing, name):
            continue
        elif state in (WAITING, REOPENED) and plan.stages.index(item.stage) < standing.opened:
            yield name, _waits_on(plan, standing, name)
    if is_for_lead(plan, standing):
        yield OPINION, LEAD


def _waits_on(plan: Plan, standing: Standing, item: str) -> str:
    """For its papers: the owner, as long as the hub can't get all that is missing by itself."""
    gone = missing(plan, standing, item)
    return OWNER if any(not plan.materials[each].fetched for each in gone) else HUB
