"""Chunks of a file in the file area: read, appended, counted again after a crash."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from crypto import digests
from exchange import byte_range, file_disk, sealed_file
from exchange.byte_range import Part
from exchange.errors import Fatal
from exchange.sealed_file import CHUNK, Head

DIGESTS = ("sha256", "sm3")


class Reader:
    """Opens chunks of a whole file. For one thread at a time."""

    def __init__(self, file: BinaryIO, head: Head, size: int) -> None:
        self._file, self._head, self._size = file, head, size

    def read(self, part: Part) -> Iterator[bytes]:
        """The bytes of ``part``, at most a chunk at once. ``Fatal`` for what was changed or cut."""
        for number, start, stop in byte_range.spans(part, CHUNK):
            yield self.chunk(number)[start:stop]

    def chunk(self, number: int) -> bytes:
        """One chunk."""
        with file_disk.told():
            self._file.seek(self._head.place(number))
            sealed = self._file.read(sealed_file.length(number, self._size))
        return self._head.opened(number, sealed)


class Writer:
    """Appends chunks, and knows the digests of all that is here. For one thread.

    ``changed``: its source is another than the one of which a part was here.
    """

    def __init__(self, file: BinaryIO, head: Head, size: int, *, changed: bool = False) -> None:
        self._file, self._head, self._size, self.changed = file, head, size, changed
        self._digests = {name: digests.running(name) for name in DIGESTS}
        self._chunks, self.length = 0, 0
        self._recount()

    @property
    def digests(self) -> dict[str, str]:
        """Of all that is here, by name."""
        return {name: each.hexdigest() for name, each in self._digests.items()}

    @property
    def wanted(self) -> int:
        """How many bytes the next chunk has; 0 when all are here."""
        return max(0, min(CHUNK, self._size - self.length))

    def append(self, chunk: bytes) -> None:
        """The next ``wanted`` bytes; on the disk when this returns."""
        if len(chunk) != self.wanted:
            raise Fatal("file.broken", chunk=self._chunks)
        file_disk.write(self._file, self._head.sealed(self._chunks, chunk))
        self._count(chunk)

    def cut(self) -> None:
        """Nothing but whole chunks stays, whatever was under way."""
        with suppress(OSError):
            self._file.truncate(self._end())

    def _end(self) -> int:
        return self._head.place(self._chunks) - max(0, self._chunks * CHUNK - self.length)

    def _recount(self) -> None:
        """Every chunk that is here is opened: what does not open, and all after it, is let go."""
        reader = Reader(self._file, self._head, self._size)
        while sealed_file.length(self._chunks, self._size):
            try:
                self._count(reader.chunk(self._chunks))
            except Fatal:
                break
        self._file.truncate(self._end())
        self._file.seek(self._end())

    def _count(self, chunk: bytes) -> None:
        for each in self._digests.values():
            each.update(chunk)
        self._chunks, self.length = self._chunks + 1, self.length + len(chunk)
