"""A witness accepts only what continues what it holds; a signed restore may explain the rest (G7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from crypto import merkle, suites
from exchange import canonical, epoch, heads, witness
from exchange.epoch import Lost
from exchange.errors import Invalid, Rejected, Retriable
from exchange.heads import Head
from exchange.ledger import HEAD_TYPE, Entry, Ledger
from exchange.store import ledger_rows
from exchange.store.engine import Store
from exchange.witness import Answer, Letter, Proven

pytestmark = pytest.mark.guarantee("G7")
ORIGIN = "hub.test"
DIGEST = suites.suite("Ed25519").digest


@dataclass
class Memory:
    """A witness's heads."""

    key: Any
    held: dict[int, Head] = field(default_factory=dict)
    digest: merkle.Digest = DIGEST

    def head_of(self, token: str) -> Head | None:
        return heads.read(token, self.key)

    def of_size(self, size: int) -> Head | None:
        return self.held.get(size)

    def beyond(self, size: int) -> list[Head]:
        return [self.held[each] for each in sorted(self.held) if each > size]

    def take(self, letter: Letter) -> Head | None:
        found = witness.accept(letter, self, ORIGIN)
        if found is None:
            return None
        for each in found.lost:
            del self.held[each.size]
        self.held[found.head.size] = found.head
        return found.head


def letter(store: Store, since: int, *, size: int = 0) -> Letter:
    with store.read() as connection:
        rows = {row.size: row.token for row in ledger_rows.heads(connection)}
        size = size or max(rows)
        reader = ledger_rows.reader(connection, size, DIGEST)
        found = [r for r in ledger_rows.entries_of(connection, epoch.KIND) if r.seq >= since]
        epochs = [
            Proven(r.seq, r.body, tuple(merkle.inclusion_path(r.seq, size, reader))) for r in found
        ]
        path = merkle.consistency_path(since, size, reader)
        return Letter(rows[size], since, tuple(path), tuple(epochs))


def write(ledger: Ledger, clock: Any, *counts: int, word: str = "r") -> None:
    for number, count in enumerate(counts):
        clock.forward(60)
        ledger.commit(lambda _, n=number, c=count: [Entry("t", f"{word}{n}.{i}") for i in range(c)])


@pytest.fixture
def key(signer: Any) -> Any:
    return signer.public


def test_it_follows_a_ledger_that_grows(store: Store, ledger: Ledger, clock: Any, key: Any) -> None:
    write(ledger, clock, 3, 4, 250, 1)
    kept = Memory(key)
    for since, size in ((0, 3), (3, 7), (7, 258)):
        found = kept.take(letter(store, since, size=size))
        assert found is not None
        assert found.size == size
    assert kept.take(letter(store, 7, size=258)) is None
    assert kept.take(letter(store, 0, size=3)) is None  # a letter that comes late
    assert sorted(kept.held) == [3, 7, 258]


def test_a_proof_from_elsewhere_asks_for_another(
    store: Store, ledger: Ledger, clock: Any, key: Any
) -> None:
    write(ledger, clock, 3, 4, 5)
    kept = Memory(key)
    with pytest.raises(Retriable) as found:
        kept.take(letter(store, 3))
    assert (found.value.code, found.value.facts["held"]) == ("witness.other-start", 0)
    kept.take(letter(store, 0, size=7))
    with pytest.raises(Retriable) as found:
        kept.take(letter(store, 0))
    assert found.value.facts["held"] == 7


@pytest.mark.parametrize("longer", [False, True])
def test_another_history_is_a_fork(
    make_desk: Callable[[], Any], store: Store, ledger: Ledger, clock: Any, key: Any, longer: bool
) -> None:
    """Signed by the hub's own key: only who kept the first one sees it."""
    write(ledger, clock, 3, 4)
    kept = Memory(key)
    kept.take(letter(store, 0))
    other = make_desk()
    write(other.ledger, other.clock, *([3, 4, 5] if longer else [3, 4]), word="forged")
    with pytest.raises(Rejected) as found:
        kept.take(letter(other.store, 7))
    assert found.value.code == "witness.forked"


