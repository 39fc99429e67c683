"""What the catalogue asks of the store: how new each kind of data is, and who has really used it.

Nothing sealed is read; every query gives sums, so a hundred thousand documents need no more memory
than ten. Call them within one reading transaction (``flow_rows.snapshot``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import func, select

from exchange.store.dataset_tables import dataset
from exchange.store.engine import Connection
from exchange.store.tables import document, transfer


class Newest(NamedTuple):
    """The documents of one kind that a unit gave through one source; ``as_of`` of the newest."""

    kind: str
    provider: str
    custody: str
    source: str
    number: int
    as_of: str
    came_at: str


class Used(NamedTuple):
    """What went under an agreement with the same fields disclosed (a JSON list)."""

    agreement: str
    provider: str
    receiver: str
    purpose: str
    disclosed: str
    number: int
    last_at: str


def newest(connection: Connection) -> list[Newest]:
    """Of each kind, provider, custody and source; a dataset is the one document that is its head."""
    of = document.c
    names = (of.kind, of.provider, of.custody, of.source)
    sums = (func.count(), func.max(of.as_of), func.max(of.created_at))
    query = select(*names, *sums).group_by(*names)
    return [Newest(*row) for row in connection.execute(query)]


def datasets(connection: Connection, since: str) -> list[Newest]:
    """The same of datasets alone that came since a stamp; ``custody`` is empty: the head's document tells it."""
    of = dataset.c
    names = (of.kind, of.provider, of.source)
    sums = (func.count(), func.max(of.as_of), func.max(of.created_at))
    query = select(*names, *sums).group_by(*names).where(of.created_at >= since)
    return [Newest(r[0], r[1], "", r[2], *r[3:]) for r in connection.execute(query)]


def used(connection: Connection, since: str = "") -> Iterator[Used]:
    """Transfers since a stamp (empty: all), summed up by agreement and by what they disclosed."""
    of = transfer.c
    names = (of.agreement, of.provider, of.receiver, of.purpose, of.disclosed)
    query = select(*names, func.count(), func.max(of.at)).group_by(*names)
    rows = connection.execute(query.where(of.at >= since) if since else query)
    return (Used(*row) for row in rows.all())
