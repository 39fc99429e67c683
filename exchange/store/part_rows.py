"""Rows of the sealed parts of datasets and snapshots: one part is in memory at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import bindparam, delete, insert, select

from exchange.store.dataset_tables import dataset, sealed_part, snapshot
from exchange.store.engine import Connection


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part; ``sealed`` opens with ``about`` of the same names (``about``)."""

    owner: str
    role: str
    number: int
    rows: int
    digest: str
    at: str
    sealed: bytes

    @property
    def about(self) -> str:
        """What the sealed body is bound to."""
        return about(self.owner, self.role, self.number)


def about(owner: str, role: str, number: int) -> str:
    """The place of a part, to which its body is bound.

    >>> about("ab", "rows", 3)
    'ab/rows/3'
    """
    return f"{owner}/{role}/{number}"


_PLACE = (
    sealed_part.c.owner == bindparam("of_owner"),
    sealed_part.c.role == bindparam("of_role"),
)
_ONE = select(sealed_part).where(*_PLACE, sealed_part.c.number == bindparam("of_number"))
_DIGESTS = (
    select(sealed_part.c.digest, sealed_part.c.rows).where(*_PLACE).order_by(sealed_part.c.number)
)


def put(connection: Connection, rows: Iterable[PartRow]) -> None:
    """Insert parts."""
    values = [asdict(row) for row in rows]
    if values:
        connection.execute(insert(sealed_part), values)


def get(connection: Connection, owner: str, role: str, number: int) -> PartRow | None:
    """One part."""
    which = {"of_owner": owner, "of_role": role, "of_number": number}
    found = connection.execute(_ONE, which).first()
    return None if found is None else PartRow(*found)


def digests(connection: Connection, owner: str, role: str) -> list[tuple[str, int]]:
    """Digest and number of rows of every part of a role, in order."""
    found = connection.execute(_DIGESTS, {"of_owner": owner, "of_role": role})
    return [(row.digest, row.rows) for row in found]


def drop(connection: Connection, owner: str) -> None:
    """Remove what was written for something that was not finished."""
    connection.execute(delete(sealed_part).where(sealed_part.c.owner == owner))


def drop_unfinished(connection: Connection, before: str) -> int:
    """Remove parts from before ``before`` (a stamp) that belong to nothing; how many."""
    known = select(dataset.c.id).union_all(select(snapshot.c.id))
    which = (sealed_part.c.at < before, sealed_part.c.owner.not_in(known))
    return connection.execute(delete(sealed_part).where(*which)).rowcount
