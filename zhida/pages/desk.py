"""The site and its store, opened once for all pages of a web server's process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import RLock
from typing import Any

from exchange.ports import Clock, utc_now
from exchange.store import schema
from exchange.store.engine import Store
from zhida import certificate_view, environment, site
from zhida.hub import Hub
from zhida.serve_live import Live
from zhida.site import Site
from zhida.watch import Watch

PATIENCE = 2.0
"""Seconds for which a page waits for the store: a person looks, and is told soon."""
MINUTE = timedelta(minutes=1)
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Open:
    live: Live[Site]
    store: Store


class Desk:
    """``ZHIDA_SITE`` as it is now, and its store. Thread-safe; opened by the first who asks."""

    def __init__(self, clock: Clock = utc_now) -> None:
        self._clock, self._lock = clock, RLock()
        self._open: _Open | None = None
        self._is_current = False
        self._ending: tuple[datetime, str, list[dict[str, Any]]] = (NEVER, "", [])

    @property
    def site(self) -> Site:
        """As its files are now. ``Invalid`` if they can't be read, and never could."""
        return self._opened().live()

    def watch(self, language: str = "") -> Watch:
        """What every page reads. ``Fatal`` if the store has another schema than ours."""
        opened = self._opened()
        if not self._is_current:
            schema.require_current(opened.store)
            self._is_current = True
        told = opened.live()
        return Watch(replace(told, language=language or told.language), opened.store, self._clock)

    def certificates(self, watch: Watch) -> list[dict[str, Any]]:
        """``certificate_view.ending``, of the last minute: reading many certificates takes long,
        and they end in days.
        """
        with self._lock:
            at, language, found = self._ending
            if language != watch.site.language or not at <= self._clock() < at + MINUTE:
                found = certificate_view.ending(watch)
                self._ending = (self._clock(), watch.site.language, found)
            return found

    def doubt(self) -> None:
        """The store gave an error: look at its schema again."""
        self._is_current = False

    @contextmanager
    def hub(self) -> Iterator[Hub]:
        """The whole hub with its keys, for one act. ``Fatal`` where this process has no secret."""
        told = self.site
        found = Hub(
            told,
            var=environment.var_folder(),
            secret=environment.secret(),
            other=environment.other_secret(),
            clock=self._clock,
            store=environment.store_url(),
        )
        with closing(found):
            yield found

    def close(self) -> None:
        """Close the store."""
        with self._lock:
            if self._open is not None:
                self._open.store.close()
            self._open, self._is_current = None, False

    def _opened(self) -> _Open:
        with self._lock:
            if self._open is None:
                folder = environment.site_folder()
                live = Live(lambda: site.load(folder), lambda: _files(folder))
                url = environment.store_url() or live().store_url(environment.var_folder())
                self._open = _Open(live, Store(url, patience=PATIENCE))
            return self._open


def _files(folder: Path) -> Iterator[Path]:
    """What the site is read from."""
    return folder.rglob("*.yaml")
