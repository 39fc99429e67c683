"""Files that are known by name: those that are shipped, and a site's own beside them.

A name stands for one file only. One of the site that is called like a shipped one would change
silently what it stands for everywhere, so it is an error that names both.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from exchange.errors import Fact, Fatal, Problem
from exchange.names import nearest


@dataclass(frozen=True, slots=True)
class NamedFiles:
    """Which file a name stands for."""

    shipped: Mapping[str, str]
    """Name → place."""
    own: Mapping[str, Path]
    unknown: str
    """The problem's code where no file has the name."""
    twice: str
    """Where two have it."""

    def names(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(sorted({*self.shipped, *self.own}))

    def find(self, name: str) -> Path | None:
        """The site's file of that name; None: it is a shipped one's.

        ``Fatal``: ``unknown`` tells the nearest name, ``twice`` both files.
        """
        wanted = normal(name)
        if wanted in self.own and wanted in self.shipped:
            raise Fatal(self.twice, **self._both(wanted))
        if wanted not in self.own and wanted not in self.shipped:
            near = nearest(wanted, self.names())
            raise Fatal(self.unknown, name=wanted[:80], nearest=near)
        return self.own.get(wanted)

    def clashes(self) -> Iterator[Problem]:
        """The names that stand for two files."""
        for name in self.own:
            if name in self.shipped:
                yield Problem(self.twice, self._both(name))

    def _both(self, name: str) -> dict[str, Fact]:
        return {"name": name, "file": str(self.own[name]), "other": self.shipped[name]}


def of_site(site: Path | None, folder: str, suffix: str = ".yaml") -> dict[str, Path]:
    """The files of one folder of the site by name.

    What begins with a dot or a tilde is another program's (``._a.yaml`` of macOS, ``~$a.yaml``).
    """
    found = sorted((site / folder).glob(f"*{suffix}")) if site is not None else []
    return {normal(each.stem): each for each in found if _is_ours(each)}


def content(site: Path | None, *folders: str) -> bytes:
    """All files in these folders of the site (not below them), as one number: other files, another number.

    A file that can't be read, or is just being replaced, counts by its name: whoever needs it says so.
    """
    told = hashlib.sha256()
    found = (site.joinpath(folder).glob("*") for folder in folders) if site else ()
    for file in sorted(file for folder in found for file in folder if _is_ours(file)):
        try:
            data = file.read_bytes()
        except OSError:
            told.update(f"{file}\0-\0".encode())
        else:
            told.update(f"{file}\0{len(data)}\0".encode() + data)
    return told.digest()


def _is_ours(file: Path) -> bool:
    """A folder, ``zhida check`` tells it; what begins with a dot or a tilde is another program's."""
    return file.is_file() and not file.name.startswith((".", "~"))


def normal(name: str) -> str:
    """File systems spell Chinese and accents in more than one way; names are spelled in one."""
    return unicodedata.normalize("NFC", name)
