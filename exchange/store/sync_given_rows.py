"""Rows of what a target that can't be asked was given, by the keyed digest of their keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from sqlalchemy import ColumnElement, bindparam, delete, func, select

from exchange.store import upsert
from exchange.store.engine import Connection
from exchange.store.sync_tables import given

_AT_ONCE = 500
"""Tags in one question."""


@dataclass(frozen=True, slots=True)
class GivenRow:
    """One row; ``sealed`` is its key."""

    sync: str
    target: str
    tag: str
    digest: str
    sealed: bytes


_NAMES = tuple(field.name for field in fields(GivenRow))


def put(connection: Connection, rows: Sequence[GivenRow]) -> None:
    """These were given; what was given before under the same key is no more."""
    told = [{name: getattr(row, name) for name in _NAMES} for row in rows]
    upsert.put_all(connection, given, told)


def remove(connection: Connection, line: tuple[str, str], tags: Sequence[str]) -> None:
    """Of these the target was told that they are gone."""
    which = _of(line)
    for some in _parts(tags):
        connection.execute(delete(given).where(*which, given.c.tag.in_(some)))


def digests(connection: Connection, line: tuple[str, str], tags: Sequence[str]) -> dict[str, str]:
    """Tag → digest, of those that were given."""
    query = select(given.c.tag, given.c.digest).where(*_of(line))
    query = query.where(given.c.tag.in_(bindparam("tags", expanding=True)))
    found: dict[str, str] = {}
    for some in _parts(tags):
        found |= {row.tag: row.digest for row in connection.execute(query, {"tags": some})}
    return found


def page(
    connection: Connection, line: tuple[str, str], after: str, limit: int
) -> list[tuple[str, bytes]]:
    """The next tags with their sealed keys."""
    query = select(given.c.tag, given.c.sealed).where(*_of(line), given.c.tag > after)
    rows = connection.execute(query.order_by(given.c.tag).limit(limit))
    return [(tag, sealed) for tag, sealed in rows]


def count(connection: Connection, line: tuple[str, str]) -> int:
    """How many were given and are not gone."""
    query = select(func.count()).select_from(given).where(*_of(line))
    return int(connection.execute(query).scalar_one())


def _parts(tags: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(tags), _AT_ONCE):
        yield tags[start : start + _AT_ONCE]


def _of(line: tuple[str, str]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return given.c.sync == line[0], given.c.target == line[1]
