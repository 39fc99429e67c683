"""What waits at a holder's system, as one batch: the rows, the bytes that they came in, and since when."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from adapters.bulk import BulkSource
from exchange.dataset import Form
from exchange.ports import Parcel
from zhida.fact_rows import KEY, KIND, Gathered
from zhida.grants_file import FactSource

_PIECE = 8 * 2**20
"""Bytes of a piece of what was read, sealed apart."""
_QUICK = 1
Known = Callable[[str], bool]
"""Was a parcel of this key taken in before?"""


@dataclass(slots=True)
class Batch:
    """Everything that was waiting."""

    gathered: Gathered
    cursor: str = ""
    keys: list[str] = field(default_factory=list)
    """Of all parcels that are done with once this is stored."""
    passed: int = 0
    """Whole lists that a later one takes the place of, or that were known."""
    files: list[bytes] = field(default_factory=list)
    """What was read, if it was files: the wire holds them until they are settled."""
    packed: list[bytes] = field(default_factory=list)
    """Else, piece by piece, compressed: a table's rows are mostly names of columns."""
    as_of: datetime | None = None
    """When the list was made, if its source tells; of changes: when they were asked for."""
    used: list[str] = field(default_factory=list)
    """Keys of the files that it is made of."""
    whole: bool = True
    """A list of everybody; else only of those of whom something changed."""

    @property
    def is_empty(self) -> bool:
        """Nothing new was there."""
        return not self.used and not self.gathered.count

    @property
    def raw(self) -> Iterator[bytes]:
        """The bytes that it came in, piece by piece."""
        for raw in self.files:
            yield from _pieces(raw)
        yield from map(zlib.decompress, self.packed)

    def pack(self, raw: bytes) -> None:
        """Rows of a table."""
        self.packed += [zlib.compress(piece, _QUICK) for piece in _pieces(raw)]


def form(source: FactSource, batch: Batch) -> Form:
    """What the head of its dataset says beside the rows: which facts, and what was left out."""
    gathered = batch.gathered
    about = {
        "facts": sorted(source.gives),
        "count": gathered.count,
        "invalid": len(gathered.wrong),
        "duplicates": gathered.duplicates,
    }
    return Form(KIND, (KEY,), about)


def take(source: BulkSource, about: FactSource, cursor: str, known: Known) -> Batch:
    """Read what waits. ``Invalid`` if a whole list can't be read at all."""
    is_file = source.is_file(about.stream)
    whole = about.whole and is_file
    batch = Batch(Gathered(about.gives, later_wins=not whole), cursor, whole=whole)
    if is_file:
        _files(source, about, batch, known)
    else:
        _rows(source, about, batch)
    return batch


def _files(source: BulkSource, about: FactSource, batch: Batch, known: Known) -> None:
    """Of several whole lists the latest counts; of several files of changes each, in order."""
    waiting, batch.cursor = source.take(about.stream, batch.cursor)
    batch.keys = [each.key for each in waiting]
    new = sorted((each for each in waiting if not known(each.key)), key=_when)
    chosen = new[-1:] if batch.whole else new
    batch.passed = len(waiting) - len(chosen)
    for each in chosen:
        _read(source, about, batch, each)
        batch.files.append(each.raw)
        batch.used.append(each.key)
        batch.as_of = each.at


def _when(parcel: Parcel) -> tuple[str, str]:
    return (parcel.at.isoformat() if parcel.at else "", parcel.file)


def _rows(source: BulkSource, about: FactSource, batch: Batch) -> None:
    """A table: look by look, until nothing new is left; each row is a parcel."""
    seen: set[str] = set()
    while True:
        waiting, batch.cursor = source.take(about.stream, batch.cursor)
        new = [each for each in waiting if each.key not in seen]  # claimed rows come again
        if not new:
            return
        for each in new:
            _read(source, about, batch, each)
        seen |= {each.key for each in new}
        batch.keys += [each.key for each in new]
        batch.pack(b"\n".join(each.raw for each in new))


def _read(source: BulkSource, about: FactSource, batch: Batch, parcel: Parcel) -> None:
    place = hashlib.sha256(parcel.key.encode("utf-8", "surrogatepass")).hexdigest()
    for row in source.rows(about.stream, parcel):
        batch.gathered.add(row, f"{about.stream}:{place}#{row.number}")


def _pieces(raw: bytes) -> Iterator[bytes]:
    for at in range(0, len(raw), _PIECE):
        yield raw[at : at + _PIECE]
