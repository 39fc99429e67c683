"""What others say of our heads, and when each of them was last heard of."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import func, insert, select

from exchange.store import upsert
from exchange.store.engine import Connection
from exchange.store.tables import ledger_head, ledger_heard, ledger_outside

WITNESS, STAMP = "witness", "time-stamp"


@dataclass(frozen=True, slots=True)
class OutsideRow:
    """One co-signature or time stamp over the head of ``size`` leaves."""

    holder: str
    size: int
    kind: str
    head: str
    """Our signed head, as it was given."""
    seal: str
    """The witness's answer; or the authority's answer (DER) in base64."""
    at: str
    """When, by the holder's clock."""
    since: str
    """When the oldest head that it is the first to cover was signed."""


@dataclass(frozen=True, slots=True)
class HeardRow:
    """How it stands with one holder."""

    holder: str
    at: str
    """When it was last heard of; before that, when it was first asked."""
    code: str = ""
    since: str = ""
    """Since when the code has been so; empty without code."""


def put(connection: Connection, row: OutsideRow) -> bool:
    """Insert-only; False if this holder has one of this size.

    Looked at before: on SQLite the wall refuses even what would do nothing.
    """
    before = newest(connection, row.holder, below=row.size)
    if before is not None and before.size == row.size:
        return False
    connection.execute(insert(ledger_outside), asdict(row))
    return True


def newest(connection: Connection, holder: str, below: int | None = None) -> OutsideRow | None:
    """The holder's one of the largest tree; not larger than ``below``."""
    query = select(ledger_outside).where(ledger_outside.c.holder == holder)
    if below is not None:
        query = query.where(ledger_outside.c.size <= below)
    found = connection.execute(query.order_by(ledger_outside.c.size.desc()).limit(1)).first()
    return None if found is None else _row(found)


def first_stamp(connection: Connection, size: int) -> OutsideRow | None:
    """The time stamp over the smallest tree of at least ``size`` leaves: the earliest that covers them."""
    of = ledger_outside.c
    query = select(ledger_outside).where(of.kind == STAMP, of.size >= size)
    found = connection.execute(query.order_by(of.size).limit(1)).first()
    return None if found is None else _row(found)


def every(connection: Connection) -> list[OutsideRow]:
    """All of them, the smaller trees first."""
    query = select(ledger_outside).order_by(ledger_outside.c.size, ledger_outside.c.holder)
    return [_row(found) for found in connection.execute(query)]


def count(connection: Connection, holder: str) -> int:
    """How many this holder has given."""
    query = select(func.count()).where(ledger_outside.c.holder == holder)
    return int(connection.execute(query).scalar_one())


def heard(connection: Connection, holder: str) -> HeardRow | None:
    """How it stands with a holder; None: it was never asked."""
    query = select(ledger_heard).where(ledger_heard.c.holder == holder)
    found = connection.execute(query).first()
    return None if found is None else HeardRow(*found)


def put_heard(connection: Connection, row: HeardRow) -> None:
    """How it stands from now on."""
    upsert.put(connection, ledger_heard, asdict(row))


def first_after(connection: Connection, size: int) -> str:
    """When the oldest head over more than ``size`` leaves was signed; empty if there is none."""
    query = select(ledger_head.c.at).where(ledger_head.c.size > size)
    return connection.execute(query.order_by(ledger_head.c.size).limit(1)).scalar() or ""


def _row(found: object) -> OutsideRow:
    return OutsideRow(**{name: getattr(found, name) for name in OutsideRow.__slots__})
