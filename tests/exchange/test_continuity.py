"""The hub signs no tree that does not go on from the last one that it signed, whoever rewrote it (G7)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from crypto import keys
from exchange import audit, continuity, epoch, heads
from exchange.continuity import Continuity
from exchange.epoch import Lost
from exchange.errors import Fatal
from exchange.ledger import Entry, Ledger
from exchange.store import ledger_rows
from exchange.store.engine import Store
from tests.exchange.superuser import DIGEST, ORIGIN, Attacker

STORES = ("sqlite", "postgresql")
pytestmark = pytest.mark.guarantee("G7")
SIZE = 300
"""Entries: beyond one tile of 256."""


class Memory:
    """What stands for the file."""

    def __init__(self) -> None:
        self.token = ""

    def read(self) -> str:
        return self.token

    def write(self, token: str) -> None:
        self.token = token


class Hub:
    """Processes of one hub on one store."""

    def __init__(self, store: Store, signer: keys.PrivateKey, clock: Any) -> None:
        self.store, self.signer, self.clock, self.memory = store, signer, clock, Memory()

    def process(self, memory: Memory | None = None) -> Callable[..., None]:
        """A new one, as the function that commits entries."""
        kept = self.memory if memory is None else memory
        guard = Continuity(kept, lambda _: self.signer.public, ORIGIN)
        ledger = Ledger(self.store, self.signer, origin=ORIGIN, clock=self.clock, guard=guard)

        def commit(*refs: str) -> None:
            self.clock.forward(60)
            ledger.commit(lambda _: [Entry("test", ref) for ref in refs])

        return commit

    def size(self) -> int:
        with self.store.read() as connection:
            return ledger_rows.tip(connection, DIGEST).size

    def end(self) -> Lost:
        with self.store.read() as connection:
            found = heads.read(ledger_rows.head(connection).token, self.signer.public)
        return Lost(found.size, found.root, found.token)

    def back_to(self, size: int) -> None:
        """As an old copy of the files would have it: everything fits, the head is the hub's own."""
        a = Attacker(self.store, random.Random(1), self.signer)
        a.run("DELETE FROM ledger_entry WHERE seq >= :s", s=size)
        a.run("DELETE FROM ledger_head WHERE size > :s", s=size)
        a.remake()


