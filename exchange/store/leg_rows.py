"""Rows of legs: the mode into which an operator has put a system."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import bindparam, delete, insert, select

from exchange.store.engine import Connection
from exchange.store.operating_tables import leg


@dataclass(frozen=True, slots=True)
class LegRow:
    """One system: ``mode`` is ``live``, ``stopped`` or ``shadow``."""

    system: str
    mode: str
    since: str
    operator: str
    reason: str


_ONE = select(leg).where(leg.c.system == bindparam("of_system"))


def get(connection: Connection, system: str) -> LegRow | None:
    """What an operator last said about this system."""
    found = connection.execute(_ONE, {"of_system": system}).first()
    return None if found is None else LegRow(*found)


def told(connection: Connection) -> list[LegRow]:
    """Every system of which an operator has said something."""
    return [LegRow(*row) for row in connection.execute(select(leg).order_by(leg.c.system))]


def put(connection: Connection, row: LegRow) -> None:
    """The system's mode from now on."""
    connection.execute(delete(leg).where(leg.c.system == row.system))
    connection.execute(insert(leg).values(**asdict(row)))
