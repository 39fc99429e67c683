"""A message of the hub to itself, through everything that a real one goes through, and back.

Signed with the hub's key, sealed, taken in by the inbox, noted on the ledger, disclosed under an
agreement, delivered over HTTP to a mailbox on loopback as one effect, receipted; then the mailbox's
copy, the stored one, the receipt and the ledger's head are verified. It carries a marker that was
never used before. It belongs to no case, and what it leaves in the tables is removed; its entries
on the ledger stay, under a kind of their own, so that no report counts them.
"""

from __future__ import annotations

import secrets
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta

from connectors.http_server import HttpServer
from exchange import heads, times, transfer
from exchange.agreement import Agreement
from exchange.bookkeeping import Order
from exchange.delivery import Delivery
from exchange.document import Document, Origin, issue, raw_digest
from exchange.errors import Fatal
from exchange.ledger import Entry, Ledger, Work
from exchange.ports import Operation
from exchange.receipt import open_row
from exchange.store import delivery_rows, document_rows, ledger_rows, self_rows
from exchange.store.engine import Connection
from exchange.store.self_rows import KIND
from zhida.hub import Hub
from zhida.mailbox import Mailbox, MailboxAdapter

FIELD = "marker"
KEEP = Operation("keep", "自检", {"message": KIND}, identity=(f"message/{FIELD}",))
STALE = timedelta(hours=1)
"""What is older was left by a doctor who was killed; a living one takes seconds."""


class Aside(Ledger):
    """The hub's ledger, on which whatever is committed is of the kind ``self-message``."""

    def commit(self, work: Work) -> None:
        """See ``Ledger.commit``; the entry's own kind stands in its details as ``was``."""
        super().commit(lambda connection: [_renamed(each) for each in work(connection)])


def _renamed(entry: Entry) -> Entry:
    return replace(entry, kind=KIND, details=entry.details | {"was": entry.kind})


@dataclass(frozen=True, slots=True)
class Sent:
    """What went through, and how many entries the ledger has afterwards."""

    marker: str
    size: int
    kid: str


def send(hub: Hub) -> Sent:
    """Once through everything. Raises what a real message would; ``Fatal doctor.not-delivered``,
    and ``Fatal doctor.self-message`` where it came back as another one.
    """
    errand = _Errand(hub, secrets.token_hex(16))
    try:
        return errand.run()
    finally:
        errand.clear()


class _Errand:
    """One self-message under way. Its source, its target and its bucket have one name."""

    def __init__(self, hub: Hub, marker: str) -> None:
        self.hub, self.marker, self.name = hub, marker, f"doctor-{marker}"
        self.ledger = hub.open_ledger(Aside)

    def run(self) -> Sent:
        self.hub.vault.prepare()
        item, box = self._taken_in(), Mailbox()
        with (
            HttpServer(("127.0.0.1", 0), box) as server,
            closing(MailboxAdapter(KEEP, server.port)) as adapter,
        ):
            self._deliver(item, adapter)
        _require("mailbox", [self._marker(each) for each in box.messages] == [self.marker])
        _require("store", self.hub.archive.get(item.id).fields == item.fields)
        _require("receipt", self._receipted(adapter.effect) == self.marker)
        return Sent(self.marker, self._ledger_size(), self.hub.signer.kid)

    def clear(self) -> None:
        """Nothing of it stays in the tables of work, nor of one that was killed long ago."""
        before = times.stamp(self.hub.clock() - STALE)
        with self.hub.store.write() as connection:
            names = {self.name, *self_rows.left(connection, before)}
            for name in names:
                self_rows.clear(connection, name)
        for name in names:
            self.hub.vault.destroy(name)

    def _taken_in(self) -> Document:
        """T1: inbox, document and its entry, together; a second time it would be known."""
        hub, now, salt = self.hub, self.hub.clock(), secrets.token_bytes(16)
        raw = self.marker.encode()
        digest = raw_digest(raw, salt)
        origin = Origin(KIND, hub.site.unit, hub.site.unit, "hub", self.name, now, digest)
        item = hub.archive.verify(issue({FIELD: self.marker}, origin, hub.signer, now=now))
        noted = {"content": digest, "document": item.id, "first_at": times.stamp(now)}

        def work(connection: Connection) -> list[Entry]:
            document_rows.remember(connection, self.name, self.marker, **noted)
            hub.archive.put(connection, item, raw=raw, salt=salt, bucket=self.name, now=now)
            return [Entry("document", item.id)]

        self.ledger.commit(work)
        with hub.store.read() as connection:
            _require("inbox", document_rows.seen(connection, self.name, self.marker) == digest)
        return item

    def _deliver(self, item: Document, adapter: MailboxAdapter) -> None:
        """T2 and T3; and once more, which must be the old receipt again."""
        hub, unit = self.hub, self.hub.site.unit
        told = transfer.plan(item, [_agreement(hub)], receiver=unit, purpose=KIND, now=hub.clock())
        adapter.presentation = told.presentation
        moved = {"message": told}
        order = Order("", KIND, self.name, KEEP, moved, self.name, may_leave=lambda _: True)
        delivery = Delivery(
            store=hub.store, ledger=self.ledger, locks=hub.locks, vault=hub.vault, clock=hub.clock
        )
        for _ in range(2):
            outcome = delivery.deliver(order, adapter, lambda *_: [])
            if outcome.state != "applied":
                facts = {"state": outcome.state, "because": outcome.code or "-"}
                raise Fatal("doctor.not-delivered", **facts)

    def _marker(self, token: str) -> object:
        return self.hub.archive.verify(token).fields.get(f"/{FIELD}")

    def _receipted(self, effect: str) -> str:
        with self.hub.store.read() as connection:
            row = delivery_rows.get_delivery(connection, effect)
            kept = delivery_rows.get_receipt(connection, row.receipt) if row else None
        return open_row(self.hub.vault, kept).reference if kept else ""

    def _ledger_size(self) -> int:
        """The newest head is signed by a key of the hub, over as many entries as it says."""
        with self.hub.store.read() as connection:
            row = ledger_rows.head(connection)
        head = heads.read(row.token, self.hub.trust.hub_keys()) if row else None
        if head is None or head.origin != self.hub.site.name:
            raise Fatal("doctor.self-message", step="ledger")
        return head.size


def _agreement(hub: Hub) -> Agreement:
    """Of the hub with itself, for today."""
    today, unit = times.civil_day(hub.clock()), hub.site.unit
    days = (today - timedelta(days=1), today + timedelta(days=1))
    return Agreement(KIND, unit, unit, KIND, KIND, "自检", (f"/{FIELD}",), *days)


def _require(step: str, holds: bool) -> None:
    if not holds:
        raise Fatal("doctor.self-message", step=step)
