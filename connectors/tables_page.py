"""A page of a table that was read: each row, or why it can't be read, and where it stands in the order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

from exchange.errors import Invalid
from exchange.ports import Record
from exchange.records import Records

Marks = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """One row."""

    record: Record | Invalid
    marks: Marks


class Page(Sequence[Read]):
    """Rows that were read together, in columns as long as nothing is wrong with any of them."""

    __slots__ = ("_marks", "_size", "records")

    def __init__(
        self, records: Sequence[Record | Invalid], rows: Sequence[Sequence[Any]], size: int
    ) -> None:
        """``rows`` as the database gave them: what stands behind ``size`` columns orders them."""
        self.records, self._marks, self._size = records, rows, size

    @property
    def whole(self) -> Records | None:
        """All rows, in columns; None: one of them can't be read."""
        return self.records if isinstance(self.records, Records) else None

    def __len__(self) -> int:
        return len(self._marks)

    @overload
    def __getitem__(self, at: int) -> Read: ...

    @overload
    def __getitem__(self, at: slice) -> list[Read]: ...

    def __getitem__(self, at: int | slice) -> Read | list[Read]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        return Read(self.records[at], tuple(self._marks[at][self._size :]))
