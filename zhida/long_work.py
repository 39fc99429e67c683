"""Long work: how far it has come, on standard error, so that ``--json`` stays one document; and room for it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console


@contextmanager
def counting(title: str) -> Iterator[Callable[[int], None]]:
    """Shows how many are done; nothing where nobody looks (no terminal)."""
    console = Console(stderr=True)
    with console.status(f"{title} …") as status:
        yield lambda count: status.update(f"{title} {count:,} …")


@contextmanager
def uncollected() -> Iterator[None]:
    """Without Python's search for cycles: a million rows have none, and to look through them again and
    again takes a third of the time of a report over 10,000 cases.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
