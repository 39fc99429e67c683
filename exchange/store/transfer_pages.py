"""Transfers a page at a time, newest first: of a unit, or of all."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from itertools import islice
from typing import Any, Literal

from sqlalchemy import ColumnElement, func, select, tuple_

from exchange.store.case_pages import Place
from exchange.store.delivery_rows import TransferRow
from exchange.store.engine import Connection
from exchange.store.tables import transfer

Side = Literal["provider", "receiver"]


def get(connection: Connection, identifier: str) -> TransferRow | None:
    """One transfer."""
    found = connection.execute(select(transfer).where(transfer.c.id == identifier)).first()
    return None if found is None else TransferRow(*found)


def of_unit(
    connection: Connection, side: Side, unit: str, *, after: Place | None = None, limit: int
) -> list[TransferRow]:
    """What this unit has given (``provider``) or got (``receiver``)."""
    query = select(transfer).where(_column(side) == unit)
    if after:
        query = query.where(tuple_(transfer.c.at, transfer.c.id) < after)
    query = query.order_by(transfer.c.at.desc(), transfer.c.id.desc()).limit(limit)
    return [TransferRow(*row) for row in connection.execute(query)]


def newest(connection: Connection, *, after: Place | None = None, limit: int) -> list[TransferRow]:
    """Of all. The receivers are few, so their lists are merged: one index serves both questions."""
    each = [
        of_unit(connection, "receiver", name, after=after, limit=limit)
        for name in _names(connection, "receiver")
    ]
    return list(islice(merge(*each, key=lambda row: (row.at, row.id), reverse=True), limit))


def _names(connection: Connection, side: Side) -> Iterator[str]:
    """Every unit on this side, by going along the index from one to the next."""
    column, last = _column(side), ""
    while True:
        found = connection.execute(select(func.min(column)).where(column > last)).scalar()
        if found is None:
            return
        last = str(found)
        yield last


def _column(side: Side) -> ColumnElement[Any]:
    return transfer.c.receiver if side == "receiver" else transfer.c.provider
