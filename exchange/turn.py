"""Whose turn is it among the versions of one thing? Each target hears of them in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from exchange.bookkeeping import Order, put_row, set_item
from exchange.outcome import BUSY, Outcome
from exchange.store import case_rows
from exchange.store.delivery_rows import DeliveryRow
from exchange.store.engine import Connection

BEGUN = frozenset({"sent", "unknown", "stored", "parked"})
"""States in which the target may or may not have it: a later version waits until that is known."""


def of(others: Iterable[DeliveryRow], order: Order, content: str) -> Outcome | None:
    """None: go ahead. ``BUSY``: an earlier version is not over. Else why it comes to nothing.

    ``others`` are the other deliveries of the same chain.
    """
    rows = list(others)
    if any(row.state in BEGUN for row in rows):
        return BUSY
    applied = [row for row in rows if row.state == "applied"]
    last = max(applied, key=lambda row: (row.version, row.settled_at), default=None)
    if last is None or not order.operation.corrects:
        return None
    if last.version > order.version:
        return Outcome("superseded", "amend.overtaken", {"effect": last.effect})
    if last.content == content and order.operation.amends:
        return Outcome("superseded", "amend.no-change", {"effect": last.effect})
    return None


def is_overtaken(connection: Connection, order: Order) -> bool:
    """Has a newer version, or a revocation, come into the case since the order was made?"""
    item = case_rows.get_item(connection, order.case, order.item)
    if item is None:
        return False  # no case, so nobody else who could change it
    current = case_rows.documents(connection, order.case).values()
    known = all(moved.document.id in current for moved in order.transfers.values())
    return not known or item.state not in case_rows.WORKABLE


def begin_anew(
    connection: Connection, order: Order, row: DeliveryRow | None, *, now: datetime
) -> None:
    """Nothing is there yet, and what was to be sent is out of date.

    An item that has to wait again (``exchange.reopening``) does.
    """
    if row is not None:
        put_row(connection, replace(row, state="pending"), seen=row)
    item = case_rows.get_item(connection, order.case, order.item)
    if item is not None and item.state == "waiting":
        return
    set_item(connection, order, Outcome("ready"), effect="", now=now, next_at=now)
