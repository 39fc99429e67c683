"""Is anything due? The question that the trigger asks, without opening keys or adapters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from exchange import times
from exchange.ports import Clock, utc_now
from exchange.store import case_rows, document_rows
from exchange.store.engine import Store
from matters.matter import Change, Matter, Opening
from zhida import site
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
        systems = {name: self.site.system_of(i).name for name, i in matter.items.items()}
        with self.store.read() as connection:
            due = case_rows.has_due(connection, matter.name, now, systems)
        return due or self.intake_due(matter)

    def intake_due(self, matter: Matter) -> bool:
        """Is it time to look at any source of this matter?"""
        return any(map(self.opening_due, matter.sources))

    def opening_due(self, opening: Opening | Change) -> bool:
        """Is it time to look at this source?"""
        system = self.site.find_system(opening.unit, opening.adapter).name
        with self.store.read() as connection:
            next_at = document_rows.get_cursor(connection, system, opening.stream)[1]
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
