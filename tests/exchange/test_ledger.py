"""Commit groups: all of a group or nothing, one signed head, entries in order (design 3.3)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from crypto import jws, keys, merkle, suites
from exchange import times
from exchange.errors import Fatal, Invalid, Retriable
from exchange.ledger import HEAD_TYPE, Entry, Ledger
from exchange.store import document_rows, ledger_rows
from exchange.store.engine import Connection, Store

STORES = ("sqlite", "postgresql")

pytestmark = pytest.mark.guarantee("G7")

DIGEST = suites.suite("Ed25519").digest


def note(*refs: str, kind: str = "test") -> Callable[[Connection], list[Entry]]:
    return lambda _: [Entry(kind, ref, "c1", {"n": len(ref)}) for ref in refs]


def many(count: int, start: int = 0) -> Callable[[Connection], list[Entry]]:
    return note(*(f"r{n}" for n in range(start, start + count)))


def entries(store: Store) -> list[ledger_rows.EntryRow]:
    with store.read() as connection:
        return ledger_rows.entries(connection, 0, 1_000_000)


def heads(store: Store) -> list[ledger_rows.HeadRow]:
    with store.read() as connection:
        return ledger_rows.heads(connection)


def row(connection: Connection, key: str) -> None:
    document_rows.remember(connection, "s", key, content="", document="", first_at="")


def stored(store: Store, key: str) -> bool:
    with store.read() as connection:
        return document_rows.seen(connection, "s", key) is not None


class Gathered:
    """Threads whose work all waits while a first group is being committed."""

    def __init__(self, ledger: Ledger, works: list[Callable[[Connection], list[Entry]]]) -> None:
        self.errors: dict[int, BaseException] = {}
        inside, go_on = threading.Event(), threading.Event()

        def first(_: Connection) -> list[Entry]:
            inside.set()
            assert go_on.wait(20)
            return [Entry("first", "r")]

        leader = threading.Thread(target=ledger.commit, args=(first,))
        leader.start()
        assert inside.wait(20)
        threads = [
            threading.Thread(target=self._run, args=(ledger, place, work))
            for place, work in enumerate(works)
        ]
        for thread in threads:
            thread.start()
        while len(ledger._waiting) < len(works):  # all of them stand in the queue
            threading.Event().wait(0.002)
        go_on.set()
        for thread in (leader, *threads):
            thread.join()

    def _run(self, ledger: Ledger, place: int, work: Any) -> None:
        try:
            ledger.commit(work)
        except BaseException as error:
            self.errors[place] = error


def test_an_entry_tells_what_when_and_about_whom(store: Store, ledger: Ledger, clock: Any) -> None:
    ledger.commit(lambda _: [Entry("transfer", "t1", "c1", {"agreement": "协议-1"})])
    (entry,) = entries(store)
    assert json.loads(entry.body) == {
        "kind": "transfer",
        "ref": "t1",
        "case": "c1",
        "at": times.stamp(clock()),
        "agreement": "协议-1",
    }
    assert (entry.seq, entry.kind, entry.ref, entry.case) == (0, "transfer", "t1", "c1")
    assert entry.hash == merkle.leaf_hash(DIGEST, entry.body)


def test_details_cannot_speak_for_the_entry_itself(store: Store, ledger: Ledger) -> None:
    ledger.commit(lambda _: [Entry("a", "r", "c", {"kind": "b", "ref": "x", "at": "then"})])
    told = json.loads(entries(store)[0].body)
    assert (told["kind"], told["ref"]) == ("a", "r")
    assert told["at"] != "then"


def test_each_group_ends_in_one_signed_head(
    store: Store, ledger: Ledger, signer: keys.PrivateKey, clock: Any
) -> None:
    ledger.commit(note("a", "b"))
    ledger.commit(note("c"))
    assert [head.size for head in heads(store)] == [2, 3]
    header, payload = jws.verify(heads(store)[-1].token, signer.public)
    assert header["typ"] == HEAD_TYPE
    root = merkle.Frontier(DIGEST).extend(entry.hash for entry in entries(store)).root()
    assert json.loads(payload) == {
        "origin": "hub.test",
        "size": 3,
        "root": root.hex(),
        "at": times.stamp(clock()),
    }


def test_work_without_entries_is_committed_without_a_head(store: Store, ledger: Ledger) -> None:
    def work(connection: Connection) -> list[Entry]:
        row(connection, "k")
        return []

    ledger.commit(work)
    assert stored(store, "k")
    assert heads(store) == []


def test_what_waits_goes_together_under_one_head(store: Store, ledger: Ledger) -> None:
    gathered = Gathered(ledger, [note(f"a{n}", f"b{n}") for n in range(20)])
    assert gathered.errors == {}
    assert [head.size for head in heads(store)] == [1, 41]


def test_entries_of_one_work_stay_together_and_in_order(store: Store, ledger: Ledger) -> None:
    Gathered(ledger, [note(*(f"{n}/{k}" for k in range(5))) for n in range(12)])
    refs = [entry.ref for entry in entries(store)][1:]
    for start in range(0, len(refs), 5):
        owner = refs[start].split("/")[0]
        assert refs[start : start + 5] == [f"{owner}/{k}" for k in range(5)]
    assert [entry.seq for entry in entries(store)] == list(range(61))


def test_many_threads_lose_nothing(store: Store, ledger: Ledger, signer: keys.PrivateKey) -> None:
    def work(name: int) -> None:
        for turn in range(15):
            ledger.commit(note(f"{name}.{turn}"))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refs = [entry.ref for entry in entries(store)]
    assert sorted(refs) == sorted(f"{n}.{t}" for n in range(8) for t in range(15))
    for n in range(8):
        mine = [ref for ref in refs if ref.startswith(f"{n}.")]
        assert mine == [f"{n}.{t}" for t in range(15)]  # each waits for its own


def test_two_ledgers_on_one_store_make_one_tree(
    store: Store, signer: keys.PrivateKey, clock: Any
) -> None:
    """Two processes of one hub, each with its own queue."""
    ledgers = [Ledger(store, signer, origin="hub.test", clock=clock) for _ in range(2)]
    threads = [
        threading.Thread(target=lambda led=led: [led.commit(note("r")) for _ in range(20)])
        for led in ledgers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [entry.seq for entry in entries(store)] == list(range(40))
    assert [head.size for head in heads(store)] == list(range(1, 41))


# --- failures ---------------------------------------------------------------------------------


def fails(error: BaseException) -> Callable[[Connection], list[Entry]]:
    def work(connection: Connection) -> list[Entry]:
        row(connection, "half written")
        raise error

    return work


def test_failing_work_rolls_back_alone_and_raises_at_its_own_caller(
    store: Store, ledger: Ledger
) -> None:
    works = [note("a"), fails(KeyError("mine")), note("b"), fails(Invalid("x.y")), note("c")]
    gathered = Gathered(ledger, works)
    assert {place: type(error) for place, error in gathered.errors.items()} == {
        1: KeyError,
        3: Invalid,
    }
    assert sorted(entry.ref for entry in entries(store)[1:]) == ["a", "b", "c"]
    assert not stored(store, "half written")


def test_a_work_that_the_database_refuses_fails_in_our_words_and_alone(
    store: Store, ledger: Ledger
) -> None:
    ledger.commit(lambda c: [row(c, "twice"), Entry("a", "r")][1:])
    with pytest.raises((Fatal, Retriable)) as refused:
        ledger.commit(lambda c: [row(c, "twice"), Entry("a", "r")][1:])
    assert refused.value.code == ("store.broken" if store.is_embedded else "store.conflict")
    ledger.commit(note("after"))
    assert [entry.ref for entry in entries(store)] == ["r", "after"]


@pytest.mark.parametrize("detail", [1.5, None, "\ud800", {"a": {1, 2}}])
def test_an_entry_that_has_no_exact_form_fails_alone(
    store: Store, ledger: Ledger, detail: Any
) -> None:
    gathered = Gathered(ledger, [note("a"), lambda _: [Entry("bad", "r", "", {"d": detail})]])
    assert [type(error) for error in gathered.errors.values()] == [Invalid]
    assert [entry.ref for entry in entries(store)] == ["r", "a"]


def test_if_the_group_cannot_be_committed_everybody_learns_it_and_nothing_is_written(
    store: Store, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_tip, groups = ledger_rows.put_tip, []

    def full(*args: Any) -> None:
        groups.append(args)
        if len(groups) == 2:
            raise Retriable("store.unavailable", reason="SQLITE_FULL")
        put_tip(*args)

    monkeypatch.setattr(ledger_rows, "put_tip", full)

    def work(connection: Connection) -> list[Entry]:
        row(connection, "with the group")
        return [Entry("x", "x")]

    gathered = Gathered(ledger, [note("a"), work, note("b"), fails(KeyError("own"))])
    assert {place: type(error) for place, error in gathered.errors.items()} == {
        0: Retriable,
        1: Retriable,
        2: Retriable,
        3: KeyError,
    }
    assert len({id(error) for error in gathered.errors.values()}) == 4
    assert [entry.kind for entry in entries(store)] == ["first"]
    assert not stored(store, "with the group")
    ledger.commit(note("goes on"))
    assert [entry.seq for entry in entries(store)] == [0, 1]


def test_a_signature_that_fails_commits_nothing(store: Store, clock: Any) -> None:
    class Broken:
        suite, kid = "Ed25519", "kid"

        def sign(self, data: bytes) -> bytes:
            raise Fatal("key.gone")

    with pytest.raises(Fatal, match=r"key\.gone"):
        Ledger(store, Broken(), origin="hub.test", clock=clock).commit(note("a"))
    assert entries(store) == []


def test_a_leader_that_is_stopped_takes_nobody_else_with_it(
    store: Store, ledger: Ledger, killed: type[BaseException]
) -> None:
    """Its group is not committed; the others are told so in a way that they may try again."""
    turn = threading.Lock()
    dead: list[int] = []

    def dies_first(place: int) -> Callable[[Connection], list[Entry]]:
        def work(_: Connection) -> list[Entry]:
            with turn:
                if not dead:
                    dead.append(place)
                    raise killed
            return [Entry("x", f"{place}")]

        return work

    gathered = Gathered(ledger, [dies_first(n) for n in range(4)])
    kinds = sorted(type(error).__name__ for error in gathered.errors.values())
    assert kinds == ["Killed", "Retriable", "Retriable", "Retriable"]
    assert [entry.kind for entry in entries(store)] == ["first"]
    ledger.commit(note("goes on"))


def test_a_commit_inside_a_commit_is_refused_instead_of_standing_still(ledger: Ledger) -> None:
    with pytest.raises(Fatal) as refused:
        ledger.commit(lambda _: ledger.commit(note("inner")) or [])  # type: ignore[func-returns-value]
    assert refused.value.code == "ledger.nested"
    ledger.commit(note("after"))


# --- the tree ---------------------------------------------------------------------------------


def proofs_hold(store: Store, size: int, places: list[int], olds: list[int]) -> None:
    with store.read() as connection:
        leaves = [entry.hash for entry in ledger_rows.entries(connection, 0, size)]
        reader = ledger_rows.reader(connection, size, DIGEST)
        root = merkle.Frontier(DIGEST).extend(leaves).root()
        assert merkle.root_hash(size, reader) == root
        for place in places:
            path = merkle.inclusion_path(place, size, reader)
            merkle.verify_inclusion(leaves[place], place, size, path, root, DIGEST)
        for old in olds:
            old_root = merkle.Frontier(DIGEST).extend(leaves[:old]).root()
            path = merkle.consistency_path(old, size, reader)
            merkle.verify_consistency(old, size, path, old_root, root, DIGEST)


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 511, 512, 513])
def test_proofs_hold_at_the_edges_of_tiles(store: Store, ledger: Ledger, size: int) -> None:
    ledger.commit(many(size))
    places = sorted({0, size // 2, size - 1, min(255, size - 1), min(256, size - 1)})
    proofs_hold(store, size, places, sorted({1, size // 2, size - 1, size} - {0}))
    with store.read() as connection:
        assert ledger_rows.count_tiles(connection) == size // 256


def test_growing_across_edges_in_any_steps_makes_the_same_tree(
    store: Store, ledger: Ledger
) -> None:
    size = 0
    for step in (1, 254, 1, 1, 255, 300):
        ledger.commit(many(step, size))
        size += step
        proofs_hold(store, size, [0, size - 1], [1, size])
    assert [head.size for head in heads(store)] == [1, 255, 256, 257, 512, 812]


def test_older_heads_still_prove_what_they_held(store: Store, ledger: Ledger) -> None:
    for step in (200, 100, 300):
        ledger.commit(many(step))
    for size in (200, 300, 600):
        proofs_hold(store, size, [0, 199], [200])


def test_sixty_five_thousand_entries_fill_a_tile_of_the_second_level(
    store: Store, ledger: Ledger
) -> None:
    ledger.commit(many(65_530))
    ledger.commit(many(8, 65_530))
    with store.read() as connection:
        assert ledger_rows.tile(connection, 1, 0) is not None
        assert ledger_rows.count_tiles(connection) == 257
    proofs_hold(store, 65_538, [0, 65_535, 65_536, 65_537], [256, 65_536, 65_537])
