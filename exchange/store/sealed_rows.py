"""Where sealed bodies lie, and in which retention bucket: each says so at its beginning.

One byte of length, then the bucket's name (``exchange.vault``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, ColumnElement, String, cast, func, literal, select

from exchange.store.award_tables import award
from exchange.store.dataset_tables import sealed_part
from exchange.store.engine import Connection
from exchange.store.sync_tables import batch, given, held
from exchange.store.tables import case_document, document, invalid, matter_case, receipt

_PART = sealed_part.c.owner + "/" + sealed_part.c.role + "/" + cast(sealed_part.c.number, String)
BODIES: tuple[tuple[str, Column[Any], ColumnElement[str]], ...] = (
    ("document", document.c.sealed, document.c.id),
    ("raw", document.c.raw, document.c.id + literal("/raw")),
    ("receipt", receipt.c.sealed, receipt.c.id),
    ("invalid", invalid.c.raw, invalid.c.id),
    ("award", award.c.sealed, award.c.id),
    ("part", sealed_part.c.sealed, _PART),
    ("held", held.c.sealed, held.c.id),
    ("given", given.c.sealed, given.c.tag),
)
"""What it is, the column, and what the body is bound to (``about``)."""
_PLACES = (*(column for _, column, _ in BODIES), batch.c.place)
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Body:
    """One sealed body."""

    what: str
    about: str
    sealed: bytes


def revision(connection: Connection) -> str:
    """The schema's revision."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def buckets(connection: Connection) -> list[str]:
    """Every bucket that a sealed body names."""
    names: set[bytes] = set()
    for body in _PLACES:
        first = func.substr(body, 1, 1)
        for size in connection.execute(select(first).distinct()).scalars().all():
            if size:
                name = select(func.substr(body, 2, bytes(size)[0])).where(first == size).distinct()
                names |= {bytes(found) for found in connection.execute(name).scalars()}
    return sorted(name.decode("utf-8", "replace") for name in names)


def count(connection: Connection, bucket: str) -> int:
    """How many bodies lie in it."""
    return sum(
        connection.execute(select(func.count()).where(_within(column, bucket))).scalar_one()
        for _, column, _ in BODIES
    )


def bodies(connection: Connection, bucket: str) -> Iterator[Body]:
    """Every body of a bucket, in an order that stays the same; a hundred in memory at once."""
    for what, column, about in BODIES:
        query = select(about, column).where(_within(column, bucket)).order_by(about)
        rows = connection.execution_options(yield_per=_AT_ONCE).execute(query)
        for row in rows:
            yield Body(what, row[0], bytes(row[1]))


def open_cases(connection: Connection, bucket: str) -> int:
    """Cases that are not over, and know a document of this bucket."""
    query = (
        select(func.count(matter_case.c.id.distinct()))
        .join(case_document, case_document.c.case == matter_case.c.id)
        .join(document, document.c.id == case_document.c.document)
        .where(matter_case.c.state == "open", _within(document.c.sealed, bucket))
    )
    return int(connection.execute(query).scalar_one())


def _within(column: Column[Any], bucket: str) -> ColumnElement[bool]:
    name = bucket.encode()
    start: ColumnElement[bool] = func.substr(column, 1, 1 + len(name)) == bytes([len(name)]) + name
    return start
