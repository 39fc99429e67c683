"""The transactions of a delivery: each writes one true state, or nothing.

None of them makes a call, and no call is made inside any of them (``exchange.delivery`` decides
what is called between them).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from exchange import receipt, times, turn, withheld
from exchange.bookkeeping import (
    Order,
    put_row,
    write_again,
    write_end,
    write_late,
    write_sent,
    write_unsent,
)
from exchange.effect import Tag, content_digest, correction_key, effect_key
from exchange.errors import Retriable, ZhidaError
from exchange.ledger import Entry, Ledger
from exchange.outcome import BUSY, Outcome
from exchange.ports import ROOT, Adapter, Clock, Prepared
from exchange.receipt import Receipt
from exchange.store import book_rows, case_rows, delivery_rows
from exchange.store.case_rows import ItemRow
from exchange.store.delivery_rows import DeliveryRow
from exchange.store.engine import Connection, Store
from exchange.vault import Vault

Follow = Callable[[Connection, Outcome], list[Entry]]
"""What follows from an outcome, in the same transaction (documents, items, the case)."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One worker's try at an effect."""

    order: Order
    adapter: Adapter
    follow: Follow
    effect: str
    content: str
    """Keyed digest of what is to be sent."""
    chain: str
    """The key of the root effect, of which this is a version."""
    seen: ItemRow | None = None
    """The item as its owner has found it; nothing is told to one that has changed since."""

    @classmethod
    def plan(cls, tag: Tag, order: Order, adapter: Adapter, follow: Follow) -> Attempt:
        """Which effect is it? ``Invalid`` if nothing identifies the thing."""
        with withheld.told(order.transfers):
            return cls._planned(tag, order, adapter, follow)

    @classmethod
    def _planned(cls, tag: Tag, order: Order, adapter: Adapter, follow: Follow) -> Attempt:
        content = content_digest(tag, order.inputs)
        if order.operation.corrects:
            chain, version = str(order.root["effect"]), order.version
            key = correction_key(tag, order.operation, chain, version=version, content=content)
        else:
            which = (order.system, order.operation, order.inputs)
            chain = key = effect_key(tag, *which, roots=order.roots)
        return cls(order, adapter, follow, key, content, chain)

    def prepare(self) -> Prepared:
        """The message for the wire. Raises ``Invalid``."""
        order = self.order
        inputs = dict(order.inputs)
        if order.operation.corrects:
            inputs[ROOT] = order.root
        with withheld.told(order.transfers):
            return self.adapter.prepare(order.operation.name, inputs, self.effect)


