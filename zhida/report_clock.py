"""How long cases and items took, how old documents were, and the days used of those that a law allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from exchange import custody, times
from exchange.case import ENDED
from exchange.store.delivery_rows import DeliveryRow
from exchange.store.report_rows import Sent
from matters import terms
from matters.matter import Item
from matters.terms import Term, WorkingDays
from matters.working_days import Holidays
from zhida import clock
from zhida.report_facts import Case
from zhida.report_spread import seconds, spread

DECIDED = ("applied", "refused")
"""States in which the unit itself has said what comes of an item."""


def whole(cases: Iterable[Case]) -> dict[str, Any]:
    """From when all is there that a case needs to be opened, to its end; those that are over."""
    over = (case for case in cases if case.row.closed_at)
    return spread(seconds(begun(case), case.row.closed_at) for case in over)


def begun(case: Case) -> str:
    """A case that the hospital has opened waits for the parents, whose form nobody can hurry."""
    needed = [each.gives for each in case.matter.opens_on if not each.optional]
    return max([case.row.opened_at, *map(case.arrived, needed)])


def of_items(cases: Iterable[Case]) -> dict[str, dict[str, Any]]:
    """From when an item could begin to what its unit said: by interface, and by people."""
    fast, slow = dict[str, list[int]](), dict[str, list[int]]()
    for case in cases:
        for item in case.steps:
            row = case.came_to(item.name)
            if row.state in DECIDED:
                kept = fast if row.name == item.name else slow
                took = seconds(_ready(case, item), row.updated_at)
                kept.setdefault(item.name, []).append(took)
    names = [*fast, *(name for name in slow if name not in fast)]
    return {
        name: {"interface": spread(fast.get(name, ())), "by_hand": spread(slow.get(name, ()))}
        for name in names
    }


def _ready(case: Case, item: Item) -> str:
    """When the last thing was there that the item waits for."""
    before = [name for name in (*item.needs, *item.after) if name in case.items]
    ends = [case.came_to(name).updated_at for name in before]
    return max([case.row.opened_at, *ends, *map(case.arrived, item.awaits)])


def freshness(cases: Iterable[Case], hub: str) -> list[dict[str, Any]]:
    """How old each kind of document was when it was used; what the hub itself wrote is no source's."""
    found: dict[tuple[str, str], list[int]] = {}
    words: dict[tuple[str, str], set[str]] = {}
    gone: Counter[tuple[str, str]] = Counter()
    for move in (move for case in cases for move in case.moves if move.provider != hub):
        which = (move.kind, move.provider)
        words.setdefault(which, set()).add(move.custody)
        ages = found.setdefault(which, [])
        if move.as_of:
            ages.append(seconds(move.as_of, move.at))
        else:
            gone[which] += 1
    return [
        {"document": kind, "provider": provider, "gone": gone[kind, provider], **spread(ages)}
        | {"custody": custody.several(words[kind, provider])}
        for (kind, provider), ages in sorted(found.items())
    ]


@dataclass(slots=True)
class _Kept:
    """What is counted of one item's legal period."""

    term: Term
    used: list[int] = field(default_factory=list)
    allowed: list[int] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def told(self) -> dict[str, Any]:
        unit = "working day" if isinstance(self.term.legal, WorkingDays) else "day"
        names = ("late", "running", "running_late", "late_on_arrival", "unknown")
        allowed = {
            "least": min(self.allowed, default=None),
            "most": max(self.allowed, default=None),
        }
        told = {"article": self.term.article, "unit": unit, "used": spread(self.used)}
        return told | {"allowed": allowed} | {name: self.counts[name] for name in names}


def legal(cases: Iterable[Case], holidays: Holidays, today: date) -> dict[str, dict[str, Any]]:
    """Days used of the days allowed, of what was decided; and what still runs. By item."""
    found: dict[str, _Kept] = {}
    for case in cases:
        for item in case.steps:
            if item.term is not None and item.name in case.begins:
                kept = found.setdefault(item.name, _Kept(item.term))
                _count(kept, case, item, holidays=holidays, today=today)
    return {name: kept.told() for name, kept in found.items()}


def _count(kept: _Kept, case: Case, item: Item, *, holidays: Holidays, today: date) -> None:
    row, counts = case.came_to(item.name), kept.counts
    is_over = row.state in DECIDED
    if item.term is None or (not is_over and row.state in ENDED):
        return  # not needed, not allowed, or come to nothing: no unit has used these days
    begins = date.fromisoformat(case.begins[item.name])
    last = _day(row.updated_at) if is_over else today
    sent = map(delivery, case.sent) if item.term.pauses_while else ()
    stops = clock.stops(item.term, sent, last)
    read = clock.read(item.term, begins, last, holidays=holidays, stops=stops)
    counts["running"] += not is_over
    if read.due is None or read.left is None:
        counts["unknown"] += 1
        return
    if read.left < 0:
        counts["late" if is_over else "running_late"] += 1
        counts["late_on_arrival"] += _day(_told(case, item)) > read.due
    if is_over:
        days = holidays if read.in_working_days else None
        kept.allowed.append(terms.between(begins, read.due, working=days))
        kept.used.append(kept.allowed[-1] - read.left)


def _told(case: Case, item: Item) -> str:
    """When the last document came that the item, or one before it, had to wait for."""
    seen, left = dict[str, Item](), [item]
    while left:
        each = left.pop()
        seen[each.name] = each
        left += [case.matter.items[n] for n in (*each.needs, *each.after) if n not in seen]
    awaited = {name for each in seen.values() for name in each.awaits}
    return max([case.row.opened_at, *map(case.arrived, awaited)])


def delivery(sent: Sent) -> DeliveryRow:
    """What ``clock.stops`` asks of a request that has left."""
    where = {"effect": "", "system": "", "operation": "", "content": "", "receipt": ""}
    return DeliveryRow(**where, **sent._asdict(), attempts=1)


def _day(stamp: str) -> date:
    return times.civil_day(datetime.fromisoformat(stamp))
