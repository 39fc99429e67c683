"""Canonical JSON of many records: to the byte what ``exchange.canonical`` makes of each, in one call.

Records in columns are asked a column at a time whether everything in them is exact; if not, each is written
by itself, and told what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from exchange import canonical
from exchange.ports import Record
from exchange.records import Records

_PLAIN = {str, int, bool, type(None)}
_WRITER = msgspec.json.Encoder()


def bodies(records: Sequence[Record]) -> list[bytes]:
    """The canonical bytes of each. ``Invalid`` for a value that has no exact form.

    >>> bodies(Records(("b", "a"), (["x", None], [1, 2])))
    [b'{"a":1,"b":"x"}', b'{"a":2}']
    """
    if isinstance(records, Records) and all(map(_is_exact, records.columns)):
        try:
            return _written(records)
        except UnicodeEncodeError:  # half a surrogate pair: told below
            pass
    return [canonical.dumps(each) for each in records]


def _written(records: Records) -> list[bytes]:
    """A line each: JSON text holds no line feed, so the lines can be told apart."""
    names = sorted(records.names)
    columns = [records.columns[records.names.index(name)] for name in names]
    rows = zip(*columns, strict=True)
    if any(None in column for column in columns):
        told = [
            {name: v for name, v in zip(names, row, strict=True) if v is not None} for row in rows
        ]
    else:
        told = [dict(zip(names, row, strict=True)) for row in rows]
    return _WRITER.encode_lines(told).split(b"\n")[:-1]


def _is_exact(column: Sequence[Any]) -> bool:
    kinds = {*map(type, column)}
    if not kinds <= _PLAIN:
        return False
    if int not in kinds:
        return True
    numbers = [value for value in column if type(value) is int]
    return max(numbers) <= canonical.EXACT and min(numbers) >= -canonical.EXACT
