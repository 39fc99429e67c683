"""Is anything due? The question that the trigger asks, without opening keys or adapters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from exchange import times
from exchange.ports import Clock, utc_now
from exchange.store import case_rows, document_rows
from exchange.store.engine import Store
from matters.matter import Matter, Opening
from zhida import legs, site
from zhida.environment import site_folder, var_folder
from zhida.site import Site


@dataclass(frozen=True, slots=True)
class Watch:
    """A site and its store, to look at."""

    site: Site
    store: Store
    clock: Clock = utc_now

    def has_work(self, name: str) -> bool:
        """Is a source to be looked at, or an item of a case due?"""
        matter = self.site.matter(name)
        now = times.stamp(self.clock())
        systems = {name: self.site.system_of(i) for name, i in matter.items.items()}
        with self.store.read() as connection:
            running = {
                name: system.name
                for name, system in systems.items()
                if legs.mode(connection, system) != legs.STOPPED
            }
            due = case_rows.has_due(connection, matter.name, now, running)
        return due or self.intake_due(matter)

    def intake_due(self, matter: Matter) -> bool:
        """Is it time to look at any source of this matter?"""
        return any(self.opening_due(opening) for opening in matter.opens_on)

    def opening_due(self, opening: Opening) -> bool:
        """Is it time to look at this source, and has nobody stopped it?"""
        system = self.site.find_system(opening.unit, opening.adapter)
        with self.store.read() as connection:
            if legs.mode(connection, system) == legs.STOPPED:
                return False
            next_at = document_rows.get_cursor(connection, system.name, opening.stream)[1]
        return next_at <= times.stamp(self.clock())


@contextmanager
def open_watch() -> Iterator[Watch]:
    """The watch over ``ZHIDA_SITE``."""
    told = site.load(site_folder())
    store = Store(told.store_url(var_folder()))
    try:
        yield Watch(told, store)
    finally:
        store.close()
