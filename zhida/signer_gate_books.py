"""What has been handed over through the gate, and what has still to be: in the signer's own store.

A batch is an entry of the log, written together with those that say who has read what, before any file
is made of it. So its files can be made again to the letter, whenever that is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from exchange import canonical
from exchange.document import Document, new_id
from exchange.ledger import Entry
from exchange.store import document_rows, ledger_rows
from exchange.store.engine import Connection, Store
from zhida import signer_changes
from zhida.signer_desk import SignerDesk, read_by

HANDED, RECEIPT, AGAIN = "handed", "receipt", "again"
"""Kinds of entries: a batch that was handed to the gate; the word of the other side that it is there; that
everything since then goes out once more.
"""
_SOURCE = "gate"


@dataclass(frozen=True, slots=True)
class Given:
    """How far one asker has been told of the log through the gate."""

    place: int = 0
    waiting: tuple[str, ...] = ()
    """Batches without a receipt, in their order."""
    arrivals: str = ""
    """The cursor of what comes from the other side."""


def given(store: Store, asker: str) -> Given:
    """How far ``asker`` has come; the keys are not needed."""
    with store.read() as connection:
        text, _, _ = document_rows.get_cursor(connection, _SOURCE, asker)
    told = canonical.loads(text.encode()) if text else {}
    return Given(**{**told, "waiting": tuple(told["waiting"])}) if told else Given()


@dataclass(frozen=True, slots=True)
class GateBooks:
    """The books about one asker."""

    desk: SignerDesk
    asker: str

    def given(self) -> Given:
        """How far it has come."""
        return given(self.desk.store, self.asker)

    def keep(self, now: Given) -> None:
        """Write down what is no news for the log."""
        with self.desk.store.write() as connection:
            self._put(connection, now)

    def next(self, now: Given) -> Given:
        """Note the next batches, if anything of the next entries is for the asker."""
        desk = self.desk
        with desk.one_at_a_time:
            with desk.store.read() as connection:
                signed, then = signer_changes.look(connection, now.place)
                first = signer_changes.firsts(connection, signed)
                changed = signer_changes.concerning(connection, signed, self.asker)
            if then == now.place:
                return now
            found = {"births": signer_changes.newest(desk, first)}
            found["changes"] = [desk.archive.get(each) for each in changed]
            return self._note(replace(now, place=then), found)

    def received(self, now: Given, batches: Sequence[str]) -> Given:
        """The other side has these."""
        left = tuple(each for each in now.waiting if each not in batches)
        return self.commit(
            replace(now, waiting=left),
            [Entry(RECEIPT, each, details={"by": self.asker}) for each in batches],
        )

    def content(self, batch: str) -> bytes:
        """The message: what the door for questions answers, and on which of its lists."""
        with self.desk.store.read() as connection:
            [row] = ledger_rows.entries_of(connection, HANDED, batch)
        told = canonical.loads(row.body)
        found = [self.desk.archive.get(each) for each in told["documents"]]
        documents = [{"document": each.token, "kind": each.origin.kind} for each in found]
        return canonical.dumps(
            {"stream": told["stream"], "documents": documents, "next": told["next"]}
        )

    def _note(self, now: Given, found: dict[str, list[Document]]) -> Given:
        entries: list[Entry] = []
        for stream, documents in found.items():
            if documents:
                told = {"by": self.asker, "stream": stream, "next": str(now.place)}
                details = {**told, "documents": [each.id for each in documents]}
                entries += [read_by(self.asker, each) for each in documents]
                entries.append(Entry(HANDED, new_id(), details=details))
        batches = tuple(each.ref for each in entries if each.kind == HANDED)
        now = replace(now, waiting=now.waiting + batches)
        if entries:
            return self.commit(now, entries)
        self.keep(now)
        return now

    def commit(self, now: Given, entries: list[Entry]) -> Given:
        """Write it down with these entries of the log."""

        def write(connection: Connection) -> list[Entry]:
            self._put(connection, now)
            return entries

        self.desk.ledger.commit(write)
        return now

    def _put(self, connection: Connection, now: Given) -> None:
        told = {"place": now.place, "waiting": list(now.waiting), "arrivals": now.arrivals}
        value = canonical.dumps(told).decode()
        document_rows.put_cursor(
            connection, _SOURCE, self.asker, value=value, next_at="", failures=0
        )
