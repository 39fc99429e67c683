"""A lawful restore is told from a rollback by a signed entry, and explains only what it lost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from exchange import audit, canonical, epoch
from exchange.epoch import Lost
from exchange.errors import Invalid
from exchange.ledger import Entry, Ledger
from exchange.store import ledger_rows
from exchange.store.engine import Store

pytestmark = pytest.mark.guarantee("G7")
ORIGIN = "hub.test"
BACKUP_AT = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)


class World:
    """A ledger that goes on, is lost, and is put back."""

    def __init__(self, store: Store, signer: Any, clock: Any) -> None:
        self.store, self.signer, self.clock = store, signer, clock
        self.ledger = Ledger(store, signer, origin=ORIGIN, clock=clock)

    def write(self, *refs: str) -> None:
        for ref in refs:
            self.clock.forward(60)
            self.ledger.commit(lambda _, ref=ref: [Entry("test", ref)])

    def head(self) -> Lost:
        with self.store.read() as connection:
            row = ledger_rows.head(connection)
        told = canonical.loads(_payload(row.token))
        return Lost(row.size, told["root"], row.token)

    def lose(self, size: int) -> None:
        """Put it back to an old copy: as if nothing after ``size`` had been."""
        with self.store.write() as connection:
            for table, column in (("ledger_entry", "seq"), ("ledger_head", "size - 1")):
                connection.exec_driver_sql(f"DELETE FROM {table} WHERE {column} >= {size}")
            rows = ledger_rows.entries(connection, 0, size)
            digest = audit.suite(self.signer.suite).digest
            frontier = audit.merkle.Frontier(digest).extend(row.hash for row in rows)
            token = ledger_rows.head(connection).token
            connection.exec_driver_sql(f"DELETE FROM ledger_head WHERE size = {size}")
            ledger_rows.put_tip(connection, frontier, _at(token), token)

    def open_epoch(self, lost: Lost) -> None:
        self.clock.forward(60)
        size = self.head().size
        entry = epoch.entry("e1", size=size, backup_at=BACKUP_AT, lost=lost)
        self.ledger.commit(lambda _: [entry])

    def compare(self, *tokens: str) -> list[str]:
        found = audit.compare(self.store, self.signer.public, ORIGIN, tokens)
        return [problem.code for problem in found]

    def problems(self) -> list[str]:
        return [p.code for p in audit.verify(self.store, self.signer.public, ORIGIN).problems]


def _payload(token: str) -> bytes:
    from crypto import base64url

    return base64url.decode(token.split(".")[1])


def _at(token: str) -> str:
    at: str = canonical.loads(_payload(token))["at"]
    return at


@pytest.fixture
def world(store: Store, signer: Any, clock: Any, disarm: Any) -> World:
    disarm(store)
    found = World(store, signer, clock)
    found.write("a", "b", "c")
    return found


def _restored(world: World, *, cite: bool = True) -> tuple[str, str]:
    """Two heads that were lost: one in between, and the last."""
    world.write("d")
    between = world.head().token
    world.write("e")
    last = world.head()
    world.lose(3)
    world.open_epoch(last if cite else Lost())
    return between, last.token


@pytest.mark.parametrize("cite", [True, False])
def test_lost_heads_are_explained(world: World, cite: bool) -> None:
    tokens = _restored(world, cite=cite)
    assert world.compare(*tokens) == []
    world.write("f", "g", "h")  # our tree has those sizes again, with other leaves
    assert world.compare(*tokens, world.head().token) == []
    assert world.problems() == []


def test_without_an_epoch_it_is_a_rollback(world: World) -> None:
    world.write("d", "e")
    last = world.head().token
    world.lose(3)
    assert world.compare(last) == ["ledger.rolled-back"]
    world.write("x", "y")
    assert world.compare(last) == ["ledger.outside-differs"]


def test_what_is_changed_after_the_epoch_is_not_explained_by_it(world: World) -> None:
    _restored(world)
    world.write("f", "g")
    kept = world.head().token
    world.lose(4)
    world.write("x", "y")
    assert world.compare(kept) == ["ledger.outside-differs"]


def test_an_epoch_with_a_cited_head_explains_nothing_beyond_it(
    world: World, signer: Any, clock: Any
) -> None:
    world.write("d")
    cited = world.head()
    world.write("e")
    beyond = world.head().token
    world.lose(3)
    world.open_epoch(cited)
    assert world.compare(cited.token) == []
    assert world.compare(beyond) == ["ledger.rolled-back"]


def test_an_epoch_stands_where_its_backup_ended(world: World) -> None:
    entry = epoch.entry("e1", size=1, backup_at=BACKUP_AT, lost=Lost())
    world.ledger.commit(lambda _: [entry])
    assert world.problems() == ["ledger.epoch"]


def test_an_epoch_cites_a_head_of_this_hub_only(world: World, other_key: Any) -> None:
    stranger = World(world.store, other_key, world.clock)
    lost = Lost(9, "ab", stranger.head().token)
    world.open_epoch(lost)
    assert world.problems() == ["ledger.epoch-head"]


def test_a_malformed_epoch_is_none(world: World) -> None:
    with pytest.raises(Invalid):
        epoch.read(canonical.dumps({"kind": "epoch", "ref": "e"}))
    world.ledger.commit(lambda _: [Entry(epoch.KIND, "e1")])
    assert world.problems() == ["ledger.epoch"]