def test_a_shorter_ledger_signed_later_is_a_rollback(
    make_desk: Callable[[], Any], store: Store, ledger: Ledger, clock: Any, key: Any
) -> None:
    write(ledger, clock, 3)
    kept = Memory(key)
    kept.take(letter(store, 0))
    write(ledger, clock, 4)
    kept.take(letter(store, 3))
    other = make_desk()
    write(other.ledger, other.clock, 3)
    other.clock.forward(3600)
    other.ledger.commit(lambda _: [Entry("t", "again")])
    with pytest.raises(Rejected) as found:
        kept.take(letter(other.store, 3))
    assert found.value.code == "witness.rolled-back"
    assert (found.value.facts["size"], found.value.facts["head"]) == (4, 7)


def test_a_signed_restore_explains_what_was_lost(
    make_desk: Callable[[], Any], store: Store, ledger: Ledger, clock: Any, key: Any
) -> None:
    write(ledger, clock, 3, 4)
    kept = Memory(key)
    kept.take(letter(store, 0, size=3))
    kept.take(letter(store, 3))
    lost = kept.held[7]
    other = make_desk()
    other.clock.now = clock.now
    _same(store, other, 3)
    other.clock.forward(3600)
    cited = Lost(lost.size, lost.root, lost.token)
    opened = epoch.entry("e", size=3, backup_at=clock.now, lost=cited)
    other.ledger.commit(lambda _: [opened])
    told = letter(other.store, 3)
    with pytest.raises(Rejected):
        kept.take(replace(told, epochs=()))
    moved = replace(told.epochs[0], seq=2)
    with pytest.raises(Rejected):
        kept.take(replace(told, epochs=(moved,)))
    assert kept.take(told) is not None
    assert sorted(kept.held) == [3, 4]


def _same(store: Store, other: Any, size: int) -> None:
    """The other desk's ledger begins with the same leaves, as a restored one does."""
    with store.read() as connection:
        rows = ledger_rows.entries(connection, 0, size)
        token = ledger_rows.head_of(connection, size)
    with other.store.write() as connection:
        frontier = ledger_rows.take_tip(connection, DIGEST).extend(row.hash for row in rows)
        ledger_rows.insert_entries(connection, rows)
        ledger_rows.put_tip(connection, frontier, "", token)


def test_what_the_hub_did_not_sign_as_a_head_is_refused(
    store: Store, ledger: Ledger, clock: Any, key: Any, other_key: Any
) -> None:
    write(ledger, clock, 3)
    good = letter(store, 0)
    for wrong, origin in ((other_key.public, ORIGIN), (key, "hub.other")):
        with pytest.raises(Rejected) as found:
            witness.accept(good, Memory(wrong), origin)
        assert found.value.code == "witness.head-signature"


@pytest.mark.parametrize("size", [0, -1, "three"])
def test_a_head_of_no_size_is_none(signer: Any, size: Any) -> None:
    from crypto import jws

    told = {"origin": ORIGIN, "size": size, "root": "00", "at": "2026-03-02T01:00:00.000000Z"}
    token = jws.sign(canonical.dumps(told), signer, {"typ": HEAD_TYPE})
    assert heads.read(token, signer.public) is None


def test_a_letter_says_the_same_after_its_journey(
    store: Store, ledger: Ledger, clock: Any, seeded: Any
) -> None:
    write(ledger, clock, 3, 4)
    ledger.commit(lambda _: [epoch.entry("e", size=7, backup_at=clock.now, lost=Lost())])
    told = letter(store, 3)
    data = witness.dumps(told)
    assert witness.loads(data) == told
    for _ in range(200):
        at = seeded.randrange(len(data))
        spoilt = data[:at] + bytes([seeded.randrange(256)]) + data[at + 1 :]
        try:
            witness.loads(spoilt)
        except Invalid as error:
            assert error.code == "witness.letter"


def test_an_answer_is_its_witnesss_only(signer: Any, other_key: Any) -> None:
    answer = Answer("w", ORIGIN, 3, "ab" * 32, "", "2026-03-02T01:00:00.000000Z")
    token = witness.sign(answer, signer)
    assert witness.read_answer(f"{token}\n", signer.public) == answer
    for wrong in ("", "x.y.z", token[:-4]):
        with pytest.raises(Rejected):
            witness.read_answer(wrong, signer.public)
    with pytest.raises(Rejected) as found:
        witness.read_answer(token, other_key.public)
    assert found.value.code == "witness.answer"
