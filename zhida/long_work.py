"""How far long work has come, on standard error, so that ``--json`` stays one document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console


@contextmanager
def counting(title: str) -> Iterator[Callable[[int], None]]:
    """Shows how many are done; nothing where nobody looks (no terminal)."""
    console = Console(stderr=True)
    with console.status(f"{title} …") as status:
        yield lambda count: status.update(f"{title} {count:,} …")
