"""The ledger at size: appending to ten million entries, against appending to ten thousand.

Both ledgers are made up: a frontier, a head, every complete tile of 256 hashes with its root
(random), and with ``ZHIDA_BENCH_ENTRIES=1`` ten million rows of entries too (some 3 GB, minutes).
Appending reads nothing of them but the frontier and what completes a tile, whatever their number.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert

from benchmarks.measure import Result, compared, in_turn, rates
from crypto import keys, suites
from crypto.merkle import Frontier
from crypto.merkle_tiles import WIDTH
from exchange.ledger import Entry, Ledger
from exchange.store import ledger_rows, schema
from exchange.store.engine import Connection, Store
from exchange.store.tables import ledger_entry, ledger_tile

SMALL, LARGE = 39 * WIDTH, 152 * WIDTH**2
"""Whole tiles: 9,984 and 9,961,472 leaves."""
_GROUPS, _EACH = 60, 10
_SUITE = "SM2-SM3"


def run() -> Result:
    """Groups of ten entries, each group one transaction with one signed head, SQLite on disk."""
    rng, entries = random.Random(3), bool(os.environ.get("ZHIDA_BENCH_ENTRIES"))
    with tempfile.TemporaryDirectory() as folder:
        large = _Growing(Path(folder) / "large.db", LARGE, rng, entries=entries)
        small = _Growing(Path(folder) / "small.db", SMALL, rng, entries=entries)
        samples = in_turn(large.grow, small.grow)
        notes = [f"{large.bytes() >> 20} MB against {small.bytes() >> 20} MB"]
        large.store.close()
        small.store.close()
    rate, cpu = rates([mine for mine, _ in samples])
    result = Result("LEDGER", "账本追加 at 10 million", "条", "≥ 0.9 ×", rate, cpu)
    result.reference, result.notes = "at 10,000", notes
    return compared(result, samples, 0.9)


class _Growing:
    """One ledger, which grows."""

    def __init__(self, path: Path, size: int, rng: random.Random, *, entries: bool) -> None:
        self.path, self.store = path, Store(f"sqlite:///{path}")
        schema.upgrade(self.store)
        _make_up(self.store, size, rng)
        if entries:
            _fill(self.store, size, rng)
        key, clock = keys.generate(_SUITE), lambda: datetime.now(UTC)
        self.ledger = Ledger(self.store, key, origin="bench", clock=clock)

    def grow(self) -> int:
        for _ in range(_GROUPS):
            self.ledger.commit(_some)
        return _GROUPS * _EACH

    def bytes(self) -> int:
        return self.path.stat().st_size


def _some(connection: Connection) -> list[Entry]:
    del connection
    return [Entry("bench", str(number)) for number in range(_EACH)]


def _make_up(store: Store, size: int, rng: random.Random) -> None:
    digest = suites.suite(_SUITE).digest
    hashes = tuple(rng.randbytes(32) for _ in range(size.bit_count()))
    with store.write() as connection:
        ledger_rows.take_tip(connection, digest)
        for rows in _tiles(size, rng):
            connection.execute(insert(ledger_tile), rows)
        frontier = Frontier(digest, size, hashes)
        ledger_rows.put_tip(connection, frontier, "2026-01-01T00:00:00.000000Z", "made up")


def _tiles(size: int, rng: random.Random) -> Iterator[list[dict[str, object]]]:
    level, count = 0, size // WIDTH
    while count:
        for first in range(0, count, 2000):
            yield [
                {"level": level, "n": n, "hashes": rng.randbytes(8192), "root": rng.randbytes(32)}
                for n in range(first, min(first + 2000, count))
            ]
        level, count = level + 1, count // WIDTH


def _fill(store: Store, size: int, rng: random.Random) -> None:
    for first in range(0, size, 50_000):
        rows = [
            {
                "seq": seq,
                "kind": "transfer",
                "case": f"{seq // 12:032x}",
                "ref": f"{rng.getrandbits(128):032x}",
                "body": b'{"at":"2026-01-01T00:00:00.000000Z","kind":"transfer"}',
                "hash": rng.randbytes(32),
            }
            for seq in range(first, min(first + 50_000, size))
        ]
        with store.write() as connection:
            connection.execute(insert(ledger_entry), rows)
