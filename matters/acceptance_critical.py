"""The critical path of a joint acceptance: in each stage the item that was settled last, and who had it when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from matters import acceptance_spans
from matters.acceptance_events import Event
from matters.acceptance_plan import Plan
from matters.acceptance_spans import Span, Step
from matters.acceptance_standing import OPINION, SETTLED


@dataclass(frozen=True, slots=True)
class Leg:
    """One stage: what it waited for last."""

    stage: str
    """Or ``OPINION``."""
    since: datetime
    until: datetime | None
    """None: it still waits."""
    item: str
    """Or ``OPINION``: the units were in, and the lead had to decide."""
    waits: tuple[tuple[str, timedelta], ...]
    """Role → how long it had this item in hand, within the stage, the longest first."""


def legs(plan: Plan, events: Sequence[Event], now: datetime) -> list[Leg]:
    """Every stage that has begun and has items, in order, and the lead's opinion; what goes on counts up to
    ``now``.
    """
    return legs_of(plan, list(acceptance_spans.walk(plan, events)), now)


def legs_of(plan: Plan, steps: Sequence[Step], now: datetime) -> list[Leg]:
    """The same of a way that was walked already."""
    spans = acceptance_spans.spans_of(plan, steps)
    found: list[Leg] = []
    for stage, since, until in _stages(plan, steps):
        item, settled = _last(plan, steps, stage, until)
        if item:
            waits = _waits(spans, item, (since, settled or until or now))
            found.append(Leg(stage, since, settled, item, waits))
        if stage in plan.stages[-2:-1] and settled:
            waits = _waits(spans, OPINION, (settled, until or now))
            found.append(Leg(OPINION, settled, until, OPINION, waits))
    return found


def _stages(plan: Plan, steps: Sequence[Step]) -> Iterator[tuple[str, datetime, datetime | None]]:
    """Stage, when it began, and when the next one did or the whole ended."""
    begun: list[datetime] = []
    ended: datetime | None = None
    for event, before, after in steps:
        begun += [event.at] * (after.opened - len(begun))
        ended = event.at if after.ended and not before.ended else ended
    for n, since in enumerate(begun):
        yield plan.stages[n], since, begun[n + 1] if n + 1 < len(begun) else ended


def _last(
    plan: Plan, steps: Sequence[Step], stage: str, until: datetime | None
) -> tuple[str, datetime | None]:
    """The item of the stage that was settled last by then, and when; None: it is not settled yet."""
    settled: dict[str, datetime | None] = dict.fromkeys(plan.of_stage(stage))
    for event, before, after in steps:
        if until is not None and event.at > until:
            break
        for name in settled:
            states = before.state(name) in SETTLED, after.state(name) in SETTLED
            if states[0] != states[1]:
                settled[name] = event.at if states[1] else None
    waits = [name for name, at in settled.items() if at is None]
    if waits or not settled:
        return (waits[0] if waits else ""), None
    times = {name: at for name, at in settled.items() if at is not None}
    last = max(times, key=lambda name: times[name])
    return last, times[last]


def _waits(
    spans: Sequence[Span], item: str, between: tuple[datetime, datetime]
) -> tuple[tuple[str, timedelta], ...]:
    found: dict[str, timedelta] = {}
    for span in spans:
        since, until = max(span.since, between[0]), min(span.until or between[1], between[1])
        if span.item == item and until > since:
            role = f"{span.role}/{span.paused}" if span.paused else span.role
            found[role] = found.get(role, timedelta()) + (until - since)
    return tuple(sorted(found.items(), key=lambda each: -each[1]))