class Journal:
    """Writes down what a delivery does, before and after it does it. Thread-safe."""

    def __init__(
        self, *, store: Store, ledger: Ledger, vault: Vault, clock: Clock, owner: str
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._vault = vault
        self._clock = clock
        self._owner = owner

    def look(self, order: Order, effect: str) -> tuple[DeliveryRow | None, ItemRow | None]:
        """The delivery and the item as they are now."""
        with self._store.read() as connection:
            row = delivery_rows.get_delivery(connection, effect)
            return row, case_rows.get_item(connection, order.case, order.item)

    def receipt(self, row: DeliveryRow) -> Receipt | None:
        """The receipt of a delivery, opened."""
        with self._store.read() as connection:
            kept = delivery_rows.get_receipt(connection, row.receipt)
        return None if kept is None else receipt.open_row(self._vault, kept)

    def doubt(self, system: str) -> datetime | None:
        """Since when effects that we do not know may exist in this system (after a restore)."""
        with self._store.read() as connection:
            since = book_rows.doubt_since(connection, system)
        return times.instant(since) if since else None

    def in_doubt(
        self, attempt: Attempt, before: DeliveryRow | None, since: datetime
    ) -> DeliveryRow:
        """A delivery that a store which is lost may have made, at the latest ``since``."""
        row = self._row(attempt, before, "unknown", since)
        if before is None:
            return replace(row, attempts=0, owner="")
        return replace(row, attempts=before.attempts, settled_at=before.settled_at, owner="")

    def others(self, attempt: Attempt) -> list[DeliveryRow]:
        """The other deliveries of the same thing."""
        with self._store.read() as connection:
            rows = delivery_rows.chain(connection, attempt.chain)
        return [row for row in rows if row.effect != attempt.effect]

    def begin(
        self, attempt: Attempt, before: DeliveryRow | None, *, repeated: bool = False
    ) -> DeliveryRow | None:
        """T1: from here on the request counts as sent. None: it is out of date, and is not.

        What may have been executed already is ``repeated`` as it was, and corrected afterwards.
        """
        order, now = attempt.order, self._clock()
        row = self._row(attempt, before, "sent", now)

        def write(connection: Connection) -> tuple[DeliveryRow | None, list[Entry]]:
            case_rows.lock_case(connection, order.case)
            if not repeated and turn.is_overtaken(connection, order):
                turn.begin_anew(connection, order, before, now=now)
                return None, []
            return row, write_sent(connection, order, row, before=before, now=now)

        return self._ledger.decide(write)

    def _row(
        self, attempt: Attempt, before: DeliveryRow | None, state: str, sent_at: datetime
    ) -> DeliveryRow:
        order = attempt.order
        return DeliveryRow(
            effect=attempt.effect,
            case=order.case,
            item=order.item,
            system=order.system,
            operation=order.operation.name,
            content=attempt.content,
            state=state,
            attempts=1 + (before.attempts if before else 0),
            sent_at=times.stamp(sent_at),
            settled_at="",
            receipt="",
            owner=self._owner,
            chain=attempt.chain,
            version=order.version,
        )

    def finish(self, attempt: Attempt, row: DeliveryRow, outcome: Outcome) -> Outcome:
        """T3: receipt, states, and what follows, together.

        Somebody else may have sent it again meanwhile, if this worker's lock was lost while it
        lived. Then the row is theirs, and our answer is only kept.
        """
        order, now = attempt.order, self._clock()

        def write(connection: Connection, told: Outcome) -> list[Entry]:
            return write_end(
                connection, order, row, outcome=outcome, told=told, vault=self._vault, now=now
            )

        try:
            return self._record(attempt.follow, outcome, write)
        except Retriable as error:
            if error.code != "delivery.overtaken":
                raise
        self._ledger.commit(
            lambda c: write_late(c, order, row, outcome=outcome, vault=self._vault, now=now)
        )
        return BUSY

    def unsent(
        self, order: Order, follow: Follow, outcome: Outcome, *, seen: ItemRow | None
    ) -> Outcome:
        """Nothing left: the item is told why, and the ledger if it is for a person."""
        now = self._clock()
        return self._record(
            follow,
            outcome,
            lambda c, told: write_unsent(c, order, outcome=outcome, told=told, seen=seen, now=now),
        )

    def again(self, attempt: Attempt, row: DeliveryRow, outcome: Outcome) -> Outcome:
        """The same event once more: nothing is sent; what follows, follows for this case too."""
        order, seen, now = attempt.order, attempt.seen, self._clock()
        return self._record(
            attempt.follow,
            outcome,
            lambda c, told: write_again(c, order, row, told=told, seen=seen, now=now),
        )

    def bereaved(self, row: DeliveryRow) -> DeliveryRow:
        """Its worker died, at the latest now, and may have sent it the moment before."""
        found = replace(row, state="unknown", sent_at=times.stamp(self._clock()))
        with self._store.write() as connection:
            put_row(connection, found, seen=row)
        return found

    def not_there(self, row: DeliveryRow) -> None:
        """Surely it did not come about: so no other version of the thing waits for it."""
        with self._store.write() as connection:
            stands = delivery_rows.get_delivery(connection, row.effect)
            if stands is not None and stands.state in turn.BEGUN:
                put_row(connection, replace(stands, state="pending"), seen=row)

    def busy(self, order: Order, until: datetime) -> Outcome:
        """Not now: look again then, and not in every sweep before."""
        with self._store.write() as connection:
            case_rows.postpone(connection, order.case, order.item, times.stamp(until))
        return BUSY

    def _record(
        self,
        follow: Follow,
        outcome: Outcome,
        write: Callable[[Connection, Outcome], list[Entry]],
    ) -> Outcome:
        """If what follows fails, the truth is written all the same, and a person called."""
        try:
            self._ledger.commit(lambda c: [*write(c, outcome), *follow(c, outcome)])
        except Retriable:
            raise
        except Exception as error:  # noqa: BLE001 (told as a code)
            because = error.code if isinstance(error, ZhidaError) else type(error).__name__
            kept = Outcome("parked", "delivery.follow-failed", {"because": because})
            self._ledger.commit(lambda c: write(c, kept))
            return kept
        return outcome
