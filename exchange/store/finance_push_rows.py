"""Rows of pushed feeds: how far each bank has got."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import select

from exchange.store import upsert
from exchange.store.engine import Connection
from exchange.store.finance_loan_tables import finance_push


@dataclass(frozen=True, slots=True)
class PushRow:
    """One bank."""

    bank: str
    seq: int = 0
    until: int = 0
    """Not below ``seq``."""
    books: str = ""
    taken_at: str = ""
    tried_at: str = ""
    code: str = ""


def get(connection: Connection, bank: str) -> PushRow:
    """A bank that nothing was sent to yet is at its beginning."""
    found = connection.execute(select(finance_push).where(finance_push.c.bank == bank)).first()
    return PushRow(bank) if found is None else PushRow(*found)


def put(connection: Connection, row: PushRow) -> None:
    """It is so from now on. For the holder of the bank's lock."""
    upsert.put(connection, finance_push, asdict(row))
