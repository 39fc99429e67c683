"""Rows of the ledger: entries, tiles, heads, and the one tip."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, insert, select, update

from crypto import merkle
from crypto.merkle import Digest, Frontier, Tiles
from crypto.merkle_tiles import WIDTH
from exchange.store import upsert
from exchange.store.engine import Connection
from exchange.store.tables import ledger_entry, ledger_head, ledger_tile, ledger_tip


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One leaf; ``seq`` counts from 0, ``body`` is canonical JSON, ``hash`` its leaf hash."""

    seq: int
    kind: str
    case: str
    ref: str
    body: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class HeadRow:
    """One signed tree head."""

    size: int
    at: str
    token: str


_TIP = select(ledger_tip.c.frontier).where(ledger_tip.c.id == 1)
_TAKE_TIP = _TIP.with_for_update()
_PUT_TIP = update(ledger_tip).where(ledger_tip.c.id == 1)
_ADD_HEAD, _ADD_ENTRY, _ADD_TILE = insert(ledger_head), insert(ledger_entry), insert(ledger_tile)


def take_tip(connection: Connection, digest: Digest) -> Frontier:
    """The tree's frontier, with its row locked until the transaction ends."""
    found = connection.execute(_TAKE_TIP).scalar()
    if found is None:  # two writers of the very first entries must meet at one row too
        empty = {"id": 1, "size": 0, "frontier": Frontier(digest).to_bytes()}
        upsert.insert_new(connection, ledger_tip, empty)
        found = connection.execute(_TAKE_TIP).scalar_one()
    return Frontier.from_bytes(found, digest)


def tip(connection: Connection, digest: Digest) -> Frontier:
    """The tree's frontier, to look at."""
    found = connection.execute(_TIP).scalar()
    return Frontier(digest) if found is None else Frontier.from_bytes(found, digest)


def put_tip(connection: Connection, frontier: Frontier, at: str, token: str) -> None:
    """The new end of the tree, and its signed head."""
    values = {"size": frontier.size, "frontier": frontier.to_bytes()}
    connection.execute(_PUT_TIP, values)
    connection.execute(_ADD_HEAD, {"size": frontier.size, "at": at, "token": token})


def insert_entries(connection: Connection, rows: Sequence[EntryRow]) -> None:
    """Append leaves."""
    values = [{name: getattr(row, name) for name in row.__slots__} for row in rows]
    connection.execute(_ADD_ENTRY, values)


def insert_tiles(connection: Connection, old_size: int, new_size: int, digest: Digest) -> None:
    """Write the tiles that growing from ``old_size`` to ``new_size`` completes."""
    for level, n in merkle.tiles_completed(old_size, new_size):
        hashes = _load(connection, level, n, WIDTH)
        root = merkle.tile_root(digest, hashes)
        row = {"level": level, "n": n, "hashes": b"".join(hashes), "root": root}
        connection.execute(_ADD_TILE, row)


def tile(connection: Connection, level: int, n: int) -> tuple[bytes, bytes] | None:
    """Hashes and root of a complete tile as they were written."""
    query = select(ledger_tile.c.hashes, ledger_tile.c.root).where(
        ledger_tile.c.level == level, ledger_tile.c.n == n
    )
    found = connection.execute(query).first()
    return None if found is None else (found.hashes, found.root)


def count_tiles(connection: Connection) -> int:
    """How many complete tiles there are."""
    return int(connection.execute(select(func.count()).select_from(ledger_tile)).scalar_one())


def reader(connection: Connection, size: int, digest: Digest) -> Tiles:
    """What proofs for the tree of ``size`` leaves read; only within this transaction."""
    return Tiles(digest, size, lambda level, n, count: _load(connection, level, n, count))


