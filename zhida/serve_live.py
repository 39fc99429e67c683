"""What an endpoint goes by, as its files are now: certificates are exchanged while it answers, and nobody is refused for it.

Looked at with each use: names, times and sizes of a few files. A change that can't be read (half a pair of certificate
and key, a mistake in a file) leaves what was good before, and is written to the log until it is mended.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from exchange.errors import ZhidaError

T = TypeVar("T")
_log = logging.getLogger(__name__)
Stamp = tuple[tuple[str, int, int, int], ...]


class Live(Generic[T]):
    """``make()`` as it was when ``files()`` last changed. Thread-safe; made at once, so mistakes come at the start."""

    def __init__(self, make: Callable[[], T], files: Callable[[], Iterable[Path]]) -> None:
        self._make, self._files, self._lock = make, files, Lock()
        self._seen = stamp(files())
        self._value = make()

    def __call__(self) -> T:
        """The newest that was good."""
        with self._lock:
            now = stamp(self._files())
            if now != self._seen:
                self._seen = now
                self._renew()
            return self._value

    def _renew(self) -> None:
        try:
            self._value = self._make()
            _log.info("files changed, taken up")
        except ZhidaError as error:
            _log.error("files changed, not taken up code=%s", error.code)


def stamp(files: Iterable[Path]) -> Stamp:
    """What changes when a file does; of a file that is not there zeros."""
    return tuple(_of_file(each) for each in sorted(files))


def _of_file(path: Path) -> tuple[str, int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return str(path), 0, 0, 0
    return str(path), found.st_mtime_ns, found.st_size, found.st_ino
