"""One sweep: every item of a matter works through all the cases that are ready for it.

The same code runs in an Airflow task, in the command line and in tests. A sweep takes only due
rows, skips a system whose circuit is open, stops at its budget and leaves the rest to the next.
``well``: what did not answer the last time, or slowly, is left to the recovery, which works with it
beside the sweeps (in Airflow); else the sweep does so itself.
"""

from __future__ import annotations

import logging
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from secrets import randbelow
from threading import Event

from exchange import circuit, times
from exchange.errors import Problem, ZhidaError
from exchange.outcome import Outcome
from exchange.store import case_rows, delivery_rows
from exchange.store.delivery_rows import CircuitRow
from matters.matter import Item, Matter
from zhida import hands, intake, legs, sweep_log, sweep_times, work
from zhida.hands import Done, Order
from zhida.hub import Hub
from zhida.pace import Slots
from zhida.site import System
from zhida.turn import FULL, Turn
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
    causes: list[Problem] = field(default_factory=list)
    """Why cases ended as they did, each code once; beside ``sick``, which is the last of the system's."""
    next_at: str = ""
    """Intake: when the next source is due (stamp), if none was looked at now."""

    def add(self, done: Done) -> None:
        """What one of its hands did."""
        self.states.update(done.states)
        known = {each.code for each in self.causes}
        self.causes += [each for each in done.causes if each.code not in known]
        self.sick = done.sick or self.sick

    @property
    def worked(self) -> int:
        """How many cases were taken up."""
        return self.states.total()


def sweep(hub: Hub, matter: Matter) -> list[Report]:
    """Take in what is new, then each item once, in dependency order; then tell of incidents."""
    reports = [take_in(hub, matter)] + [sweep_item(hub, matter, i) for i in in_order(matter)]
    sweep_times.close(hub, matter)
    return reports


def take_in(hub: Hub, matter: Matter, *, well: bool = False) -> Report:
    """The first step of a sweep: look at the sources that open cases."""
    report = Report("intake", "受理")
    sweep_times.begin(hub, matter)
    silent = Watch(hub.site, hub.store, hub.clock).silent_source(matter) if well else None
    if silent is not None:
        report.sick = Problem("sweep.silent-source", {"system": silent.name})
    found = intake.take_in(hub, matter, well=well)
    report.states.update(+found.words)
    report.next_at = found.next_at
    if found.error is not None:
        report.sick = Problem(found.error.code, found.error.facts)
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
            if item.name not in names and names.issuperset(_before(item))
        ]
        ordered += level
        names.update(item.name for item in level)
    return ordered


def _before(item: Item) -> tuple[str, ...]:
    return item.needs + item.after + ((item.stands_for,) if item.stands_for else ())


def sweep_item(
    hub: Hub,
    matter: Matter,
    item: Item,
    *,
    well: bool = False,
    budget: float = BUDGET,
    most: int | None = None,
) -> Report:
    """Work through all cases that are ready for this item (at most ``most``), within its system's
    limits and ``budget`` seconds.
    """
    report = Report(item.name, item.title)
    system = hub.site.system_of(item)
    stopped, before, is_due = _standing(hub, matter, item, system)
    if stopped:  # by a person: neither work nor an alarm
        return report
    report.sick = _sickness(before)
    if well and before is not None:
        return report
    try:
        hub.operation(item)  # opens the connection once, before threads need it
    except ZhidaError as error:
        report.sick = Problem(error.code, error.facts)
        return report
    if not is_due:
        return report
    report.sick = None
    found = _with_many_hands(hub, system, Order(matter.name, item.name, budget), most)
    for done in found:
        report.add(done)
    _note_pace(hub, system, before, found)
    report.sick = report.sick or _sickness(_circuit(hub, system))
    return report


def _standing(
    hub: Hub, matter: Matter, item: Item, system: System
) -> tuple[bool, CircuitRow | None, bool]:
    """Was the system stopped by a person; its circuit, if it is ill; is anything due."""
    now = times.stamp(hub.clock())
    with hub.store.read() as connection:
        stopped = legs.mode(connection, system) == legs.STOPPED
        before = delivery_rows.get_circuit(connection, system.name)
        return stopped, before, case_rows.has_due(connection, matter.name, now, [item.name])


def _with_many_hands(hub: Hub, system: System, order: Order, most: int | None) -> list[Done]:
    """The turn, in as many processes as its backlog is worth; a turn of few cases in this one.

    Which part is ours is chance: were no hand to live, each case would still have its turn.
    """
    parts = 1 if most else hands.number(hub, system, order.matter, order.item)
    order = replace(order, parts=parts, part=randbelow(parts))
    with hands.beside(hub, system, order) as others:
        mine = work_through(hub, order, most=most)
    return [mine, *others]


def work_through(
    hub: Hub, order: Order, *, most: int | None = None, stop: Event | None = None
) -> Done:
    """This process's part of a turn: until its budget is spent, nothing is due, or ``stop``."""
    matter = hub.site.matter(order.matter)
    system = hub.site.system_of(matter.items[order.item])
    turn = Turn(hub, system, order, most=most, stop=stop)
    done, states = Done(), Counter[str]()
    for outcome in turn.outcomes(
        lambda due: sweep_log.said(system, due, _one(hub, *due, slots=turn.slots))
    ):
        states[outcome.state] += 1
        done.sick = Problem(outcome.code, outcome.facts) if outcome.sick else done.sick
        done.note(outcome.code, outcome.facts)
        done.acted = done.acted or outcome.acted
        done.slowest = max(done.slowest, outcome.took)
    done.states = dict(states)
    return done


def _one(hub: Hub, case: str, row: str, *, slots: Slots) -> Outcome:
    """One case; whatever is wrong with it never stops the others, and waits before the next try."""
    outcome = _tried(hub, case, row, slots)
    if outcome.state == "failed":
        until = times.stamp(hub.clock() + FAILED_WAIT)
        with suppress(ZhidaError), hub.store.write() as connection:
            case_rows.postpone(connection, case, row, until)
    return outcome


def _tried(hub: Hub, case: str, row: str, slots: Slots) -> Outcome:
    try:
        with slots.hold() as free:
            return work.work(hub, row, case) if free else FULL
    except ZhidaError as error:
        return Outcome("failed", error.code, error.facts, sick=True)
    except Exception as defect:  # noqa: BLE001 (ours: told by its kind only, it may quote data)
        _log.error("defect item=%s type=%s", row, type(defect).__name__)
        return Outcome("failed", "sweep.defect", {"type": type(defect).__name__}, sick=True)


def _circuit(hub: Hub, system: System) -> CircuitRow | None:
    with hub.store.read() as connection:
        return delivery_rows.get_circuit(connection, system.name)


def _note_pace(hub: Hub, system: System, before: CircuitRow | None, found: list[Done]) -> None:
    """After a turn: is the system slow, or is it quick again?

    That is known only if it acted, in a turn that began with a system that answers. Who answers
    questions about what it did may still let acts time out.
    """
    slow = timedelta(seconds=max(done.slowest for done in found)) > circuit.SLOW
    acted = any(done.acted for done in found)
    if slow:
        with hub.store.write() as connection:
            circuit.slowed(connection, system.name, hub.clock())
    elif acted and before is not None and not before.failures:
        with hub.store.write() as connection:
            delivery_rows.forget_slow(connection, system.name)


def _sickness(row: CircuitRow | None) -> Problem | None:
    """A system that has not answered since it failed is sick even if nobody asked it now."""
    if row is None or not row.failures:
        return None
    return Problem(row.code, {"system": row.system, "since": row.since})
