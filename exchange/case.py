"""A case: one run of a joint service, and what follows when one of its items ends.

States of an item::

    waiting ─ needs are not there yet
    ready   ─ a worker may take it
    sent, unknown, stored ─ the request left; no answer yet, or a person at the target must act
    applied ─ the effect is in the target's books
    refused ─ the target said no; what needs it is blocked
    invalid ─ the data can't be understood or encoded; nothing left
    blocked ─ something that it needs has failed (``FAILED``)
    parked  ─ a person must decide (agreement, unknowable effect)
    given-up ─ two people have decided that it is not pursued any more
    shadowed ─ its system is in shadow: all was done but the effect
    superseded ─ a newer version or a revocation made it needless before anything left
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

ENDED = frozenset(
    {"applied", "refused", "invalid", "blocked", "given-up", "shadowed", "superseded"}
)
FAILED = ENDED - {"applied"}
MARK = "#"
"""Between an item's name and the number of its correction, in the name of the row."""


def root_of(row: str) -> str:
    """The matter's item that a row belongs to.

    >>> root_of("household#2"), root_of("household")
    ('household', 'household')
    """
    return row.partition(MARK)[0]


def number_of(row: str) -> int:
    """Which correction it is; 0 for the item itself.

    >>> number_of("household#12"), number_of("household")
    (12, 0)
    """
    return int(row.partition(MARK)[2] or 0)


@dataclass(frozen=True, slots=True)
class Step:
    """An item as the order of a matter sees it."""

    item: str
    needs: tuple[str, ...] = ()
    """Items that must be applied before."""
    after: tuple[str, ...] = ()
    """Items that must have ended before, in whatever way."""


def advance(steps: Iterable[Step], states: Mapping[str, str]) -> dict[str, str]:
    """The waiting items that change now, in dependency order: to ``ready`` or ``blocked``.

    >>> steps = [Step("a"), Step("b", needs=("a",)), Step("c", needs=("b",)),
    ...          Step("reply", after=("a", "b", "c"))]
    >>> advance(steps, {"a": "refused", "b": "waiting", "c": "waiting", "reply": "waiting"})
    {'b': 'blocked', 'c': 'blocked', 'reply': 'ready'}
    """
    now = dict(states)
    changed: dict[str, str] = {}
    pending = [step for step in steps if now[step.item] == "waiting"]
    while True:
        moved = {step.item: state for step in pending if (state := _next(step, now))}
        if not moved:
            return changed
        changed |= moved
        now |= moved
        pending = [step for step in pending if step.item not in moved]


def too_early(steps: Iterable[Step], states: Mapping[str, str]) -> list[str]:
    """Items that are ready because others had ended, of which one has been taken up again.

    >>> too_early([Step("a"), Step("reply", after=("a",))], {"a": "ready", "reply": "ready"})
    ['reply']
    """
    ready = [step for step in steps if states[step.item] == "ready"]
    return [step.item for step in ready if any(states[name] not in ENDED for name in step.after)]


def _next(step: Step, states: Mapping[str, str]) -> str:
    if any(states[name] in FAILED for name in step.needs):
        return "blocked"
    needed = all(states[name] == "applied" for name in step.needs)
    if needed and all(states[name] in ENDED for name in step.after):
        return "ready"
    return ""


def verdict(states: Iterable[str]) -> str:
    """The state of a case: ``open`` while anything runs, then ``done`` or ``partial``.

    What was superseded is no failure: the newer version tells what came of it.

    >>> verdict(["applied", "blocked"]), verdict(["applied", "sent"])
    ('partial', 'open')
    >>> verdict(["applied", "superseded"])
    'done'
    """
    found = set(states)
    if not found <= ENDED:
        return "open"
    return "done" if found <= {"applied", "superseded"} else "partial"
