"""Joint acceptance of a building: where it stands is the fold of what the owner and the units have said.

Items are looked at side by side. After a fix only what failed is looked at again, and what had passed and
the fix touches (it is about a part of the building that was worked on, or looks at a material of which
there is a new version); the rest keeps its pass. Nothing passes because nobody said anything.

What may be said is ``acceptance_rules``; what was taken stays taken, whatever the district changes in its
lists: of what they do not name any more nothing follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from matters import acceptance_rules
from matters import acceptance_standing as standings
from matters.acceptance_events import RESULTS, Event
from matters.acceptance_parts import SEAL
from matters.acceptance_plan import Plan
from matters.acceptance_standing import FAIL, REOPENED, Part, Standing

Apply = Callable[[Plan, Standing, Event], Standing]


def stand(plan: Plan, events: Iterable[Event]) -> Standing:
    """Where these events, in the order in which they were told, have brought it."""
    standing = Standing()
    for event in events:
        standing = apply(plan, standing, event)
    return standing


def step(plan: Plan, standing: Standing, event: Event) -> Standing:
    """Where the event brings it, if it may be said (``acceptance_rules.require``)."""
    acceptance_rules.require(plan, standing, event)
    return apply(plan, standing, event)


def apply(plan: Plan, standing: Standing, event: Event) -> Standing:
    """Where an event that was taken brings it."""
    after = _EFFECTS.get(event.name, _nothing)(plan, standing, event)
    return replace(after, opened=standings.stages_begun(plan, after)) if after.opened else after


def _nothing(plan: Plan, standing: Standing, event: Event) -> Standing:
    del plan, event
    return standing


def _registered(plan: Plan, standing: Standing, event: Event) -> Standing:
    del plan, event
    return replace(standing, opened=1)


def _handed_in(plan: Plan, standing: Standing, event: Event) -> Standing:
    """New versions, and a building that was worked on; one asked for ends a correction."""
    parts = dict(standing.parts)
    for name in standings.again(plan, standing, event):
        parts[name] = Part(REOPENED, standing.part(name).rounds, event.at)
    parts |= _corrected(standing, event)
    was_touched = parts != standing.parts or bool(event.items)
    verdict = "" if was_touched and standing.verdict == FAIL else standing.verdict
    materials = {**standing.materials, **event.handed_in}
    return replace(standing, parts=parts, materials=materials, verdict=verdict)


def _corrected(standing: Standing, event: Event) -> dict[str, Part]:
    """Items that had asked for what is there now; when all is there their period begins anew."""
    new = {n for n, d in event.handed_in.items() if standing.materials.get(n) != d}
    found = {}
    for name, part in standing.parts.items():
        if part.state == standings.CORRECTING and part.asked & new:
            left = part.asked - new
            state = standings.CORRECTING if left else standings.OPEN
            found[name] = replace(part, asked=left, state=state, since=event.at)
    return found


def _assigned(plan: Plan, standing: Standing, event: Event) -> Standing:
    part = Part(standings.OPEN, standing.part(event.item).rounds + 1, event.at)
    item = plan.items.get(event.item)
    begun = plan.stages.index(item.stage) + 1 if item else 0
    return replace(_put(standing, event, part), opened=max(standing.opened, begun))


def _asked(plan: Plan, standing: Standing, event: Event) -> Standing:
    """Of what the lists do not name any more nothing is waited for."""
    rounds, asked = standing.part(event.item).rounds, frozenset(event.handed_in)
    asked &= plan.materials.keys()
    state = standings.CORRECTING if asked else standings.OPEN
    return _put(standing, event, Part(state, rounds, event.at, asked=asked, was_asked=True))


def _paused(plan: Plan, standing: Standing, event: Event) -> Standing:
    """``why`` is empty when it runs on."""
    del plan
    return _put(standing, event, replace(standing.part(event.item), paused=event.why))


def _found(plan: Plan, standing: Standing, event: Event) -> Standing:
    """What a unit has found."""
    del plan
    rounds = standing.part(event.item).rounds
    part = Part(event.name, rounds, event.at, checks=event.checks, until=event.until)
    return _put(standing, event, part)


def _lapsed(plan: Plan, standing: Standing, event: Event) -> Standing:
    del plan
    return _put(standing, event, Part(REOPENED, standing.part(event.item).rounds, event.at))


def _put(standing: Standing, event: Event, part: Part) -> Standing:
    return replace(standing, parts={**standing.parts, event.item: part})


def _extended(plan: Plan, standing: Standing, event: Event) -> Standing:
    del plan, event
    return replace(standing, extended=True)


def _opinion(plan: Plan, standing: Standing, event: Event) -> Standing:
    del plan
    return replace(standing, verdict=event.verdict)


def _revoked(plan: Plan, standing: Standing, event: Event) -> Standing:
    """What was built on it goes with it: the sealed paper, and whatever the last stage has done."""
    sealed = {n for n, each in plan.procedure.materials.items() if each.fetched.startswith(SEAL)}
    materials = {n: digest for n, digest in standing.materials.items() if n not in sealed}
    parts = dict(standing.parts)
    for name in plan.of_stage(plan.stages[-1]):
        if (part := standing.part(name)).state != standings.WAITING:
            parts[name] = Part(REOPENED, part.rounds, event.at)
    return replace(standing, parts=parts, materials=materials, verdict="")


def _ended(plan: Plan, standing: Standing, event: Event) -> Standing:
    del plan, event
    return replace(standing, ended=True)


_EFFECTS: Mapping[str, Apply] = {
    **dict.fromkeys((*RESULTS, standings.SILENT), _found),
    **dict.fromkeys(("submitted", "fixed"), _handed_in),
    **dict.fromkeys(("paused", "resumed"), _paused),
    **dict.fromkeys(("delivered", "withdrawn"), _ended),
    "registered": _registered,
    "assigned": _assigned,
    "correction-asked": _asked,
    "lapsed": _lapsed,
    "extended": _extended,
    "opinion": _opinion,
    "opinion-revoked": _revoked,
}
