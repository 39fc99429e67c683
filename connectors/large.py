"""Large files at the other end of a wire: read from anywhere in them, written on at their end.

Nothing here holds a file: it is read and written in pieces. A name is a path below the place's
folder; what leads elsewhere, is hidden, or passes through a link is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

from connectors.filing import file_name
from exchange.errors import Invalid
from exchange.ports import Endpoint

Pieces = Generator[bytes, None, None]
"""Bytes one after the other; closed by who reads them, at their end or before."""
PIECE = 65_536
"""Bytes that are read at once."""

PLACES: Mapping[str, str] = {
    "files": "connectors.large_disk",
    "ftps": "connectors.large_ftps",
    "rest": "connectors.large_rest",
    "sftp": "connectors.large_sftp",
}
"""Wire → module with ``open_place(options, endpoint, folder) -> Place``."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a place tells of a file without reading it."""

    bytes: int
    mark: str
    """Its time of change or entity tag: another mark, another content perhaps."""


class Place(Protocol):
    """For one thread at a time; used inside ``told``."""

    def seen(self, name: str) -> Seen | None:
        """None: there is no such file."""

    def read(self, name: str, offset: int) -> Pieces:
        """From ``offset`` to its end, in pieces of at most ``PIECE`` bytes."""

    def told(self) -> AbstractContextManager[None]:
        """Inside, what goes wrong leaves as one of our family."""

    def close(self) -> None:
        """Give back what it opened."""


class Drop(Place, Protocol):
    """A place into which files are put, too."""

    def append(self, name: str, offset: int, data: bytes) -> None:
        """Write at ``offset``, which is the file's end; 0: the file begins anew."""

    def reveal(self, part: str, name: str) -> None:
        """Give the file its name, never onto another: ``FileExistsError``."""


def open_place(wire: str, options: Mapping[str, Any], endpoint: Endpoint, folder: str) -> Any:
    """The place behind a wire; connects when used."""
    opened: Callable[..., Any] = import_module(PLACES[wire]).open_place
    return opened(options, endpoint, folder)


def checked(name: str) -> str:
    """A path below a folder. ``Invalid("files.name")`` for what could lead elsewhere.

    >>> checked("A1/结构 01.dwg")
    'A1/结构 01.dwg'
    """
    parts = name.split("/")
    for part in parts:
        file_name({"name": part})
    if len(parts) > 16:
        raise Invalid("files.name", path="/name")
    return name