def _load(connection: Connection, level: int, n: int, count: int) -> list[bytes]:
    """The first ``count`` hashes of a tile: its row if complete, else what lies below it."""
    whole = select(ledger_tile.c.hashes).where(ledger_tile.c.level == level, ledger_tile.c.n == n)
    hashes = connection.execute(whole).scalar()
    if hashes is not None:
        return list(merkle.split_hashes(hashes))[:count]
    first = n * WIDTH
    if level == 0:
        singles = select(ledger_entry.c.hash).where(
            ledger_entry.c.seq >= first, ledger_entry.c.seq < first + count
        )
        return list(connection.execute(singles.order_by(ledger_entry.c.seq)).scalars())
    roots = select(ledger_tile.c.root).where(
        ledger_tile.c.level == level - 1, ledger_tile.c.n >= first, ledger_tile.c.n < first + count
    )
    return list(connection.execute(roots.order_by(ledger_tile.c.n)).scalars())


def head(connection: Connection) -> HeadRow | None:
    """The newest signed head."""
    query = select(ledger_head).order_by(ledger_head.c.size.desc()).limit(1)
    found = connection.execute(query).first()
    return None if found is None else HeadRow(*found)


def head_of(connection: Connection, size: int) -> str:
    """The signed head over ``size`` leaves; empty if none was signed at that size."""
    query = select(ledger_head.c.token).where(ledger_head.c.size == size)
    return connection.execute(query).scalar() or ""


def size_before(connection: Connection, at: str) -> int:
    """How many entries the newest head from before this moment (stamp) is over."""
    query = select(func.max(ledger_head.c.size)).where(ledger_head.c.at < at)
    return connection.execute(query).scalar() or 0


def heads(connection: Connection, after: int = -1) -> list[HeadRow]:
    """All signed heads, oldest first; those over more than ``after`` leaves."""
    query = select(ledger_head).where(ledger_head.c.size > after).order_by(ledger_head.c.size)
    rows = connection.execute(query)
    return [HeadRow(*row) for row in rows]


def entries(connection: Connection, first: int, count: int) -> list[EntryRow]:
    """A run of leaves in order."""
    query = (
        select(ledger_entry)
        .where(ledger_entry.c.seq >= first)
        .order_by(ledger_entry.c.seq)
        .limit(count)
    )
    return [_entry(*row) for row in connection.execute(query)]


def _entry(*values: Any) -> EntryRow:
    """SQLite keeps text in a column of bytes if told to: that was none of us, and is no body."""
    row = EntryRow(*values)
    return row if isinstance(row.body, bytes) else replace(row, body=b"\xff")


def entries_of(connection: Connection, kind: str, ref: str = "") -> list[EntryRow]:
    """All leaves of a kind, in order; about one thing if named."""
    query = select(ledger_entry).where(ledger_entry.c.kind == kind).order_by(ledger_entry.c.seq)
    if ref:
        query = query.where(ledger_entry.c.ref == ref)
    return [EntryRow(*row) for row in connection.execute(query)]


def entries_about(connection: Connection, prefix: str) -> list[EntryRow]:
    """All leaves about things of which the names begin so, in order; found by the index of ``ref``.

    ``prefix`` ends in a slash: what sorts before the sign after it begins with it.
    """
    after = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    where = (ledger_entry.c.ref >= prefix, ledger_entry.c.ref < after)
    query = select(ledger_entry).where(*where).order_by(ledger_entry.c.seq)
    found = [EntryRow(*row) for row in connection.execute(query)]
    return [each for each in found if each.ref.startswith(prefix)]


def has(connection: Connection, kind: str, ref: str, **details: str) -> bool:
    """Is there a leaf of this kind about ``ref`` that says so?"""
    query = select(ledger_entry.c.body).where(
        ledger_entry.c.ref == ref, ledger_entry.c.kind == kind
    )
    told = (json.loads(row.body) for row in connection.execute(query))
    return any(details.items() <= each.items() for each in told)


def entries_of_case(connection: Connection, case: str) -> list[EntryRow]:
    """All leaves about a case, in order."""
    query = select(ledger_entry).where(ledger_entry.c.case == case).order_by(ledger_entry.c.seq)
    return [EntryRow(*row) for row in connection.execute(query)]
