"""What is due? The questions that Airflow's triggers ask, without opening keys or adapters.

Work has two lanes. A sweep works with what answers; a system or source that did not answer when it
was last asked, or slowly, is worked with by the recovery (``zhida.recovery``), so that its time-outs
are nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from exchange import limits, times
from exchange.ports import Clock, utc_now
from exchange.store import case_rows, clock_rows, delivery_rows, document_rows
from exchange.store.engine import Store
from matters.matter import Change, Item, Matter, Opening
from zhida import legs, pace, site, trusted_lists
from zhida.environment import site_folder, store_url, var_folder
from zhida.site import Site, System

AnySource = Opening | Change


@dataclass(frozen=True, slots=True)
class Watch:
    """A site and its store, to look at."""

    site: Site
    store: Store
    clock: Clock = utc_now

    def has_work(self, name: str) -> bool:
        """Is a source that answers to be looked at, or an item of a system that answers due?"""
        matter = self.site.matter(name)
        now = self.clock()
        systems = {name: self.site.system_of(item) for name, item in matter.items.items()}
        with self.store.read() as connection:
            aside = {row.system for row in delivery_rows.circuits(connection)}
            able = [
                name
                for name, system in systems.items()
                if system.name not in aside and pace.may_start(connection, system, now)
            ]
            due = case_rows.has_due(connection, matter.name, times.stamp(now), able)
            due = due or clock_rows.has_due(connection, matter.name, str(times.civil_day(now)))
        return due or any(self.opening_due(each, well=True) for each in self.site.sources(matter))

    def next_look(self, matter: Matter) -> str:
        """When the first of the matter's sources is to be looked at (stamp); empty: there is none."""
        systems = [(s, self.site.find_system(s.unit, s.adapter)) for s in self.site.sources(matter)]
        with self.store.read() as connection:
            due = [
                document_rows.get_cursor(connection, system.name, source.stream)[1]
                for source, system in systems
            ]
        return min(due, default="")

    def opening_due(self, opening: AnySource, *, well: bool | None = None) -> bool:
        """Is it time to look at this source, and may it be looked at now?

        ``well``: only if it answered the last time; False: only if it did not.
        """
        system = self.site.find_system(opening.unit, opening.adapter)
        with self.store.read() as connection:
            cursor = document_rows.get_cursor(connection, system.name, opening.stream)
        _, next_at, failures = cursor
        if well is not None and well == bool(failures):
            return False
        return next_at <= times.stamp(self.clock()) and self.may_look(system)

    def silent_source(self, matter: Matter) -> System | None:
        """The system of a source that did not answer when it was last looked at."""
        with self.store.read() as connection:
            for opening in self.site.sources(matter):
                system = self.site.find_system(opening.unit, opening.adapter)
                if document_rows.get_cursor(connection, system.name, opening.stream)[2]:
                    return system
        return None

    def silent_items(self) -> list[tuple[Matter, Item]]:
        """For each system that did not answer, and whose pause is over, one item that needs it."""
        found: dict[str, tuple[Matter, Item]] = {}
        for system, matter, item in self._aside(slow=False):
            found.setdefault(system.name, (matter, item))
        return list(found.values())

    def slow_items(self) -> list[tuple[Matter, Item]]:
        """All due items of systems that answer, but slowly."""
        return [(matter, item) for _, matter, item in self._aside(slow=True)]

    def silent_sources(self) -> list[tuple[Matter, AnySource]]:
        """The sources that did not answer and are to be looked at again by now."""
        return [
            (matter, opening)
            for matter in self.site.matters.values()
            for opening in self.site.sources(matter)
            if self.opening_due(opening, well=False)
        ]

    def has_aside(self) -> bool:
        """Is anything due that the sweeps leave to the recovery?"""
        if trusted_lists.is_due(self.site.revocation, self.store, self.clock()):
            return True
        return bool(self.silent_items() or self.slow_items() or self.silent_sources())

    def may_look(self, system: System) -> bool:
        """Has nobody stopped it, and is it inside its hours?"""
        with self.store.read() as connection:
            if legs.mode(connection, system) == legs.STOPPED:
                return False
        return limits.is_open(system.windows, self.clock())

    def _aside(self, *, slow: bool) -> list[tuple[System, Matter, Item]]:
        """What is due at the systems that did not answer (``slow``: that did, but slowly)."""
        now = self.clock()
        at = times.stamp(now)
        with self.store.read() as connection:
            circuits = delivery_rows.circuits(connection)
            named = {
                row.system
                for row in circuits
                if row.open_until <= at and slow != bool(row.failures)
            }
            return [
                (system, matter, item)
                for system, matter, item in self._legs()
                if system.name in named
                and pace.may_start(connection, system, now)
                and case_rows.has_due(connection, matter.name, at, [item.name])
            ]

    def _legs(self) -> Iterator[tuple[System, Matter, Item]]:
        for matter in self.site.matters.values():
            for item in matter.items.values():
                yield self.site.system_of(item), matter, item


@contextmanager
def open_watch() -> Iterator[Watch]:
    """The watch over ``ZHIDA_SITE``."""
    told = site.load(site_folder())
    store = Store(store_url() or told.store_url(var_folder()))
    try:
        yield Watch(told, store)
    finally:
        store.close()
