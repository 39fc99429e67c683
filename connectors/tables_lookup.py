"""Rows of a table by their keys, many at a time.

The answer is found again by the keys' exact values: a server that takes ``a`` for ``A`` is not believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, select, tuple_
from sqlalchemy import types as sql

from connectors import tables_copy, tables_text

Key = tuple[Any, ...]
_AT_ONCE = 500
"""Keys in one statement: every database takes so many parameters, of a key of two columns too."""
_FEW = 200
"""So few are not worth a table of their own."""


def by_key(
    connection: Connection, table: Table, columns: Sequence[ColumnElement[Any]], keys: Sequence[Key], *,
    key: Sequence[Column[Any]], aside: bool = True,
) -> dict[Key, Sequence[Any]]:  # fmt: skip
    """Key → what the row holds in ``columns``, for the keys that are there.

    ``aside``: many keys may be put into a temporary table; not at a source, which we only read.
    """
    told: list[ColumnElement[Any]] = [*key, *columns]
    size = len(key)
    labelled: Any = [column.label(f"zhida_{at}") for at, column in enumerate(told)]
    if aside and tables_text.speaks(connection.dialect) and len(keys) > _FEW:
        rows = tables_copy.found(connection, table, labelled, keys, key=key)
    else:
        rows = [
            row
            for which in conditions(key, keys)
            for row in connection.execute(select(*labelled).where(which))
        ]
    if not rows:
        return {}
    by_column = list(zip(*rows, strict=True))
    names = zip(*map(plain_column, by_column, key), strict=True)
    found: Iterable[Any] = zip(*by_column[size:], strict=True) if columns else repeat(())
    return dict(zip(names, found, strict=False))


def conditions(key: Sequence[Column[Any]], keys: Sequence[Key]) -> Iterator[ColumnElement[bool]]:
    """That a row has one of these keys, in as many statements as it takes."""
    for at in range(0, len(keys), _AT_ONCE):
        some = keys[at : at + _AT_ONCE]
        if len(key) == 1:
            yield key[0].in_([each[0] for each in some])
        else:
            yield tuple_(*key).in_(some)


def plain(values: Sequence[Any], key: Sequence[Column[Any]]) -> Key:
    """A key as it is compared: ``char(10)`` comes back filled with blanks.

    >>> plain(("a  ", 7), [Column("a", sql.CHAR(3)), Column("b", sql.Integer())])
    ('a', 7)
    """
    return tuple(plain_column([v], column)[0] for v, column in zip(values, key, strict=True))


def plain_column(values: Sequence[Any], column: Column[Any]) -> Sequence[Any]:
    """The same of many keys, for one of their columns."""
    if not isinstance(column.type, sql.CHAR):
        return values
    return [value.rstrip(" ") if isinstance(value, str) else value for value in values]
