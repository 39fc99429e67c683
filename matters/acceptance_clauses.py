"""The proof that the standard was not lowered (标准没有降低): every clause is still looked at. Pure.

Every check of the old procedure has to be in the new one: by the same clause, by the same items or those
that took over their work, on site where it was, about the same parts, and by the same evidence or by what
is told to stand instead of it *in that very check*. Nor may an item be left out for more buildings than
before, sample less, take silence for more, or be done by a unit to which nobody delegated it. What does
not fit is a loss, named; no losses is the proof.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from matters.acceptance_parts import Check, Item, Material, Procedure, Sampling
from matters.conditions import Condition

LOSSES = {
    "clause-gone": "这项检查没有了",
    "clause-changed": "依据变了",
    "item-gone": "原来查它的事项没有了，也没有并入别的",
    "item-left-out": "原来查它的事项不再查",
    "site-left-out": "不再到现场",
    "part-left-out": "不再包括这个部位",
    "evidence-gone": "凭据没有了，这项检查中也没有代替的",
    "evidence-narrowed": "凭据只对一部分工程要了",
    "material-gone": "材料没有了，没有写明为什么",
    "item-narrowed": "事项只对一部分工程办了",
    "sampling-less": "抽查得少了",
    "silence-more": "逾期没有答复当作没有意见",
    "not-delegated": "换了单位，没有写明委托",
}
"""What can be lost."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that the new procedure does not look at as the old one did."""

    what: str
    """One of ``LOSSES``."""
    check: str
    """Of the old procedure; empty: of an item or a material as such."""
    name: str
    """Item, material or part; empty: the check itself."""


def losses(before: Procedure, after: Procedure) -> tuple[Loss, ...]:
    """Empty: no clause was dropped."""
    found = [loss for old in before.checks.values() for loss in _of_check(old, before, after)]
    found += [loss for old in before.items.values() for loss in _of_item(old, after)]
    for name in before.materials:
        if name not in after.materials and name not in after.dropped:
            found.append(Loss("material-gone", "", name))
    return tuple(found)


def _of_check(old: Check, before: Procedure, after: Procedure) -> Iterator[Loss]:
    new = after.checks.get(old.name)
    if new is None:
        yield Loss("clause-gone", old.name, "")
        return
    yield from _of_words(old, new)
    for item in sorted(old.items):
        yield from _of_looker(item, new, after)
    for name in sorted(old.evidence):
        yield from _of_evidence(before.materials[name], new, after)


def _of_words(old: Check, new: Check) -> Iterator[Loss]:
    if new.clause != old.clause:
        yield Loss("clause-changed", old.name, "")
    if old.on_site and not new.on_site:
        yield Loss("site-left-out", old.name, "")
    for part in sorted(old.parts - new.parts):
        yield Loss("part-left-out", old.name, part)


def _of_looker(item: str, new: Check, after: Procedure) -> Iterator[Loss]:
    now = after.merged.get(item, item)
    if now not in after.items:
        yield Loss("item-gone", new.name, item)
    elif now not in new.items:
        yield Loss("item-left-out", new.name, item)


def _of_evidence(old: Material, new: Check, after: Procedure) -> Iterator[Loss]:
    """What stands instead counts only where this very check looks at it, or one of its items is it."""
    if old.name in new.evidence and old.name in after.materials:
        if not _covers(after.materials[old.name].when, old.when):
            yield Loss("evidence-narrowed", new.name, old.name)
        return
    told = after.dropped.get(old.name)
    instead = told.instead & (new.evidence | new.items) if told else frozenset[str]()
    there = [e for name in instead for e in (after.materials.get(name), after.items.get(name)) if e]
    if not there:
        yield Loss("evidence-gone", new.name, old.name)
    elif not any(_covers(each.when, old.when) for each in there):
        yield Loss("evidence-narrowed", new.name, old.name)


def _of_item(old: Item, after: Procedure) -> Iterator[Loss]:
    new = after.items.get(after.merged.get(old.name, old.name))
    if new is None:
        yield Loss("item-gone", "", old.name)
        return
    if not _covers(new.when, old.when):
        yield Loss("item-narrowed", "", old.name)
    if old.sampling and not _as_much(new.sampling, old.sampling):
        yield Loss("sampling-less", "", old.name)
    if new.silence.means not in ("nothing", old.silence.means):
        yield Loss("silence-more", "", old.name)
    if new.by != old.by and not _delegated(old.by, new, after):
        yield Loss("not-delegated", "", old.name)


def _covers(new: Condition | None, old: Condition | None) -> bool:
    """Every building of which the old one held. Conditions that are written otherwise are not trusted."""
    return new is None or new == old


def _as_much(new: Sampling | None, old: Sampling) -> bool:
    """None: all of it is looked at."""
    if new is None:
        return True
    return new.of == old.of and new.percent >= old.percent and new.at_least >= old.at_least


def _delegated(of: str, item: Item, after: Procedure) -> bool:
    told = any((each.of, each.to) == (of, item.by) for each in after.delegations)
    return told and of in item.on_behalf_of
