"""New embedded stores by copying: every migration runs once a session and not once a test.

What a test gets has the bytes of a store that ``schema.upgrade`` made, a fifth of a second of CPU sooner. Whatever
has a file already, and every store on a server, is upgraded as it is in production.
"""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable
from pathlib import Path

from exchange.store.engine import Store

Upgrade = Callable[[Store], None]


def copying(upgrade: Upgrade, template: Path) -> Upgrade:
    """``upgrade``, which copies ``template`` (made by itself at first use) where nothing is yet."""

    @functools.wraps(upgrade)  # tests of migrations take what is ``__wrapped__``
    def quick(store: Store) -> None:
        file = Path(store.engine.url.database or "") if store.is_embedded else None
        if file is None or file.exists() or not file.parent.is_dir():
            return upgrade(store)
        if not template.exists():
            _make(upgrade, template)
        shutil.copy(template, file)
        return None

    return quick


def _make(upgrade: Upgrade, template: Path) -> None:
    made = Store(f"sqlite:///{template}")
    upgrade(made)
    made.close()
