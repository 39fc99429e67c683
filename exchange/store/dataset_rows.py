"""Rows of datasets: to look up by id, or the newest of a source."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import insert, select

from exchange.store.dataset_tables import dataset
from exchange.store.engine import Connection


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """One dataset; its head is the document of the same id."""

    id: str
    kind: str
    provider: str
    source: str
    as_of: str
    created_at: str
    schema: str
    root: str
    count: int


def put(connection: Connection, row: DatasetRow) -> None:
    """Insert a dataset."""
    connection.execute(insert(dataset).values(**asdict(row)))


def like(connection: Connection, beginning: str) -> list[DatasetRow]:
    """Two datasets at most whose id begins so."""
    query = select(dataset).where(dataset.c.id.startswith(beginning, autoescape=True)).limit(2)
    return [DatasetRow(*row) for row in connection.execute(query)]


def newest(connection: Connection, kind: str, source: str, until: str = "") -> DatasetRow | None:
    """The dataset of this kind and source with the latest ``as_of``, not after ``until`` (a stamp)."""
    query = select(dataset).where(dataset.c.kind == kind, dataset.c.source == source)
    if until:
        query = query.where(dataset.c.as_of <= until)
    ordered = query.order_by(dataset.c.as_of.desc(), dataset.c.created_at.desc()).limit(1)
    found = connection.execute(ordered).first()
    return None if found is None else DatasetRow(*found)


def listed(connection: Connection, kind: str = "", limit: int = 50) -> list[DatasetRow]:
    """Datasets (of one kind), newest first."""
    query = select(dataset).order_by(dataset.c.created_at.desc(), dataset.c.id).limit(limit)
    if kind:
        query = query.where(dataset.c.kind == kind)
    return [DatasetRow(*row) for row in connection.execute(query)]
