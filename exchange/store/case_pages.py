"""Cases a page at a time: each page by an index, never by counting off what came before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select, tuple_

from exchange.store.case_rows import CaseRow
from exchange.store.engine import Connection
from exchange.store.tables import matter_case


class Place(NamedTuple):
    """Where a list goes on: after the row of this moment (a stamp) with this id."""

    at: str
    id: str


def cases(
    connection: Connection, state: str, *, matter: str = "", after: Place | None = None, limit: int
) -> list[CaseRow]:
    """Cases in this state, newest first; of one matter if named, after a place if there is one."""
    query = select(matter_case).where(matter_case.c.state == state)
    if matter:
        query = query.where(matter_case.c.matter == matter)
    if after:
        query = query.where(tuple_(matter_case.c.opened_at, matter_case.c.id) < after)
    query = query.order_by(matter_case.c.opened_at.desc(), matter_case.c.id.desc()).limit(limit)
    return [CaseRow(*row) for row in connection.execute(query)]


def of_ids(connection: Connection, ids: Sequence[str]) -> dict[str, CaseRow]:
    """The cases of these ids."""
    query = select(matter_case).where(matter_case.c.id.in_(ids))
    return {row.id: CaseRow(*row) for row in connection.execute(query)}