@pytest.fixture
def hub(
    store: Store, signer: keys.PrivateKey, clock: Any, disarm: Callable[[Store], None]
) -> Iterator[Hub]:
    """Its ledger has 300 entries in three groups; the triggers are gone."""
    found = Hub(store, signer, clock)
    commit = found.process()
    for group in range(SIZE // 100):
        commit(*(f"{group}.{n}" for n in range(100)))
    disarm(store)
    return found


def refused(commit: Callable[..., None], hub: Hub, **facts: int) -> None:
    """Nothing is signed, and nothing is committed."""
    before = hub.size()
    with pytest.raises(Fatal) as found:
        commit("x")
    assert (found.value.code, found.value.facts) == ("ledger.not-continued", facts)
    assert hub.size() == before


def attacker(hub: Hub, other_key: keys.PrivateKey) -> Attacker:
    found = Attacker(hub.store, random.Random(7), other_key)
    found.seq = 123
    return found


def test_processes_that_take_turns_sign_one_tree(hub: Hub, signer: keys.PrivateKey) -> None:
    one, other = hub.process(), hub.process()
    elsewhere = hub.process(Memory())  # another machine, which has never signed
    for turn in range(4):
        for commit in (one, other, elsewhere, one):
            commit(*map(str, range(turn * 40 + 1)))
    assert audit.verify(hub.store, signer.public, ORIGIN).problems == []
    assert hub.memory.token == hub.end().token


def test_a_rewritten_tree_is_not_signed(hub: Hub, other_key: keys.PrivateKey) -> None:
    alive = hub.process()
    alive("a")
    a = attacker(hub, other_key)
    a.rewrite(a.body(n=7777))
    a.remake()
    for commit in (alive, hub.process()):
        refused(commit, hub, size=SIZE + 1, head=SIZE + 1)
    refused(hub.process(Memory()), hub, size=SIZE + 1, head=0)


def test_an_old_copy_of_store_and_file_is_seen_by_who_signed_since(hub: Hub) -> None:
    alive, old = hub.process(), hub.memory.token
    alive("a")
    hub.back_to(SIZE)
    hub.memory.token = old
    refused(alive, hub, size=SIZE, head=SIZE + 1)


def test_heads_of_another_key_do_not_help(hub: Hub, other_key: keys.PrivateKey) -> None:
    a = attacker(hub, other_key)
    a.rewrite(a.body(n=7777))
    a.remake()
    a.sign_anew(other_key)
    refused(hub.process(), hub, size=SIZE, head=SIZE)
    refused(hub.process(Memory()), hub, size=SIZE, head=0)


def test_what_somebody_else_appended_is_not_sealed(hub: Hub, other_key: keys.PrivateKey) -> None:
    """A tree that goes on from ours, with a tip that fits, and no head of ours over it."""
    a = attacker(hub, other_key)
    body = a.body(kind="decision")
    a.run(
        'INSERT INTO ledger_entry (seq, kind, ref, "case", body, hash)'
        " VALUES (:s, 'decision', 'x', '', :b, :h)",
        s=SIZE,
        b=body,
        h=audit.merkle.leaf_hash(DIGEST, body),
    )
    a.remake()
    refused(hub.process(), hub, size=SIZE + 1, head=SIZE)
    refused(hub.process(Memory()), hub, size=SIZE + 1, head=0)


def test_a_ledger_that_was_put_back_goes_on_only_by_an_epoch(
    hub: Hub, signer: keys.PrivateKey
) -> None:
    alive = hub.process()
    alive("a")
    lost = hub.end()
    hub.back_to(200)
    for commit in (alive, hub.process()):
        refused(commit, hub, size=200, head=SIZE + 1)
    restoring = Ledger(hub.store, signer, origin=ORIGIN, clock=hub.clock)
    hub.clock.forward(60)
    restoring.commit(lambda _: [epoch.entry("e", size=200, backup_at=hub.clock(), lost=lost)])
    alive("b")
    hub.process()("c")
    assert audit.verify(hub.store, signer.public, ORIGIN).problems == []


def test_restores_are_told_as_far_as_the_newest_head_proves_them(
    hub: Hub, signer: keys.PrivateKey, other_key: keys.PrivateKey
) -> None:
    def told() -> list[str]:
        with hub.store.read() as connection:
            return [each.id for each in continuity.epochs(connection, signer.public, ORIGIN)]

    restoring = Ledger(hub.store, signer, origin=ORIGIN, clock=hub.clock)
    for place, size in enumerate((SIZE, 100)):  # the second does not stand where it says
        name = f"e{place}"
        restoring.commit(
            lambda _, name=name, size=size: [
                epoch.entry(name, size=size, backup_at=hub.clock(), lost=Lost())
            ]
        )
    assert told() == ["e0"]
    a = attacker(hub, other_key)
    a.run("UPDATE ledger_entry SET body = :b WHERE seq = :s", b=b"{}", s=SIZE)
    assert told() == []
    hub.back_to(SIZE)
    forging = Ledger(hub.store, other_key, origin=ORIGIN, clock=hub.clock)
    forging.commit(lambda _: [epoch.entry("f", size=SIZE, backup_at=hub.clock(), lost=Lost())])
    assert told() == []


def test_each_committed_entry_is_told_as_it_was_written(hub: Hub, signer: keys.PrivateKey) -> None:
    told: list[tuple[int, str]] = []
    guard = Continuity(
        hub.memory,
        lambda _: signer.public,
        ORIGIN,
        told=lambda rows: told.extend((row.seq, row.ref) for row in rows),
    )
    ledger = Ledger(hub.store, signer, origin=ORIGIN, clock=hub.clock, guard=guard)
    ledger.commit(lambda _: [Entry("test", "a"), Entry("test", "b")])
    assert told == [(SIZE, "a"), (SIZE + 1, "b")]


def test_an_epoch_that_tells_another_size_than_its_place_explains_nothing(
    hub: Hub, signer: keys.PrivateKey
) -> None:
    alive, lost = hub.process(), hub.end()
    hub.back_to(200)
    restoring = Ledger(hub.store, signer, origin=ORIGIN, clock=hub.clock)
    hub.clock.forward(60)
    restoring.commit(lambda _: [epoch.entry("e", size=100, backup_at=hub.clock(), lost=lost)])
    refused(alive, hub, size=201, head=SIZE)


def test_an_epoch_that_nobody_signed_explains_nothing(hub: Hub, other_key: keys.PrivateKey) -> None:
    alive, lost = hub.process(), hub.end()
    hub.back_to(200)
    forging = Ledger(hub.store, other_key, origin=ORIGIN, clock=hub.clock)
    forging.commit(lambda _: [epoch.entry("e", size=200, backup_at=hub.clock(), lost=lost)])
    refused(alive, hub, size=201, head=SIZE)


def test_a_fork_that_a_machine_without_memory_went_on_with_is_seen_by_the_others(hub: Hub) -> None:
    """Rolled back to what was signed once: a new machine can't know; whoever signed later does."""
    alive = hub.process()
    hub.back_to(200)
    elsewhere = hub.process(Memory())
    elsewhere(*map(str, range(100)))
    refused(alive, hub, size=SIZE, head=SIZE)
    elsewhere("more")
    refused(alive, hub, size=SIZE + 1, head=SIZE)


def test_an_emptied_ledger_is_not_begun_anew(hub: Hub) -> None:
    alive = hub.process()
    for table in ("entry", "tile", "head", "tip"):
        Attacker(hub.store, random.Random(1), hub.signer).run(f"DELETE FROM ledger_{table}")
    for commit in (alive, hub.process()):
        refused(commit, hub, size=0, head=SIZE)


def test_tiles_that_do_not_fit_prove_nothing(hub: Hub, other_key: keys.PrivateKey) -> None:
    late = Memory()
    late.token = hub.memory.token
    hub.process()(*map(str, range(60)))
    attacker(hub, other_key).run("UPDATE ledger_tile SET root = :h", h=bytes(32))
    refused(hub.process(late), hub, size=SIZE + 60, head=SIZE)


def test_a_commit_that_failed_is_not_remembered(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = hub.process()
    commit("a")
    kept = hub.memory.token

    def full(*_: object) -> None:
        raise Fatal("store.broken")

    with monkeypatch.context() as patched:
        patched.setattr(ledger_rows, "put_tip", full)
        with pytest.raises(Fatal):
            commit("b")
    assert hub.memory.token == kept
    commit("c")


@pytest.mark.parametrize("kept", ["", "no token", "e30.e30.e30"])
def test_a_spoilt_memory_is_none(hub: Hub, kept: str) -> None:
    hub.memory.token = kept
    hub.process()("a")
    assert hub.memory.token == hub.end().token
