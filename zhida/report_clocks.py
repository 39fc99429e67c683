"""The legal periods of all cases, counted by item: decided in time or late, running, near, overdue.

Counted from what the store knows now, with every pause (``zhida.clock``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from exchange import times
from exchange.case import ENDED, hand_of
from exchange.store import case_rows, period_rows, report_rows
from exchange.store.delivery_rows import DeliveryRow
from exchange.store.engine import Connection
from exchange.store.period_rows import Period
from exchange.store.report_rows import Span
from matters import matter as matters
from matters.matter import Item, Matter
from matters.terms import Term
from zhida import clock, report_clock
from zhida.clock import Reading
from zhida.report_clock import DECIDED
from zhida.watch import Watch

NEAR_DAYS = 3
"""A period without a reminder of its own is told as near so many days before its end."""


@dataclass(slots=True)
class Row:
    """One item of one matter: how its periods stand. Lists hold cases, the worst first."""

    matter: str
    matter_title: str
    item: str
    title: str
    unit: str
    article: str
    owner: str
    decided: int = 0
    late: list[tuple[int, str]] = field(default_factory=list)
    running: int = 0
    overdue: list[tuple[int, str]] = field(default_factory=list)
    near: list[tuple[int, str]] = field(default_factory=list)
    unknown: int = 0
    cases: list[str] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """As JSON; ``cases`` only in a trace."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name != "cases"}
        lists = {n: [case for _, case in sorted(plain[n])] for n in ("late", "overdue", "near")}
        worst = -min((left for left, _ in self.overdue), default=0)
        return plain | lists | {"worst_days": worst}


@dataclass
class _Count:
    """One look at all periods on a day."""

    watch: Watch
    connection: Connection
    today: date
    known: dict[str, Matter] = field(default_factory=dict)
    rows: dict[tuple[str, str], Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """A period that begins and ends on the same days as another is counted once."""
        self.known = {each.digest: each for each in self.watch.site.matters.values()}
        self.plain = lru_cache(maxsize=65536)(self._plain)
        self.sent = lru_cache(maxsize=None)(self._sent)

    def add(self, each: Period) -> None:
        """Count one."""
        told = self._matter(each.definition)
        item = told.items.get(each.item) if told else None
        if told is None or item is None or item.term is None or item.stands_for:
            return
        over = each.state in DECIDED
        if not over and each.state in ENDED:
            return  # not needed or come to nothing: no unit has used these days
        row = self._row(told, item)
        row.cases.append(each.case)
        self._count(row, each, self._read(told, item.term, each, over=over), over=over)

    def _count(self, row: Row, each: Period, read: Reading, *, over: bool) -> None:
        row.decided += over
        row.running += not over
        if read.left is None:
            row.unknown += 1
        elif over and read.left < 0:
            row.late.append((read.left, each.case))
        elif not over and read.left < 0:
            row.overdue.append((read.left, each.case))
        elif not over and (read.stage(self.today) == clock.NEAR or read.left <= NEAR_DAYS):
            row.near.append((read.left, each.case))

    def _read(self, told: Matter, term: Term, each: Period, *, over: bool) -> Reading:
        last = _day(each.updated_at) if over else self.today
        begins = date.fromisoformat(each.begins)
        if not term.pauses_while:
            return self.plain(term, begins, last)
        sent = self.sent(told.name, term.pauses_while).get(each.case, [])
        stops = clock.stops(term, sent, last)
        return clock.read(term, begins, last, holidays=self.watch.site.holidays, stops=stops)

    def _plain(self, term: Term, begins: date, last: date) -> Reading:
        holidays = self.watch.site.holidays
        return clock.read(term, begins, last, holidays=holidays, stops=clock.Stops())

    def _sent(self, matter: str, pausing: tuple[str, ...]) -> dict[str, list[DeliveryRow]]:
        """Case → what was asked of the person, in one query for all cases."""
        found: dict[str, list[DeliveryRow]] = {}
        names = [*pausing, *map(hand_of, pausing)]
        for each in report_rows.sent(self.connection, Span(matter), names):
            found.setdefault(each.case, []).append(report_clock.delivery(each))
        return found

    def _matter(self, digest: str) -> Matter | None:
        if digest not in self.known:
            content = case_rows.get_definition(self.connection, digest)
            if content is None:
                return None
            self.known[digest] = matters.from_definition(content)
        return self.known[digest]

    def _row(self, told: Matter, item: Item) -> Row:
        key = (told.name, item.name)
        if key not in self.rows:
            article = item.term.article if item.term else ""
            owner = item.term.escalate_to if item.term else ""
            names = (told.name, told.title, item.name, item.title)
            self.rows[key] = Row(*names, item.unit, article, owner)
        return self.rows[key]


def _day(stamp: str) -> date:
    return times.civil_day(datetime.fromisoformat(stamp))


def count(watch: Watch, connection: Connection, matter: str = "", since: str = "") -> list[Row]:
    """Every item with a legal period; decided ones since a stamp (empty: all), running ones always."""
    found = _Count(watch, connection, times.civil_day(watch.clock()))
    for each in period_rows.periods(connection, matter, since):
        found.add(each)
    return sorted(found.rows.values(), key=lambda row: (-len(row.overdue), row.matter, row.item))
