"""A superuser of the database at work in the ledger's tables, with every right and no key of the hub's."""

from __future__ import annotations

import random
from typing import Any

from crypto import jws, keys, merkle, suites
from exchange import canonical
from exchange.ledger import HEAD_TYPE, head_payload
from exchange.store import ledger_rows
from exchange.store.engine import Store

ORIGIN = "hub.test"
DIGEST = suites.suite("Ed25519").digest
GROUPS, EACH = 28, 10
"""The ledger that is attacked: so many groups of so many entries."""


class Attacker:
    """A superuser at work in the tables."""

    def __init__(self, store: Store, rng: random.Random, key: keys.PrivateKey) -> None:
        self.store, self.rng, self.key = store, rng, key
        self.seq = rng.randrange(20, GROUPS * EACH - 20)
        """What is attacked; the outside heads are over 100, 200 and 280 entries."""

    def run(self, statement: str, **values: Any) -> None:
        from sqlalchemy import text

        with self.store.write() as connection:
            connection.execute(text(statement), values)

    def body(self, **changes: Any) -> bytes:
        with self.store.read() as connection:
            [row] = ledger_rows.entries(connection, self.seq, 1)
        return canonical.dumps(canonical.loads(row.body) | changes)

    def rewrite(self, body: bytes) -> None:
        leaf = merkle.leaf_hash(DIGEST, body)
        self.run(
            "UPDATE ledger_entry SET body = :b, hash = :h WHERE seq = :s",
            b=body,
            h=leaf,
            s=self.seq,
        )

    def remake(self) -> None:
        """Sequence, tiles and tip fit whatever the entries are now."""
        with self.store.write() as connection:
            rows = ledger_rows.entries(connection, 0, 10_000)
            for place, row in enumerate(rows):
                if row.seq != place:
                    connection.exec_driver_sql(
                        f"UPDATE ledger_entry SET seq = {place} WHERE seq = {row.seq}"
                    )
            connection.exec_driver_sql("DELETE FROM ledger_tile")
            ledger_rows.insert_tiles(connection, 0, len(rows), DIGEST)
        self.tip(merkle.Frontier(DIGEST).extend(row.hash for row in rows))

    def tip(self, frontier: merkle.Frontier) -> None:
        told = {"n": frontier.size, "f": frontier.to_bytes()}
        self.run("UPDATE ledger_tip SET size = :n, frontier = :f", **told)

    def sign_anew(self, key: keys.PrivateKey) -> None:
        """Every head is signed again, over what the entries are now."""
        with self.store.write() as connection:
            rows = ledger_rows.entries(connection, 0, 10_000)
            frontier, heads = merkle.Frontier(DIGEST), ledger_rows.heads(connection)
            connection.exec_driver_sql("DELETE FROM ledger_head")
            due = {head.size: head.at for head in heads}
            for row in rows:
                frontier = frontier.append(row.hash)
                if frontier.size in due or frontier.size == len(rows):
                    at = due.get(frontier.size, heads[-1].at)
                    told = head_payload(ORIGIN, frontier.size, frontier.root(), at)
                    token = jws.sign(canonical.dumps(told), key, {"typ": HEAD_TYPE})
                    ledger_rows.put_tip(connection, frontier, at, token)
