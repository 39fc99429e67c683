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
    cancelled ─ the case was cancelled before anything of it left
    skipped ─ the case does not need it
    halted  ─ the matter's rules forbid it for this case (the child has died)
    by-hand ─ a person in the unit does it: the item beside it (``-by-hand``) tells what came of it
    shadowed ─ its system is in shadow: all was done but the effect
    superseded ─ a newer version or a revocation made it needless before anything left
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

GOOD = frozenset({"applied", "skipped"})
"""States of an item that what needs it may go on from."""
BY_HAND = "by-hand"
CANCELLED = "cancelled"
"""State of a case that was cancelled, and of its items of which nothing had left."""
FAILED = frozenset(
    {"refused", "invalid", "blocked", "given-up", "shadowed", "superseded", "halted", CANCELLED}
)
ENDED = GOOD | FAILED | {BY_HAND}
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


def hand_of(item: str) -> str:
    """The item that stands for ``item`` where a person does it.

    >>> hand_of("household")
    'household-by-hand'
    """
    return f"{item}-{BY_HAND}"


@dataclass(frozen=True, slots=True)
class Step:
    """An item as the order of a matter sees it."""

    item: str
    needs: tuple[str, ...] = ()
    """Items that must be applied before."""
    after: tuple[str, ...] = ()
    """Items that must have ended before, in whatever way."""
    awaits: tuple[str, ...] = ()
    """Documents that the case must have before."""
    stands_for: str = ""
    """The item whose work it is when a person does it."""


Decide = Callable[[str], str]
"""What an item that could begin comes to: ``ready``, ``skipped``, ``halted`` or ``by-hand``."""


def advance(
    steps: Iterable[Step],
    states: Mapping[str, str],
    documents: Collection[str] = (),
    decide: Decide = lambda _: "ready",
) -> dict[str, str]:
    """The waiting items that change now, in dependency order.

    >>> steps = [Step("a"), Step("b", needs=("a",)), Step("c", needs=("b",)),
    ...          Step("reply", after=("a", "b", "c"))]
    >>> advance(steps, {"a": "refused", "b": "waiting", "c": "waiting", "reply": "waiting"})
    {'b': 'blocked', 'c': 'blocked', 'reply': 'ready'}
    """
    now = dict(states)
    changed: dict[str, str] = {}
    pending = [step for step in steps if now[step.item] == "waiting"]
    there = set(documents)
    while True:
        moved = {step.item: state for step in pending if (state := _next(step, now, there, decide))}
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
    return [s.item for s in ready if any(came_to(n, states) not in ENDED for n in s.after)]


def came_to(item: str, states: Mapping[str, str]) -> str:
    """The state that counts for others: where a person does the work, that of the person's item.

    >>> came_to("a", {"a": "by-hand", "a-by-hand": "stored"})
    'stored'
    """
    return states[hand_of(item)] if states[item] == BY_HAND else states[item]


def _next(step: Step, states: Mapping[str, str], documents: set[str], decide: Decide) -> str:
    """A document that has not come yet holds an item up, but not one that can't be done anyway."""
    if step.stands_for:
        return _by_hand(states[step.stands_for])
    needed = [came_to(name, states) for name in step.needs]
    if any(state in FAILED for state in needed):
        return "blocked"
    if not documents >= set(step.awaits):
        return ""
    if all(s in GOOD for s in needed) and all(came_to(n, states) in ENDED for n in step.after):
        return decide(step.item)
    return ""


def _by_hand(state: str) -> str:
    """What a person's item comes to when that is the state of the item that it stands for."""
    if state == BY_HAND:
        return "ready"
    return "skipped" if state in ENDED else ""


def verdict(states: Iterable[str]) -> str:
    """The state of a case: ``open`` while anything runs, then ``done``, ``partial`` or ``none``.

    What was superseded is no failure: the newer version tells what came of it. ``none``: something
    failed and nothing was done; to call that a part would tell an auditor the opposite.

    >>> verdict(["applied", "blocked"]), verdict(["applied", "sent"]), verdict(["refused", "skipped"])
    ('partial', 'open', 'none')
    >>> verdict(["applied", "superseded", "skipped"])
    'done'
    """
    found = set(states)
    if not found <= ENDED:
        return "open"
    if found <= GOOD | {"superseded", BY_HAND}:
        return "done"
    return "partial" if "applied" in found else "none"
