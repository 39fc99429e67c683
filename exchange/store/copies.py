"""Copies of a store: a dump taken while workers go on, and a store put back in one step.

A dump is loaded beside the store first. Whoever restores brings that copy into its final state,
and only then swaps it in, at once: no worker ever sees a store that is half restored.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import make_url

from exchange.errors import Fatal
from exchange.store.engine import Connection
from exchange.store.postgres_copies import PostgresCopies
from exchange.store.sqlite_copies import SqliteCopies

T = TypeVar("T")


class Copies(Protocol):
    """Dumps and loads one store, by the means of its database."""

    @property
    def kind(self) -> str:
        """``sqlite`` or ``postgresql``: a dump goes back into the kind that it came from."""

    @property
    def exists(self) -> bool:
        """Is there a store, be it an empty one?"""

    def dump(self, file: Path, look: Callable[[Connection], T]) -> T:
        """Write ``file`` durably; gives what ``look`` sees in the very state that was dumped."""

    def load(self, file: Path) -> str:
        """A store beside the present one, made of the dump: its URL. Replaces an older try."""

    def swap(self, mark: str) -> str:
        """The loaded store takes the present one's place; where that one lies now, if there was one.

        Nobody may be connected to either: ``Fatal("restore.in-use")``.
        """

    def drop(self) -> None:
        """Remove what was loaded and not swapped in."""


def copies(url: str) -> Copies:
    """The means for the store at ``url``. ``Fatal`` if there are none."""
    told = make_url(url)
    kinds: dict[str, Callable[..., Copies]] = {
        "sqlite": SqliteCopies,
        "postgresql": PostgresCopies,
    }
    if told.get_backend_name() not in kinds:
        raise Fatal("store.url", reason=told.get_backend_name())
    return kinds[told.get_backend_name()](told)
