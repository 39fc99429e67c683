"""The hub signs a new head only over a tree that goes on from the last one that it signed.

Whoever owns the database can rewrite entries and the tip, and wait for the hub to sign what has
become of it. So the last signed head is kept outside the database too, and before the next one it is
proven that the tree still begins with that one's (RFC 9162, 2.1.4). Otherwise nothing is signed and
nothing is committed: that is an error for people. A restore is told from that by its signed epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Protocol

from crypto import merkle
from crypto.errors import CryptoError
from crypto.merkle import Frontier
from crypto.suites import suite
from exchange import epoch, heads
from exchange.epoch import Epoch
from exchange.errors import Fatal, Invalid
from exchange.heads import Head, HubKeys
from exchange.ledger import Signed
from exchange.store import ledger_rows
from exchange.store.engine import Connection
from exchange.store.ledger_rows import EntryRow


class Kept(Protocol):
    """Where the last head lies: not in the database that it is about."""

    def read(self) -> str:
        """Its token; empty if there is none, or it can't be read."""

    def write(self, token: str) -> None:
        """Keep this one. What can't be written is not: its entries are committed already."""


class Continuity:
    """What one process knows of the ledger's end (``exchange.ledger.Guard``).

    ``keys`` are the hub's own, in their turn. The first time on a machine nothing is kept yet: then
    the tip must be signed, and that is all that can be known. ``told`` learns each entry that was
    committed, as it was written, whatever the database makes of it.
    """

    def __init__(
        self,
        kept: Kept,
        keys: Callable[[Connection], HubKeys],
        origin: str,
        *,
        told: Callable[[Sequence[EntryRow]], None] = lambda _: None,
    ) -> None:
        self._kept, self._keys, self._origin, self._told = kept, keys, origin, told
        self._end: Frontier | None = None
        self._mine: Head | None = None

    def require(self, connection: Connection, tip: Frontier) -> None:
        """``Fatal ledger.not-continued`` unless the hub signed this tip, and it goes on from the last head.

        Nothing is asked where it is this process's own; else a proof is made, of a few tiles. The
        tip is locked.
        """
        if tip == self._end:
            return
        given = self._keys(connection)
        last = self._last(given)
        signed = self._is_signed(tip, self._head(connection, tip, last, given))
        if signed and (last is None or _goes_on(connection, last, tip)):
            return
        if signed and last is not None and _is_explained(connection, last, tip):
            return
        raise Fatal("ledger.not-continued", size=tip.size, head=last.size if last else 0)

    def signed(self, done: Signed) -> None:
        """This head was committed; before, it might still be taken back."""
        end = self._end = done.end
        self._mine = Head(self._origin, end.size, end.root().hex(), done.at, done.token)
        self._kept.write(done.token)
        self._told(done.rows)

    def _last(self, given: HubKeys) -> Head | None:
        """The larger of what is kept and what this process signed: others on the machine sign too."""
        kept = heads.read(self._kept.read(), given)
        found = [self._mine, kept if kept and kept.origin == self._origin else None]
        return max(filter(None, found), key=lambda each: each.size, default=None)

    def _head(
        self, connection: Connection, tip: Frontier, last: Head | None, given: HubKeys
    ) -> Head | None:
        """The head over the tip, if it is ours. Mostly it is the last one, which was verified."""
        token = ledger_rows.head_of(connection, tip.size)
        return last if last is not None and last.token == token else heads.read(token, given)

    def _is_signed(self, tip: Frontier, found: Head | None) -> bool:
        """Is this the head of that very tree? An empty one needs none."""
        told = (found.origin, found.size, found.root) if found else (self._origin, 0, "")
        return told == (self._origin, tip.size, tip.root().hex() if tip.size else "")


def _goes_on(connection: Connection, last: Head, tip: Frontier) -> bool:
    if last.size > tip.size:
        return False
    reader = ledger_rows.reader(connection, tip.size, tip.digest)
    try:
        path = merkle.consistency_path(last.size, tip.size, reader)
        roots = bytes.fromhex(last.root), tip.root()
        merkle.verify_consistency(last.size, tip.size, path, *roots, tip.digest)
    except CryptoError:
        return False
    return True


def _is_explained(connection: Connection, last: Head, tip: Frontier) -> bool:
    """Is there an epoch in this tree that says how the last head was lost?"""
    return any(epoch.explains(found, asdict(last)) for found in _epochs(connection, tip))


def epochs(connection: Connection, given: HubKeys, origin: str) -> list[Epoch]:
    """The restores of this ledger, each proven under the newest head; none if that is not the hub's."""
    row, known = ledger_rows.head(connection), heads.keys(given)
    head = heads.read(row.token, known) if row else None
    tip = ledger_rows.tip(connection, suite(known[0].suite).digest)
    wanted = (origin, tip.size, tip.root().hex())
    if head is None or (head.origin, head.size, head.root) != wanted:
        return []
    return list(_epochs(connection, tip))


def _epochs(connection: Connection, tip: Frontier) -> Iterator[Epoch]:
    for row in proven(connection, ledger_rows.entries_of(connection, epoch.KIND), tip):
        with suppress(Invalid):
            found = epoch.read(row.body)
            if found.size == row.seq:
                yield found


def proven(connection: Connection, rows: Iterable[EntryRow], tip: Frontier) -> Iterator[EntryRow]:
    """Those of these entries of which the body stands in this very tree, at its place."""
    reader = ledger_rows.reader(connection, tip.size, tip.digest)
    for row in rows:
        with suppress(CryptoError):
            path = merkle.inclusion_path(row.seq, tip.size, reader)
            leaf = merkle.leaf_hash(tip.digest, row.body)
            merkle.verify_inclusion(leaf, row.seq, tip.size, path, tip.root(), tip.digest)
            yield row
