"""The cases that a report is about, with what the store knows of each; nothing is decrypted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TypeVar

from exchange import times
from exchange.case import BY_HAND, hand_of
from exchange.errors import Fatal
from exchange.store import case_rows, report_rows
from exchange.store.case_rows import CaseRow
from exchange.store.engine import Connection
from exchange.store.report_rows import Item, Move, Sent, Span
from matters import matter
from matters.matter import Item as Step
from matters.matter import Matter
from zhida.watch import Watch

T = TypeVar("T")


@dataclass
class Case:
    """One case, its matter as it was when it was opened."""

    row: CaseRow
    matter: Matter
    items: dict[str, Item] = field(default_factory=dict)
    """By the row's name: also those that people do, and corrections."""
    kinds: dict[str, str] = field(default_factory=dict)
    """Name of a document that it knows → its kind."""
    came: dict[str, str] = field(default_factory=dict)
    """Name → when it came, of the documents that came after the case was opened by another."""
    begins: dict[str, str] = field(default_factory=dict)
    """Item → the civil day from which the law counts."""
    moves: list[Move] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    """Requests of the items that ask the person for something, or let a legal period pause."""

    @cached_property
    def steps(self) -> list[Step]:
        """The matter's items that this case has, without those that stand for another."""
        own = (each for each in self.matter.items.values() if not each.stands_for)
        return [each for each in own if each.name in self.items]

    def came_to(self, item: str) -> Item:
        """The row that tells what became of an item: the person's, where a person does it."""
        row = self.items[item]
        return self.items.get(hand_of(item), row) if row.state == BY_HAND else row

    def arrived(self, document: str) -> str:
        """When it came; what opened the case came with it."""
        return self.came.get(document, self.row.opened_at)

    def moved(self, item: str) -> list[Move]:
        """What the target of an item has got for it, by interface or by hand."""
        found = self._by_item
        return [*found.get(item, ()), *found.get(hand_of(item), ())]

    @cached_property
    def _by_item(self) -> Mapping[str, list[Move]]:
        found = dict[str, list[Move]]()
        for each in self.moves:
            found.setdefault(each.item, []).append(each)
        return found


def span(name: str, first: date | None, last: date | None) -> Span:
    """Cases of a matter opened on civil days from the first to the last, both with them.

    >>> span("newborn", date(2026, 1, 1), date(2026, 1, 31))
    Span(matter='newborn', first='2025-12-31T16:00:00.000000Z', before='2026-01-31T16:00:00.000000Z')
    """
    day = timedelta(days=1)
    return Span(name, _midnight(first), _midnight(last + day if last else None))


def _midnight(day: date | None) -> str:
    return times.stamp(datetime.combine(day, time(), times.CHINA)) if day else ""


@dataclass(frozen=True, slots=True)
class Facts:
    """One state of the store."""

    cases: list[Case]
    written: Counter[tuple[str, str]]
    """System and operation → how many requests have left."""


def load(watch: Watch, wanted: Span) -> Facts:
    """All cases, and what was written for them."""
    with watch.store.read() as connection:
        rows = report_rows.cases(connection, wanted)
        known = _definitions(watch, connection, rows)
        found = {row.id: Case(row, known[row.definition]) for row in rows}
        _fill(found, connection, wanted)
        people = {name for each in known.values() for name in _of_people(each)}
        _put(report_rows.sent(connection, wanted, people), lambda each: found[each.case].sent)
        return Facts(list(found.values()), report_rows.written(connection, wanted))


def _fill(found: Mapping[str, Case], connection: Connection, wanted: Span) -> None:
    for item in report_rows.items(connection, wanted):
        found[item.case].items[item.name] = item
    for case, name, kind in report_rows.documents(connection, wanted):
        found[case].kinds[name] = kind
    for case, name, at in report_rows.joined(connection, wanted):
        found[case].came[name] = at
    for case, name, day in report_rows.begins(connection, wanted):
        found[case].begins[name] = day
    _put(report_rows.moves(connection, wanted), lambda each: found[each.case].moves)


def _of_people(told: Matter) -> set[str]:
    """Items that ask the person, and those during which a legal period stands still."""
    items = told.items.values()
    pausing = {name for each in items if each.term for name in each.term.pauses_while}
    return {each.name for each in items if each.lanes.asks} | pausing | set(map(hand_of, pausing))


def _put(rows: Iterable[T], where: Callable[[T], list[T]]) -> None:
    for row in rows:
        where(row).append(row)


def _definitions(
    watch: Watch, connection: Connection, rows: Iterable[CaseRow]
) -> Mapping[str, Matter]:
    """Each definition once, however many cases began with it."""
    now = {each.digest: each for each in watch.site.matters.values()}
    found: dict[str, Matter] = {}
    for row in rows:
        if row.definition in found:
            continue
        content = case_rows.get_definition(connection, row.definition)
        if row.definition not in now and content is None:
            raise Fatal("case.no-definition", case=row.id, matter=row.matter)
        told = now.get(row.definition)
        found[row.definition] = told or matter.from_definition(content or "")
    return found
