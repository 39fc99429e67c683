"""Many records held as columns: what is asked of all of them alike is asked of a column at once.

To whoever goes through them one by one they are records like any other; a dictionary is made only then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

from exchange.ports import Record


class Records(Sequence[Record]):
    """Records of one table; None stands for what a record does not state.

    >>> made = Records(("a", "b"), (["1", "2"], [7, None]))
    >>> made[0], made[1], list(made[1:])
    ({'a': '1', 'b': 7}, {'a': '2'}, [{'a': '2'}])
    """

    __slots__ = ("columns", "names")

    def __init__(self, names: Sequence[str], columns: Sequence[Sequence[Any]]) -> None:
        """At least one column, all of one length."""
        self.names, self.columns = tuple(names), tuple(columns)

    def __len__(self) -> int:
        return len(self.columns[0])

    @overload
    def __getitem__(self, at: int) -> Record: ...

    @overload
    def __getitem__(self, at: slice) -> Records: ...

    def __getitem__(self, at: int | slice) -> Record | Records:
        values = [column[at] for column in self.columns]
        if isinstance(at, slice):
            return Records(self.names, values)
        told = zip(self.names, values, strict=True)
        return {name: value for name, value in told if value is not None}

    def picked(self, numbers: Sequence[int]) -> Records:
        """Only these, in this order.

        >>> list(Records(("a",), (["1", "2", "3"],)).picked([2, 0]))
        [{'a': '3'}, {'a': '1'}]
        """
        return Records(self.names, [[*map(column.__getitem__, numbers)] for column in self.columns])


def column(records: Sequence[Record], name: str) -> Sequence[Any]:
    """What each record states under a name; None: nothing.

    >>> column([{"a": 1}, {}], "a"), column(Records(("a",), ([1, None],)), "b")
    ([1, None], [None, None])
    """
    if not isinstance(records, Records):
        return [each.get(name) for each in records]
    if name not in records.names:
        return [None] * len(records)
    return records.columns[records.names.index(name)]


def picked(records: Sequence[Record], numbers: Sequence[int]) -> Sequence[Record]:
    """Only these, in this order."""
    if isinstance(records, Records):
        return records.picked(numbers)
    return [records[number] for number in numbers]
