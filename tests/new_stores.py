"""New embedded stores by copying: every migration runs once a session and not once a test.

What a test gets has the bytes of a store that ``schema.upgrade`` made, a fifth of a second of CPU sooner. Whatever
has a file already, and every store on a server, is upgraded as it is in production.
"""

from __future__ import annotations

import functools
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from exchange.store.engine import Store

Upgrade = Callable[[Store], None]


def copying(upgrade: Upgrade, template: Path) -> Upgrade:
    """``upgrade``, which copies ``template`` (made by itself at first use) where nothing is yet."""

    @functools.wraps(upgrade)  # tests of migrations take what is ``__wrapped__``
    def quick(store: Store) -> None:
        if not (store.is_embedded and _is_empty(store.engine.url.database or "")):
            return upgrade(store)
        if not template.exists():
            part = template.with_suffix(f".{threading.get_ident()}")
            made = Store(f"sqlite:///{part}")
            upgrade(made)
            made.close()
            part.rename(template)  # whole, whoever else is at it
        with closing(sqlite3.connect(template)) as full, closing(_opened(store)) as new:
            full.backup(new)
        return None

    return quick


def _opened(store: Store) -> sqlite3.Connection:
    return sqlite3.connect(str(store.engine.url.database))


def _is_empty(file: str) -> bool:
    """Nothing is there, or nothing but what opening it has left."""
    if not Path(file).exists():
        return Path(file).parent.is_dir()
    with closing(sqlite3.connect(file)) as found:
        return found.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None
