"""One sweep: every item of a matter works through all the cases that are ready for it.

The same code runs in an Airflow task, in the command line and in tests. A sweep takes only due
rows, skips a system whose circuit is open, stops at its budget and leaves the rest to the next.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from exchange import circuit, times
from exchange.errors import Problem, ZhidaError
from exchange.outcome import Outcome
from exchange.store import case_rows, delivery_rows
from matters.matter import Item, Matter
from zhida import intake, work
from zhida.hub import Hub
from zhida.watch import Watch

FAILED_WAIT = timedelta(minutes=1)
"""After something that was not the target's word: our store, a key, a defect."""

_log = logging.getLogger(__name__)

BUDGET = 15.0
"""Seconds after which an item's task takes no more cases."""


@dataclass(slots=True)
class Report:
    """What one item's turn came to: how many cases ended in which state; is its leg sick?"""

    item: str
    title: str
    states: Counter[str] = field(default_factory=Counter)
    sick: Problem | None = None

    @property
    def worked(self) -> int:
        """How many cases were taken up."""
        return self.states.total()


def sweep(hub: Hub, matter: Matter) -> list[Report]:
    """Take in what is new, then each item once, in dependency order."""
    return [take_in(hub, matter)] + [sweep_item(hub, matter, i) for i in in_order(matter)]


def take_in(hub: Hub, matter: Matter) -> Report:
    """The first step of a sweep: look at the sources that open cases."""
    report = Report("intake", "受理")
    if Watch(hub.site, hub.store, hub.clock).intake_due(matter):
        found = intake.take_in(hub, matter)
        report.states.update(found.words)
        if found.error is not None:
            report.sick = Problem(found.error.code, found.error.facts)
    report.states = +report.states
    return report


def in_order(matter: Matter) -> list[Item]:
    """The items so that each comes after all that it waits for.

    Within one level the order of the file stays.
    """
    ordered: list[Item] = []
    names: set[str] = set()
    while len(ordered) < len(matter.items):
        level = [
            item
            for item in matter.items.values()
            if item.name not in names and names.issuperset(item.needs + item.after)
        ]
        ordered += level
        names.update(item.name for item in level)
    return ordered


def sweep_item(hub: Hub, matter: Matter, item: Item, *, budget: float = BUDGET) -> Report:
    """Work through all cases that are ready for this item; at most 8 at a time."""
    report = Report(item.name, item.title)
    system = hub.site.system_of(item)
    try:
        hub.operation(item)  # opens the connection once, before threads need it
    except ZhidaError as error:
        report.sick = Problem(error.code, error.facts)
        return report
    end = time.monotonic() + budget
    with ThreadPoolExecutor(system.concurrency) as pool:
        for chunk in _chunks(hub, matter, item):
            for outcome in pool.map(lambda due: _one(hub, *due), chunk):
                _count(report, outcome)
            if time.monotonic() > end or _is_open(hub, system.name):
                break
    report.sick = report.sick or _still_sick(hub, system.name)
    return report


def _chunks(hub: Hub, matter: Matter, item: Item) -> Iterator[list[tuple[str, str]]]:
    """Due cases with their rows (the item's or a correction's) in chunks, each once a sweep."""
    system = hub.site.system_of(item)
    seen: set[tuple[str, str]] = set()
    size = 2 * system.concurrency  # small, so that the budget is looked at often
    if _is_open(hub, system.name):
        return
    while True:
        now = times.stamp(hub.clock())
        with hub.store.read() as connection:
            due = case_rows.due(connection, matter.name, item.name, now, size + len(seen))
        fresh = [each for each in due if each not in seen][:size]
        if not fresh:
            return
        seen.update(fresh)
        yield fresh


def _one(hub: Hub, case: str, row: str) -> Outcome:
    """One case; whatever is wrong with it never stops the others, and waits before the next try."""
    outcome = _tried(hub, case, row)
    if outcome.state == "failed":
        until = times.stamp(hub.clock() + FAILED_WAIT)
        with suppress(ZhidaError), hub.store.write() as connection:
            case_rows.postpone(connection, case, row, until)
    return outcome


def _tried(hub: Hub, case: str, row: str) -> Outcome:
    try:
        return work.work(hub, row, case)
    except ZhidaError as error:
        return Outcome("failed", error.code, error.facts, sick=True)
    except Exception as defect:  # noqa: BLE001 (ours: told by its kind only, it may quote data)
        _log.error("defect in item %s: %s", row, type(defect).__name__)
        return Outcome("failed", "sweep.defect", {"type": type(defect).__name__}, sick=True)


def _count(report: Report, outcome: Outcome) -> None:
    report.states[outcome.state] += 1
    if outcome.sick:
        report.sick = Problem(outcome.code, outcome.facts)


def _is_open(hub: Hub, system: str) -> bool:
    with hub.store.read() as connection:
        return circuit.open_until(connection, system, hub.clock()) is not None


def _still_sick(hub: Hub, system: str) -> Problem | None:
    """A system that has not answered since it failed is sick even if nobody asked it now."""
    with hub.store.read() as connection:
        row = delivery_rows.get_circuit(connection, system)
    return Problem(row.code, {"system": system, "since": row.since}) if row else None
