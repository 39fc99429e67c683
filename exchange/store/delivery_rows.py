"""Rows of transfers, deliveries, receipts and circuits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import bindparam, delete, insert, select, update

from exchange.store import upsert
from exchange.store.engine import Connection
from exchange.store.prefix import begins
from exchange.store.tables import circuit, delivery, receipt, transfer


@dataclass(frozen=True, slots=True)
class TransferRow:
    """One transfer; ``disclosed`` and ``withheld`` are JSON lists of field names."""

    id: str
    case: str
    item: str
    document: str
    agreement: str
    provider: str
    receiver: str
    purpose: str
    disclosed: str
    withheld: str
    effect: str
    at: str


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One effect that was asked for.

    ``sent_at`` is when the request left, at the latest: a lost one settles from there.
    ``settled_at`` is when it was over (applied or refused), else empty.
    """

    effect: str
    case: str
    item: str
    system: str
    operation: str
    content: str
    state: str
    attempts: int
    sent_at: str
    settled_at: str
    receipt: str
    owner: str = ""
    chain: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """What came of it; ``sealed`` holds the answer."""

    id: str
    effect: str
    what: str
    at: str
    digest: str
    sealed: bytes


_ADD_TRANSFER = insert(transfer)


def add_transfers(connection: Connection, rows: Iterable[TransferRow]) -> None:
    """Insert transfers."""
    values = [asdict(row) for row in rows]
    if values:
        connection.execute(_ADD_TRANSFER, values)


def transfers(connection: Connection, case: str) -> list[TransferRow]:
    """All transfers of a case, oldest first."""
    query = select(transfer).where(transfer.c.case == case).order_by(transfer.c.at, transfer.c.id)
    return [TransferRow(*row) for row in connection.execute(query)]


_TRANSFERS_OF = (
    select(transfer)
    .where(
        transfer.c.case == bindparam("of_case"),
        transfer.c.item == bindparam("of_item"),
        transfer.c.effect == bindparam("of_effect"),
    )
    .order_by(transfer.c.at, transfer.c.id)
)


def transfers_of(connection: Connection, *, case: str, item: str, effect: str) -> list[TransferRow]:
    """The transfers that an item has noted for its effect so far, oldest first."""
    which = {"of_case": case, "of_item": item, "of_effect": effect}
    return [TransferRow(*row) for row in connection.execute(_TRANSFERS_OF, which)]


_DELIVERY = select(delivery).where(delivery.c.effect == bindparam("of_effect"))
_CHANGE_DELIVERY = update(delivery).where(
    delivery.c.effect == bindparam("seen_effect"),
    delivery.c.attempts == bindparam("seen_attempts"),
    delivery.c.settled_at == bindparam("seen_settled_at"),
)


def get_delivery(connection: Connection, effect: str) -> DeliveryRow | None:
    """The delivery of this effect."""
    found = connection.execute(_DELIVERY, {"of_effect": effect}).first()
    return None if found is None else DeliveryRow(*found)


def cases_of_effects(connection: Connection, beginning: str) -> list[str]:
    """The cases of the effects whose key begins so, at most a dozen."""
    query = select(delivery.c.case).where(begins(delivery.c.effect, beginning))
    return [row.case for row in connection.execute(query.distinct().limit(12))]


def put_delivery(connection: Connection, row: DeliveryRow, *, seen: DeliveryRow | None) -> bool:
    """Write what becomes of a delivery that was ``seen`` so (None: not there); tells whether it did.

    A doubt (no attempt yet) may have been seen without standing anywhere. False: another worker
    has sent it again or ended it since.
    """
    values = asdict(row)
    if seen is not None:
        known = {"seen_effect": seen.effect, "seen_attempts": seen.attempts}
        known["seen_settled_at"] = seen.settled_at
        changed = connection.execute(_CHANGE_DELIVERY, values | known).rowcount
        if changed or seen.attempts:
            return changed == 1
    return upsert.insert_new(connection, delivery, values)


def deliveries(connection: Connection, case: str) -> list[DeliveryRow]:
    """All deliveries of a case."""
    query = select(delivery).where(delivery.c.case == case).order_by(delivery.c.sent_at)
    return [DeliveryRow(*row) for row in connection.execute(query)]


def chain(connection: Connection, root: str) -> list[DeliveryRow]:
    """All versions of one thing that were asked for: the root effect and its corrections."""
    query = select(delivery).where(delivery.c.chain == root)
    return [DeliveryRow(*row) for row in connection.execute(query)]


_ADD_RECEIPT = insert(receipt)


def put_receipt(connection: Connection, row: ReceiptRow) -> None:
    """Insert a receipt."""
    connection.execute(_ADD_RECEIPT, asdict(row))


def get_receipt(connection: Connection, identifier: str) -> ReceiptRow | None:
    """One receipt."""
    found = connection.execute(select(receipt).where(receipt.c.id == identifier)).first()
    return None if found is None else ReceiptRow(*found)


def receipts(connection: Connection, effects: Iterable[str]) -> list[ReceiptRow]:
    """All receipts of these effects, oldest first."""
    query = select(receipt).where(receipt.c.effect.in_(list(effects))).order_by(receipt.c.at)
    return [ReceiptRow(*row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class CircuitRow:
    """How a system has been failing (``failures`` in a row), or that it is ``slow`` (1); or both."""

    system: str
    failures: int
    open_until: str
    since: str
    code: str
    slow: int = 0


_CIRCUIT = select(circuit).where(circuit.c.system == bindparam("of_system"))
_CLOSE_CIRCUIT = (
    update(circuit)
    .where(circuit.c.system == bindparam("of_system"), circuit.c.failures > 0)
    .values(failures=0, open_until=circuit.c.since)
)
_FORGET_CIRCUIT = delete(circuit).where(
    circuit.c.system == bindparam("of_system"), circuit.c.failures == 0, circuit.c.slow == 0
)


def get_circuit(connection: Connection, system: str) -> CircuitRow | None:
    """The system's circuit, if it has been failing or slow."""
    found = connection.execute(_CIRCUIT, {"of_system": system}).first()
    return None if found is None else CircuitRow(*found)


def put_circuit(connection: Connection, row: CircuitRow) -> None:
    """Note a failure."""
    upsert.put(connection, circuit, asdict(row))


def circuits(connection: Connection) -> list[CircuitRow]:
    """Of every system that did not answer when it was last asked, or is slow."""
    return [CircuitRow(*row) for row in connection.execute(select(circuit))]


def forget_slow(connection: Connection, system: str) -> None:
    """The system is quick again, unless it has failed meanwhile."""
    which = (circuit.c.system == system, circuit.c.failures == 0)
    connection.execute(delete(circuit).where(*which))


def close_circuit(connection: Connection, system: str) -> bool:
    """The system answers again; False if it had not been failing."""
    closed = connection.execute(_CLOSE_CIRCUIT, {"of_system": system}).rowcount
    if closed:
        connection.execute(_FORGET_CIRCUIT, {"of_system": system})
    return bool(closed)
