"""Rows of letters, of what was taken back, of readings and of quotas."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import select, update

from exchange.store import upsert
from exchange.store.engine import Connection
from exchange.store.finance_tables import (
    finance_letter,
    finance_quota,
    finance_read,
    finance_revocation,
)


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One letter."""

    id: str
    number: str
    bank: str
    grantor_uscc: str
    order_print: str
    purpose: str
    datasets: str
    data_from: str
    data_until: str
    valid_from: str
    valid_until: str
    max_uses: int
    uses: int
    content: str
    document: str
    taken_at: str


@dataclass(frozen=True, slots=True)
class RevocationRow:
    """A letter that was taken back."""

    letter: str
    at: str
    by: str
    document: str


@dataclass(frozen=True, slots=True)
class ReadRow:
    """The last decision on one reading; ``counted_at``: empty unless it was counted."""

    bank: str
    id: str
    act: str
    letter: str
    asked: str
    case: str
    at: str
    code: str
    facts: str
    counted_at: str


def add_letter(connection: Connection, row: LetterRow) -> bool:
    """Insert it unless one of its id is there; tells whether it did."""
    return upsert.insert_new(connection, finance_letter, asdict(row))


def get_letter(connection: Connection, identifier: str, *, hold: bool = False) -> LetterRow | None:
    """One letter. ``hold``: nobody else counts on it until the transaction ends."""
    query = select(finance_letter).where(finance_letter.c.id == identifier)
    found = connection.execute(query.with_for_update() if hold else query).first()
    return None if found is None else LetterRow(*found)


def use_letter(connection: Connection, identifier: str) -> bool:
    """One use less. False if none was left, whoever else counts at this moment."""
    which = (finance_letter.c.id == identifier, finance_letter.c.uses < finance_letter.c.max_uses)
    told = update(finance_letter).where(*which).values(uses=finance_letter.c.uses + 1)
    return connection.execute(told).rowcount == 1


def letters(connection: Connection, *, bank: str = "") -> list[LetterRow]:
    """All letters, or a bank's, the newest first."""
    query = select(finance_letter)
    if bank:
        query = query.where(finance_letter.c.bank == bank)
    ordered = query.order_by(finance_letter.c.taken_at.desc(), finance_letter.c.id)
    return [LetterRow(*row) for row in connection.execute(ordered)]


def letters_like(connection: Connection, start: str) -> list[LetterRow]:
    """Two letters at most whose ids begin so."""
    query = select(finance_letter).where(finance_letter.c.id.startswith(start, autoescape=True))
    return [LetterRow(*row) for row in connection.execute(query.limit(2))]


def revoke(connection: Connection, row: RevocationRow) -> bool:
    """Take a letter back, once; tells whether it had not been."""
    return upsert.insert_new(connection, finance_revocation, asdict(row))


def revocation(connection: Connection, letter: str) -> RevocationRow | None:
    """When and by whom a letter was taken back; None: it was not."""
    query = select(finance_revocation).where(finance_revocation.c.letter == letter)
    found = connection.execute(query).first()
    return None if found is None else RevocationRow(*found)


def revocations(connection: Connection) -> dict[str, RevocationRow]:
    """Letter → its revocation."""
    rows = connection.execute(select(finance_revocation))
    return {row.letter: RevocationRow(*row) for row in rows}


def get_read(connection: Connection, bank: str, identifier: str) -> ReadRow | None:
    """What was decided on a reading."""
    which = (finance_read.c.bank == bank, finance_read.c.id == identifier)
    found = connection.execute(select(finance_read).where(*which)).first()
    return None if found is None else ReadRow(*found)


def put_read(connection: Connection, row: ReadRow) -> None:
    """Write down what was decided."""
    upsert.put(connection, finance_read, asdict(row))


def reads(connection: Connection, *, limit: int, **equal: str) -> list[ReadRow]:
    """The last decisions, the newest first; ``equal``: columns (``bank``, ``letter``, ``case``)."""
    where = [finance_read.c[name] == value for name, value in equal.items() if value]
    query = select(finance_read).where(*where)
    ordered = query.order_by(finance_read.c.at.desc(), finance_read.c.bank, finance_read.c.id)
    return [ReadRow(*row) for row in connection.execute(ordered.limit(limit))]


def counted_between(connection: Connection, bank: str, since: str, until: str) -> list[ReadRow]:
    """A bank's readings that were counted from ``since`` to before ``until`` (stamps)."""
    counted = finance_read.c.counted_at
    where = (finance_read.c.bank == bank, counted >= since, counted < until)
    query = select(finance_read).where(*where).order_by(counted, finance_read.c.id)
    return [ReadRow(*row) for row in connection.execute(query)]


def hold_turns(connection: Connection, bank: str, act: str, day: str) -> int:
    """How often the bank has asked on this day. It asks once at a time until the transaction ends."""
    key = {"bank": bank, "act": act, "day": day}
    upsert.insert_new(connection, finance_quota, {**key, "used": 0})
    which = [finance_quota.c[name] == value for name, value in key.items()]
    return int(
        connection.execute(
            select(finance_quota.c.used).where(*which).with_for_update()
        ).scalar_one()
    )


def take_turn(connection: Connection, bank: str, act: str, day: str) -> None:
    """Once more; the bank's turns of the day are held."""
    key = {"bank": bank, "act": act, "day": day}
    which = [finance_quota.c[name] == value for name, value in key.items()]
    told = update(finance_quota).where(*which).values(used=finance_quota.c.used + 1)
    connection.execute(told)
