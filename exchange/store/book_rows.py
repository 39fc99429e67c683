"""Rows for comparing books with the targets: deliveries by span, doubt, reconciliations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, select, update

from exchange.store.delivery_rows import DeliveryRow
from exchange.store.engine import Connection
from exchange.store.operating_tables import doubt, reconciliation
from exchange.store.tables import case_item, delivery, transfer

_MOST_KEYS = 500
"""Keys of one query: SQLite takes 32,766 parameters, older builds 999."""


@dataclass(frozen=True, slots=True)
class Span:
    """The deliveries of one operation that were sent from ``since`` to before ``until``."""

    system: str
    operation: str
    since: str
    until: str


def sent_in(connection: Connection, span: Span) -> list[DeliveryRow]:
    """The deliveries of the span, oldest first. (What we only know from books, or doubt, we never sent.)"""
    query = select(delivery).where(_within(span)).order_by(delivery.c.sent_at)
    return [DeliveryRow(*row) for row in connection.execute(query)]


def first_sent(connection: Connection, span: Span) -> str:
    """When the oldest of these effects was asked for at first: a repetition is sent anew."""
    mine = and_(
        transfer.c.case == delivery.c.case,
        transfer.c.item == delivery.c.item,
        transfer.c.effect == delivery.c.effect,
    )
    query = select(func.min(transfer.c.at)).select_from(delivery.join(transfer, mine))
    return connection.execute(query.where(_within(span))).scalar() or span.since


def _within(span: Span) -> ColumnElement[bool]:
    return and_(
        delivery.c.system == span.system,
        delivery.c.operation == span.operation,
        delivery.c.sent_at >= span.since,
        delivery.c.sent_at < span.until,
        delivery.c.attempts > 0,
    )


def states_of(connection: Connection, effects: Sequence[str]) -> dict[str, str]:
    """The states of these deliveries, as far as we know them."""
    found: dict[str, str] = {}
    for first in range(0, len(effects), _MOST_KEYS):
        some = effects[first : first + _MOST_KEYS]
        query = select(delivery.c.effect, delivery.c.state).where(delivery.c.effect.in_(some))
        found.update({row.effect: row.state for row in connection.execute(query)})
    return found


def parked_as(connection: Connection, system: str, code: str) -> list[DeliveryRow]:
    """The deliveries of a system whose items are parked with this code."""
    mine = and_(case_item.c.case == delivery.c.case, case_item.c.item == delivery.c.item)
    query = select(delivery).select_from(delivery.join(case_item, mine))
    query = query.where(
        delivery.c.system == system, case_item.c.state == "parked", case_item.c.code == code
    )
    return [DeliveryRow(*row) for row in connection.execute(query)]


# --- doubt -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DoubtRow:
    """A system in doubt; ``epoch`` is the entry that opened it, ``since`` its time."""

    system: str
    epoch: str
    since: str


def doubts(connection: Connection) -> list[DoubtRow]:
    """Every system in doubt."""
    return [DoubtRow(*row) for row in connection.execute(select(doubt).order_by(doubt.c.system))]


def doubt_since(connection: Connection, system: str) -> str:
    """Since when a system is in doubt; empty if it is not."""
    query = select(doubt.c.since).where(doubt.c.system == system)
    return connection.execute(query).scalar() or ""


def put_doubts(connection: Connection, rows: Iterable[DoubtRow]) -> None:
    """These systems are in doubt; a doubt that was there before has grown."""
    for row in rows:
        end_doubt(connection, row.system)
        connection.execute(insert(doubt).values(**asdict(row)))


def end_doubt(connection: Connection, system: str) -> None:
    """Nothing unknown is there any more."""
    connection.execute(delete(doubt).where(doubt.c.system == system))


def unsettle(connection: Connection, at: str) -> None:
    """After a restore: what was not over may have gone on since, at the latest ``at``.

    What a newer version had overtaken was over: nobody would ever ask after it.
    """
    lost = delivery.c.state.in_(("pending", "sent", "unknown"))
    overtaken = exists().where(
        case_item.c.case == delivery.c.case,
        case_item.c.item == delivery.c.item,
        case_item.c.state == "superseded",
    )
    values = {"state": "unknown", "sent_at": at}
    connection.execute(update(delivery).where(lost, ~overtaken).values(**values))


# --- reconciliations -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReconciliationRow:
    """What came of one comparison, in numbers."""

    id: str
    system: str
    at: str
    since: str
    until: str
    ours: int
    theirs: int
    settled: int
    missing: int
    foreign: int


def add_reconciliation(connection: Connection, row: ReconciliationRow) -> None:
    """Keep what a comparison came to."""
    connection.execute(insert(reconciliation).values(**asdict(row)))


def reconciliations(connection: Connection, system: str = "") -> list[ReconciliationRow]:
    """Comparisons, newest first; of one system if named."""
    query = select(reconciliation).order_by(reconciliation.c.at.desc(), reconciliation.c.system)
    if system:
        query = query.where(reconciliation.c.system == system)
    return [ReconciliationRow(*row) for row in connection.execute(query)]
