"""One building as the store and its documents tell it: its number, its events, what was registered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from exchange import canonical, pointer, times
from exchange.errors import Rejected
from exchange.ports import Record, Scalar
from exchange.store import case_rows
from exchange.store.acceptance_rows import LOG, AcceptanceRow, EventRow
from exchange.store.engine import Connection
from matters import acceptance, conditions
from matters.acceptance_events import Event
from matters.acceptance_parts import HUB, SEAL, Material
from matters.acceptance_plan import Plan
from matters.acceptance_standing import Standing
from matters.parts import Item
from zhida import definitions
from zhida.acceptance_rules import Rules
from zhida.hub import Hub

LATE = timedelta(days=1)
PROJECT = "project"
"""The case's name for what was registered."""


@dataclass(frozen=True)
class Acceptance:
    """As it stands."""

    row: AcceptanceRow
    told: tuple[EventRow, ...]
    """In the order in which it was told."""
    project: Record
    plan: Plan

    @cached_property
    def events(self) -> list[Event]:
        """The same as the procedure reads it."""
        return [event(each) for each in self.told]

    @property
    def by_hub(self) -> set[tuple[str, str]]:
        """Materials, with their digests, that the hub has handed in: once each, whatever came after it."""
        return {
            each for event in self.events if event.role == HUB for each in event.handed_in.items()
        }

    @cached_property
    def standing(self) -> Standing:
        """Where they have brought it."""
        return acceptance.stand(self.plan, self.events)


def event(row: EventRow) -> Event:
    """A row as the procedure reads it."""
    told = canonical.loads(row.told.encode())
    at = times.stamp(counts_from(times.instant(row.at), times.instant(row.told_at)))
    return of_told(told, name=row.name, at=at, role=row.role, unit=row.unit)


def counts_from(at: datetime, told_at: datetime) -> datetime:
    """From when something counts that is said to have happened at ``at``: from then, if it was told within
    a day; else from when it was told. So nobody hides by a date in a form that a period was over.

    >>> day = datetime(2026, 3, 2, 9, tzinfo=times.CHINA)
    >>> [f"{counts_from(day, day + timedelta(hours=n)):%d %H}" for n in (1, 24, 25)]
    ['02 09', '02 09', '03 10']
    """
    return at if told_at - at <= LATE else told_at


def of_told(told: Mapping[str, Any], *, name: str, at: str, role: str, unit: str) -> Event:
    """An event of what it names; ``at`` is a stamp."""
    until = told.get("until")
    return Event(
        name,
        times.instant(at),
        role,
        unit,
        items=tuple(told.get("items", ())),
        materials=told.get("materials", {}),
        parts=frozenset(told.get("parts", ())),
        checks=tuple(told.get("checks", ())),
        until=date.fromisoformat(until) if until else None,
        verdict=told.get("verdict", ""),
        why=told.get("why", ""),
        visited=tuple(told.get("visited", ())),
    )


def told_of(event_: Event) -> str:
    """What an event names, for its row."""
    told: dict[str, Any] = {key: sorted(getattr(event_, key)) for key in ("parts",)}
    told |= {"items": list(event_.items), "checks": list(event_.checks)}
    told |= {"materials": dict(event_.handed_in), "verdict": event_.verdict, "why": event_.why}
    told |= {"until": str(event_.until or ""), "visited": list(event_.visited)}
    return canonical.dumps({key: value for key, value in told.items() if value}).decode()


def hub_event(hub: Hub, rules: Rules, name: str, *items: str, **told: Any) -> Event:
    """What the hub itself says, now."""
    unit = rules.unit_of(HUB)
    return Event(name, hub.clock(), HUB, unit, items=items, **told)


def number(case: str, opened_at: str) -> str:
    """What everybody calls it: the day on which it came, and the end of its case's id.

    >>> number("0199a7c2-0000-7000-8000-0123456789ab", "2026-03-01T17:00:00.000000Z")
    'YS-20260302-0123456789AB'
    """
    day = times.civil_day(times.instant(opened_at))
    return f"YS-{day:%Y%m%d}-{case.replace('-', '')[-12:].upper()}"


def fields(project: Record) -> dict[str, Scalar]:
    """The project's leaves, as conditions name them."""
    return {f"/{PROJECT}{path}": value for path, value in pointer.flatten(project).items()}


def project(hub: Hub, case: str) -> Record:
    """What was registered, its newest version."""
    with hub.store.read() as connection:
        names = case_rows.documents(connection, case)
    return hub.archive.get(names[PROJECT]).record


def plan_for(hub: Hub, rules: Rules, case: str, found: Record) -> Plan:
    """What the procedure asks of this building. A paper that the hub can't get for it (the matter has no
    item for that, or what is registered does not say by which number) is the owner's to hand in.
    """
    with hub.store.read() as connection:
        opened = case_rows.get_case(connection, case)
    if opened is None:
        raise Rejected("acceptance.none", acceptance=case[:40])
    told, items = fields(found), definitions.of_case(hub.site, hub.store, opened).items
    materials = {
        name: replace(each, fetched="") if each.fetched and _is_lost(items, each, told) else each
        for name, each in rules.procedure.materials.items()
    }
    return Plan(replace(rules.procedure, materials=materials), told)


def _is_lost(items: Mapping[str, Item], each: Material, told: Mapping[str, Scalar]) -> bool:
    item = items.get(each.name)
    if item is None:
        return not each.fetched.startswith(SEAL)
    when = item.lanes.skip_when
    return when is not None and conditions.holds(when, told)


def read(hub: Hub, rules: Rules, row: AcceptanceRow, told: tuple[EventRow, ...]) -> Acceptance:
    """With the plan that the procedure has for it."""
    return of_project(hub, rules, row, told, project(hub, row.case))


def of_project(
    hub: Hub, rules: Rules, row: AcceptanceRow, told: tuple[EventRow, ...], found: Record
) -> Acceptance:
    """The same where what was registered was read already."""
    return Acceptance(row, told, found, plan_for(hub, rules, row.case, found))


def find(hub: Hub, rules: Rules, which: str) -> Acceptance:
    """By its number, or by its case. ``Rejected("acceptance.none")`` if there is none."""
    with hub.store.read() as connection:
        row = LOG.by_number(connection, which) or LOG.get(connection, which)
        told = _told(connection, row.case) if row else ()
    if row is None:
        raise Rejected("acceptance.none", acceptance=which[:40])
    return read(hub, rules, row, told)


def _told(connection: Connection, case: str) -> tuple[EventRow, ...]:
    return tuple(LOG.told(connection, case))


def still_open(hub: Hub, rules: Rules) -> Iterator[Acceptance]:
    """All that have not ended, in the order of their cases."""
    after = ""
    while True:
        with hub.store.read() as connection:
            rows = LOG.still_open(connection, after=after)
            told = LOG.told_of(connection, [row.case for row in rows])
        for row in rows:
            yield read(hub, rules, row, tuple(told.get(row.case, ())))
        if not rows:
            return
        after = rows[-1].case
