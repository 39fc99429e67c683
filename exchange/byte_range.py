"""Parts of a file: what a caller asks for (RFC 9110, section 14), and in which chunks it lies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from exchange.errors import Rejected

_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes ``start`` to ``stop``, the last not counted."""

    start: int
    stop: int

    @property
    def size(self) -> int:
        """How many bytes."""
        return self.stop - self.start


def asked(header: str, size: int) -> Part | None:
    """What a ``Range`` header asks of a file of ``size`` bytes; None: the whole of it.

    One that is not understood, or that asks for several parts, is passed over: the whole is a right
    answer too. ``Rejected("file.range")`` where nothing of the file is meant (416).

    >>> asked("bytes=2-4", 10), asked("bytes=-3", 10), asked("bytes=7-99", 10)
    (Part(start=2, stop=5), Part(start=7, stop=10), Part(start=7, stop=10))
    >>> asked("bytes=0-1,4-5", 10), asked("", 10), asked("bytes=5-2", 10), asked("bytes=-", 10)
    (None, None, None, None)
    """
    found = _ONE.fullmatch(header.strip())
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        start, stop = max(0, size - int(last)), size
    elif last and int(last) < int(first):
        return None
    else:
        start, stop = int(first), min(size, int(last) + 1) if last else size
    if start >= stop:
        raise Rejected("file.range", bytes=size)
    return Part(start, stop)


def spans(part: Part, chunk: int) -> Iterator[tuple[int, int, int]]:
    """The chunks of ``chunk`` bytes in which the part lies: number, and where it begins and ends there.

    >>> list(spans(Part(3, 9), 4))
    [(0, 3, 4), (1, 0, 4), (2, 0, 1)]
    """
    for number in range(part.start // chunk, -(-part.stop // chunk)):
        low = number * chunk
        start, stop = max(part.start, low), min(part.stop, low + chunk)
        if start < stop:
            yield number, start - low, stop - low
