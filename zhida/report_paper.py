"""Papers that nobody had to bring, and how often somebody had to come: out of what was really given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from exchange import canonical
from exchange.case import root_of
from exchange.store.report_rows import TAKEN, Move, Sent
from matters.matter import Item, Material, Matter
from zhida.report_facts import Case
from zhida.report_spread import spread

SHARED, DECLARED = "shared", "declared"
"""Spared, for another unit's document told it; or because it was declared, once, at the window."""
TO_BRING, NO_RECORD = "to_bring", "no_record"
"""The case has it and the unit did not get it; no document of the case tells it."""
AVOIDED = (SHARED, DECLARED)
_OUTCOMES = (SHARED, DECLARED, TO_BRING, NO_RECORD)


def papers(cases: Iterable[Case]) -> list[dict[str, Any]]:
    """One row for each paper of each item; only where something of the item reached its unit."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for case in cases:
        for item in case.steps:
            for material, outcome in _of_item(case, item):
                which = (item.name, material.title)
                if which not in found:
                    found[which] = _row(item, material)
                found[which][outcome] += 1
    for row in found.values():
        row["avoided"] = sum(row[each] for each in AVOIDED)
    return list(found.values())


def _row(item: Item, material: Material) -> dict[str, Any]:
    told = {"item": item.name, "paper": material.title}
    told |= {"document": material.document, "field": material.field}
    return told | dict.fromkeys(_OUTCOMES, 0)


def _of_item(case: Case, item: Item) -> Iterator[tuple[Material, str]]:
    moves = case.moved(item.name) if item.materials else []
    if not moves:
        return
    given = {(m.kind, path): m.provider for m in moves for path in _fields(m.disclosed)}
    for material in item.materials:
        provider = given.get((material.document, material.field))
        if provider is None:
            yield material, TO_BRING if _has(case, moves, material) else NO_RECORD
        else:
            yield material, DECLARED if provider == case.matter.lead else SHARED


def _has(case: Case, moves: Iterable[Move], material: Material) -> bool:
    """Does the case know it, and its unit did not get it? What was not sent at all may tell it."""
    sent = [each for each in moves if each.kind == material.document]
    if not sent:
        return material.document in case.kinds.values()
    return any(material.field in _fields(each.withheld) for each in sent)


@lru_cache(maxsize=4096)
def _fields(told: str) -> frozenset[str]:
    """Cases of a kind disclose the same fields: the same text, many times."""
    return frozenset(canonical.loads(told.encode()))


def totals(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """The sum of all papers."""
    names = (*_OUTCOMES, "avoided")
    listed = list(rows)
    return {name: sum(row[name] for row in listed) for name in names}


def of_case(case: Case) -> Counter[str]:
    """How many papers of one case came to which outcome."""
    return Counter(outcome for item in case.steps for _, outcome in _of_item(case, item))


def has_desk(matter: Matter) -> bool:
    """Does the matter say where people come? Else nobody knows how often they did."""
    return any(each.unit == matter.lead for each in matter.opens_on)


def desks(case: Case) -> list[str]:
    """The unit of each occasion on which the person had to say or bring something, in no order.

    The lead unit's for the form, and the unit of each task that asked for what was missing.
    """
    form = any(name in case.kinds for name in _forms(case))
    asked = (case.matter.items[root_of(sent.item)].unit for sent in _asking(case))
    return [*([case.matter.lead] if form else []), *asked]


def visits(cases: Iterable[Case]) -> dict[str, Any]:
    """How often the person had to come, at most.

    Once for the form at the lead unit's window, and once for each task by which an item asked for
    what was missing (``asks``). ``elsewhere``: the tasks of these that were another unit's.
    """
    forms, tasks = 0, Counter[bool]()
    each = []
    for case in cases:
        asked = list(_asked(case))
        is_there = any(name in case.kinds for name in _forms(case))
        forms += is_there
        tasks.update(asked)
        each.append(is_there + len(asked))
    told = {"total": sum(each), "forms": forms, "completions": tasks[True]}
    return told | {"elsewhere": tasks[False], "per_case": spread(each)}


def _forms(case: Case) -> list[str]:
    """Documents that the lead unit's own window takes in."""
    matter = case.matter
    return [each.gives for each in matter.opens_on if each.unit == matter.lead]


def _asked(case: Case) -> Iterator[bool]:
    """For each task that asked the person: was it the lead unit's?"""
    for sent in _asking(case):
        yield case.matter.items[root_of(sent.item)].unit == case.matter.lead


def _asking(case: Case) -> Iterator[Sent]:
    for sent in case.sent:
        item = case.matter.items.get(root_of(sent.item))
        if item is not None and item.lanes.asks and sent.state in TAKEN:
            yield sent
