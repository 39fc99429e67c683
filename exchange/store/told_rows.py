"""Rows of cases of which events are told, and of these events: disputes, joint acceptances.

Both have a table of cases (``case``, ``number``, ``opened_at``, ``closed_at``, …) and one of their events
(``case``, ``seq``, ``name``, ``document``, ``told_at``, …), whose further columns are their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Table, exists, func, insert, select, tuple_, update

from exchange.store import upsert
from exchange.store.engine import Connection
from exchange.store.tables import matter_case

CHUNK = 500
H = TypeVar("H")
"""A case's row."""
E = TypeVar("E")
"""An event's row."""


@dataclass(frozen=True, slots=True)
class Log(Generic[H, E]):
    """The two tables, and what a row of each is read as."""

    heads: Table
    events: Table
    head: type[H]
    event: type[E]

    def add(self, connection: Connection, row: H) -> bool:
        """Insert a case unless it is there; tells whether it did."""
        return upsert.insert_new(connection, self.heads, asdict(row))  # type: ignore[call-overload]

    def get(self, connection: Connection, case: str) -> H | None:
        """That of a case."""
        return self._one(connection, self.heads.c.case == case)

    def by_number(self, connection: Connection, number: str) -> H | None:
        """That which has this number."""
        return self._one(connection, self.heads.c.number == number)

    def _one(self, connection: Connection, where: Any) -> H | None:
        found = connection.execute(select(self.heads).where(where)).first()
        return None if found is None else self.head(*found)

    def close(self, connection: Connection, case: str, at: str) -> None:
        """It has ended at ``at``; empty: it goes on."""
        told = update(self.heads).where(self.heads.c.case == case).values(closed_at=at)
        connection.execute(told)

    def still_open(self, connection: Connection, *, after: str = "", limit: int = CHUNK) -> list[H]:
        """Those that have not ended, in the order of their cases."""
        where = (self.heads.c.closed_at == "", self.heads.c.case > after)
        query = select(self.heads).where(*where).order_by(self.heads.c.case).limit(limit)
        return [self.head(*row) for row in connection.execute(query)]

    def opened_between(
        self,
        connection: Connection,
        since: str,
        until: str,
        *,
        after: str = "",
        limit: int = CHUNK,
    ) -> list[H]:
        """Those opened from ``since`` to before ``until`` (stamps), in the order of their cases."""
        heads = self.heads
        where = (heads.c.opened_at >= since, heads.c.opened_at < until, heads.c.case > after)
        query = select(heads).where(*where).order_by(heads.c.case).limit(limit)
        return [self.head(*row) for row in connection.execute(query)]

    def append(self, connection: Connection, rows: Sequence[E]) -> None:
        """Append events; their numbers follow those that are there (the case's row is locked)."""
        if rows:
            told: list[dict[str, Any]] = [asdict(row) for row in rows]  # type: ignore[call-overload]
            connection.execute(insert(self.events), told)

    def told(self, connection: Connection, case: str) -> list[E]:
        """All events of one case, in the order in which they were told."""
        query = select(self.events).where(self.events.c.case == case).order_by(self.events.c.seq)
        return [self.event(*row) for row in connection.execute(query)]

    def told_of(self, connection: Connection, cases: Iterable[str]) -> dict[str, list[E]]:
        """The same of several."""
        query = select(self.events).where(self.events.c.case.in_(tuple(cases)))
        found: dict[str, list[E]] = {}
        for row in connection.execute(query.order_by(self.events.c.case, self.events.c.seq)):
            found.setdefault(row.case, []).append(self.event(*row))
        return found

    def told_since(
        self,
        connection: Connection,
        since: str,
        names: Iterable[str],
        *,
        after: tuple[str, str, int] = ("", "", -1),
        limit: int = CHUNK,
    ) -> list[E]:
        """Events of these names that the hub took from ``since`` on (stamp), ordered by when it took them,
        case and number.
        """
        columns = (self.events.c.told_at, self.events.c.case, self.events.c.seq)
        where = (self.events.c.told_at >= since, self.events.c.name.in_(tuple(names)))
        query = select(self.events).where(*where, tuple_(*columns) > after)
        found = connection.execute(query.order_by(*columns).limit(limit))
        return [self.event(*row) for row in found]

    def count(self, connection: Connection, case: str) -> int:
        """How many events a case has."""
        query = select(func.count()).where(self.events.c.case == case)
        return int(connection.execute(query).scalar_one())

    def unregistered(
        self, connection: Connection, matter: str, *, after: str = "", limit: int = CHUNK
    ) -> list[str]:
        """Cases of the matter that are not in the table yet, in the order of their ids."""
        has = exists().where(self.heads.c.case == matter_case.c.id)
        where = (matter_case.c.matter == matter, matter_case.c.id > after, ~has)
        query = select(matter_case.c.id).where(*where).order_by(matter_case.c.id).limit(limit)
        return list(connection.execute(query).scalars())

    def by_document(self, connection: Connection, document: str) -> E | None:
        """The event that this document says; None: it was not taken."""
        query = select(self.events).where(self.events.c.document == document)
        found = connection.execute(query).first()
        return None if found is None else self.event(*found)
