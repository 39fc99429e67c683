"""A place with files, as narrow as picking up needs it: a disk, or the other end of SFTP.

Paths are relative to the place and use ``/``. What an implementation raises is Python's own
``OSError`` family (``FileNotFoundError``, ``PermissionError``); ``told`` turns what is left of it
into ours at the border.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a folder."""

    name: str
    size: int
    """Bytes."""
    changed: int
    """Time of the last change as the place tells it: only compared with itself and sorted by."""
    kind: Literal["file", "folder", "other"]
    """``other``: links, pipes, devices. A link is never followed."""


class Folder(Protocol):
    """Files that others put somewhere. For one thread at a time."""

    def list(self, path: str) -> Sequence[Entry]:
        """Everything in the folder, links not followed."""

    def read(self, path: str, limit: int) -> bytes:
        """At most ``limit`` bytes from the start of a plain file; never through a link."""

    def rename(self, source: str, target: str) -> None:
        """Move within the place, at once or not at all. Nobody else uses the target's name."""

    def make(self, folder: str, below: str) -> None:
        """Folders below ``folder``, if they are not there already.

        ``folder`` itself must be there: a typo in a site must not become a folder.
        """

    def told(self, folder: str = "") -> AbstractContextManager[None]:
        """Inside, what goes wrong leaves as one of our family, and names the ``folder`` it is about."""

    def close(self) -> None:
        """Give back what it opened."""


class Cabinet(Folder, Protocol):
    """A place into which we put files, too."""

    def write(self, path: str, content: bytes) -> None:
        """Make the file hold ``content``, on its disk and not only on its way there.

        What is there already is the beginning of the same content: it is written over, never
        emptied first, for another worker may be about to show it. A link is refused.
        """

    def reveal(self, source: str, target: str) -> None:
        """Move at once or not at all, never onto another file: ``FileExistsError``."""

    def remove(self, path: str) -> None:
        """Remove a file of ours; one that is gone already is fine."""
