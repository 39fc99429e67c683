"""Looks for known texts in files and rows, whatever they were wrapped in: nothing may be found.

A text may stand there in UTF-8, GB 18030 or UTF-16 of either order, as ``\\u`` escapes, in hex or in
base64 (which has three forms of the same bytes, by where they begin). Files that are gzip are unpacked.
The forms are made once; data is read in pieces that overlap, so that a file of any size will do.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import polars as pl

from exchange.store import all_rows
from exchange.store.engine import Connection

_PIECE = 4 << 20
_SMALL = 1 << 14
"""Bytes up to which looking for one form after another is quicker."""
_GZIP = b"\x1f\x8b\x08"
_NAMED = "（文件名里就有，名称不录）"
_ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")


@dataclass(slots=True)
class Place:
    """One place that was looked through, and where in it something was found (never what)."""

    what: str
    files: int = 0
    bytes: int = 0
    hits: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def told(self) -> dict[str, object]:
        """As JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


class Canaries:
    """Texts and bytes to look for."""

    def __init__(self, texts: Iterable[str], secrets: Iterable[bytes] = ()) -> None:
        found = {form for text in texts for form in _forms(text)}
        found |= {form for secret in secrets for form in _wrapped(secret)}
        self._forms = sorted(found)
        self._longest = max(map(len, self._forms), default=1)

        # Aho-Corasick over all forms at once. It reads text, so bytes go in as Latin-1, one to one.
        self._at_once = pl.Series([form.decode("latin-1") for form in self._forms]).implode()

    def are_in(self, data: bytes) -> bool:
        """Is any of them there?"""
        if not self._forms:
            return False
        if len(data) < _SMALL:
            return any(form in data for form in self._forms)
        text = pl.Series([data.decode("latin-1")])
        return bool(text.str.contains_any(self._at_once)[0])

    def are_in_stream(self, file: BinaryIO) -> tuple[bool, int]:
        """Is any of them there; and how many bytes were read."""
        kept, size = b"", 0
        while piece := file.read(_PIECE):
            size += len(piece)
            if self.are_in(kept + piece):
                return True, size
            kept = piece[-self._longest :]
        return False, size

    def look_in(self, place: Place, folder: Path) -> Place:
        """Through every file below a folder, names too. What can't be read is told."""
        for path, is_file in entries(folder):
            is_named = self.are_in(os.fsencode(path))
            name = _NAMED if is_named else str(path)  # what it names must not get into a proof
            found, size = self._look_at(path) if is_file else (None, 0)
            if found is None:
                place.unread.append(name)
            else:
                place.files += 1
                place.bytes += size
            if is_named or found:
                place.hits.append(name)
        return place

    def _look_at(self, path: Path) -> tuple[bool | None, int]:
        """None: it can't be read."""
        try:
            with path.open("rb") as file:
                return self.are_in_stream(_unpacked(file))
        except (OSError, EOFError):
            return None, 0

    def look_in_rows(self, place: Place, connection: Connection) -> Place:
        """Through every value of every table: a file of a database may split a value over its pages."""
        for name, pieces in all_rows.tables(connection):
            found = False
            for data in pieces:
                place.bytes += len(data)
                found = found or self.are_in(data)
            place.files += 1
            place.hits += [name] if found else []
        return place


def entries(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Every file below a folder; and, with False, behind what nobody looks: links that lead out of it,
    folders that can't be listed. What a link within it leads to is there under its own name.
    """
    if folder.is_file():
        yield folder, True
        return
    shut: list[OSError] = []
    for here, folders, names in os.walk(folder, onerror=shut.append):
        folders.sort()
        for path in sorted(Path(here, name) for name in (*folders, *names)):
            is_file = _is_file(path, folder)
            if is_file is not None:
                yield path, is_file
    yield from ((Path(error.filename), False) for error in shut)


def _is_file(path: Path, folder: Path) -> bool | None:
    """None: nothing that could hold a text, or it is there under another name."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return False
    if stat.S_ISLNK(mode):
        target = Path(os.path.realpath(path))
        return None if target.is_relative_to(os.path.realpath(folder)) else False
    return True if stat.S_ISREG(mode) else None


def _unpacked(file: BinaryIO) -> BinaryIO:
    start = file.read(3)
    file.seek(0)
    return gzip.GzipFile(fileobj=file) if start == _GZIP else file  # type: ignore[return-value]


def _forms(text: str) -> Iterator[bytes]:
    for encoding in _ENCODINGS:
        yield from _wrapped(text.encode(encoding, "replace"))
    yield json.dumps(text)[1:-1].encode()  # what is plain ASCII is there already


def _wrapped(data: bytes) -> Iterator[bytes]:
    """As it is, in hex, and in base64 at each of the three offsets, without the ends that depend on
    what stands beside it.
    """
    yield from (data, data.hex().encode(), data.hex().upper().encode())
    for offset in range(3):
        inner = base64.b64encode(b"\0" * offset + data)
        start, rest = (0, 2, 3)[offset], (offset + len(data)) % 3
        inner = inner[start : len(inner) - (4 if rest else 0)]
        yield from (inner, inner.translate(_URL))


_URL = bytes.maketrans(b"+/", b"-_")
