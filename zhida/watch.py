"""Is anything due? The question that the trigger asks, without opening keys or adapters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from exchange import limits, times
from exchange.ports import Clock, utc_now
from exchange.store import case_rows, document_rows
from exchange.store.engine import Store
from matters.matter import Change, Matter, Opening
from zhida import legs, pace, site
from zhida.environment import site_folder, store_url, var_folder
from zhida.site import Site, System


@dataclass(frozen=True, slots=True)
class Watch:
    """A site and its store, to look at."""

    site: Site
    store: Store
    clock: Clock = utc_now

    def has_work(self, name: str) -> bool:
        """Is a source to be looked at, or an item of a case due?"""
        matter = self.site.matter(name)
        now = self.clock()
        systems = {name: self.site.system_of(item) for name, item in matter.items.items()}
        with self.store.read() as connection:
            able = {n: s.name for n, s in systems.items() if pace.may_start(connection, s, now)}
            due = case_rows.has_due(connection, matter.name, times.stamp(now), able)
        return due or self.intake_due(matter)

    def intake_due(self, matter: Matter) -> bool:
        """Is it time to look at any source of this matter?"""
        return any(map(self.opening_due, matter.sources))

    def opening_due(self, opening: Opening | Change) -> bool:
        """Is it time to look at this source, and may it be looked at now?"""
        system = self.site.find_system(opening.unit, opening.adapter)
        with self.store.read() as connection:
            next_at = document_rows.get_cursor(connection, system.name, opening.stream)[1]
        return next_at <= times.stamp(self.clock()) and self.may_look(system)

    def may_look(self, system: System) -> bool:
        """Has nobody stopped it, and is it inside its hours?"""
        with self.store.read() as connection:
            if legs.mode(connection, system) == legs.STOPPED:
                return False
        return limits.is_open(system.windows, self.clock())


@contextmanager
def open_watch() -> Iterator[Watch]:
    """The watch over ``ZHIDA_SITE``."""
    told = site.load(site_folder())
    store = Store(store_url() or told.store_url(var_folder()))
    try:
        yield Watch(told, store)
    finally:
        store.close()
