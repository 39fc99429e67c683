"""What a superuser of the database can do to the ledger, on SQLite and on PostgreSQL: all of it is seen (G7).

Each attack is made with every right of the database and no key of the hub's: the triggers are taken
away first, and everything that can be recomputed without the key is recomputed. Which entries are
hit is drawn with the printed seed. The control round without an attack finds nothing.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from crypto import keys, merkle
from exchange import audit, canonical
from exchange.errors import Fatal, Problem
from exchange.ledger import Entry, Ledger
from exchange.store import ledger_rows, ledger_wall
from exchange.store.engine import Store
from tests.exchange.superuser import DIGEST, EACH, GROUPS, ORIGIN, Attacker

pytestmark = pytest.mark.guarantee("G7")
STORES = ("sqlite", "postgresql")
AT = "2026-03-02T01:00:00.000000Z"


def edit(a: Attacker) -> None:
    a.run("UPDATE ledger_entry SET body = :b WHERE seq = :s", b=a.body(n=7777), s=a.seq)


def edit_and_recompute(a: Attacker) -> None:
    a.rewrite(a.body(n=7777))
    a.remake()


def change_a_time(a: Attacker) -> None:
    a.rewrite(a.body(at=AT))
    a.remake()


def change_a_lookup_column(a: Attacker) -> None:
    a.run("UPDATE ledger_entry SET \"case\" = 'other' WHERE seq = :s", s=a.seq)


def delete(a: Attacker) -> None:
    a.run("DELETE FROM ledger_entry WHERE seq = :s", s=a.seq)


def delete_and_close_the_gap(a: Attacker) -> None:
    a.run("DELETE FROM ledger_entry WHERE seq = :s", s=a.seq)
    a.remake()


def insert(a: Attacker) -> None:
    body = a.body(n=7777)
    a.run("UPDATE ledger_entry SET seq = -seq WHERE seq >= :s", s=a.seq)
    a.run("UPDATE ledger_entry SET seq = 1 - seq WHERE seq < 0")
    told = canonical.loads(body)
    a.run(
        'INSERT INTO ledger_entry (seq, kind, ref, "case", body, hash)'
        " VALUES (:s, :k, :r, :c, :b, :h)",
        s=a.seq,
        k=told["kind"],
        r=told["ref"],
        c=told["case"],
        b=body,
        h=merkle.leaf_hash(DIGEST, body),
    )
    a.remake()


def swap(a: Attacker) -> None:
    """Two entries, whole rows, in each other's place."""
    for old, new in ((a.seq, -1), (a.seq + 1, a.seq), (-1, a.seq + 1)):
        a.run("UPDATE ledger_entry SET seq = :n WHERE seq = :o", n=new, o=old)
    a.remake()


def swap_two_bodies(a: Attacker) -> None:
    with a.store.read() as connection:
        one, other = ledger_rows.entries(connection, a.seq, 2)
    a.run("UPDATE ledger_entry SET body = :b WHERE seq = :s", b=other.body, s=one.seq)
    a.run("UPDATE ledger_entry SET body = :b WHERE seq = :s", b=one.body, s=other.seq)


def cut_the_end(a: Attacker) -> None:
    """Entries and heads after a head, as if they had never been."""
    size = a.seq // EACH * EACH
    a.run("DELETE FROM ledger_entry WHERE seq >= :s", s=size)
    a.run("DELETE FROM ledger_head WHERE size > :s", s=size)
    a.remake()


def empty_everything(a: Attacker) -> None:
    for table in ("entry", "tile", "head", "tip"):
        a.run(f"DELETE FROM ledger_{table}")


def truncate(a: Attacker) -> None:
    if a.store.is_embedded:
        empty_everything(a)
    else:
        a.run("TRUNCATE ledger_entry, ledger_tile, ledger_head, ledger_tip")


def drop_a_tile(a: Attacker) -> None:
    a.run("DELETE FROM ledger_tile WHERE n = 0")


def change_a_tile(a: Attacker) -> None:
    spoilt = a.rng.randbytes(8192)
    a.run("UPDATE ledger_tile SET hashes = :h", h=spoilt)


def replace_the_frontier(a: Attacker) -> None:
    with a.store.read() as connection:
        hashes = [row.hash for row in ledger_rows.entries(connection, 0, 10_000)]
    a.rng.shuffle(hashes)
    a.tip(merkle.Frontier(DIGEST).extend(hashes))


def drop_a_head(a: Attacker) -> None:
    a.run("DELETE FROM ledger_head WHERE size = :s", s=GROUPS * EACH)


def sign_with_another_key(a: Attacker) -> None:
    a.rewrite(a.body(n=7777))
    a.remake()
    a.sign_anew(a.key)


def put_an_old_head_in_its_place(a: Attacker) -> None:
    with a.store.read() as connection:
        old = ledger_rows.heads(connection)[a.seq // EACH]
    a.run("UPDATE ledger_head SET token = :t WHERE size = :s", t=old.token, s=GROUPS * EACH)


ATTACKS: dict[Callable[[Attacker], None], set[str]] = {
    edit: {"entry-changed"},
    edit_and_recompute: {"head-differs", "outside-differs"},
    change_a_time: {"head-differs", "outside-differs"},
    change_a_lookup_column: {"entry-changed"},
    delete: {"gap"},
    delete_and_close_the_gap: {"head-differs", "truncated", "rolled-back"},
    insert: {"head-differs", "unsigned"},
    swap: {"head-differs", "outside-differs"},
    swap_two_bodies: {"entry-changed"},
    cut_the_end: {"rolled-back"},
    empty_everything: {"rolled-back"},
    truncate: {"rolled-back"},
    drop_a_tile: {"tile-differs", "tile-count"},
    change_a_tile: {"tile-differs"},
    replace_the_frontier: {"tip-differs"},
    drop_a_head: {"unsigned"},
    sign_with_another_key: {"head-signature", "outside-differs"},
    put_an_old_head_in_its_place: {"head-differs"},
}
"""Attack → codes of which each must be told (an edit of the last group is beyond the last head kept)."""


@pytest.fixture
def written(store: Store, ledger: Ledger, clock: Any) -> list[str]:
    """28 groups of 10; a witness has the heads over 100, 200 and all."""
    for group in range(GROUPS):
        clock.forward(60)
        ledger.commit(
            lambda _, g=group: [
                Entry("test", f"r{g}.{n}", f"c{g}", {"n": n + EACH * g}) for n in range(EACH)
            ]
        )
    with store.read() as connection:
        heads = {head.size: head.token for head in ledger_rows.heads(connection)}
    return [heads[100], heads[200], heads[GROUPS * EACH]]


def problems(store: Store, key: keys.PrivateKey, outside: list[str]) -> list[Problem]:
    found = audit.verify(store, key.public, ORIGIN).problems
    return [*found, *audit.compare(store, key.public, ORIGIN, outside)]


def test_without_an_attack_nothing_is_found(
    store: Store, written: list[str], signer: keys.PrivateKey, disarm: Callable[[Store], None]
) -> None:
    disarm(store)
    assert problems(store, signer, written) == []


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda each: each.__name__)
def test_every_attack_is_seen(
    store: Store,
    written: list[str],
    signer: keys.PrivateKey,
    other_key: keys.PrivateKey,
    seed: int,
    disarm: Callable[[Store], None],
    attack: Callable[[Attacker], None],
) -> None:
    rng = random.Random(f"{seed}/{attack.__name__}")
    disarm(store)
    attacker = Attacker(store, rng, other_key)
    attack(attacker)
    found = problems(store, signer, written)
    codes = {each.code.removeprefix("ledger.") for each in found}
    assert ATTACKS[attack] <= codes, found
    _require_named(attacker, attack, found)
    with store.read() as connection:
        assert ledger_wall.breaches(connection)


def _require_named(a: Attacker, attack: Callable[[Attacker], None], found: list[Problem]) -> None:
    """The entry itself where its own hash fails; else an interval between two heads holds it."""
    named = {each.facts["seq"] for each in found if each.code == "ledger.entry-changed"}
    if "entry-changed" in ATTACKS[attack]:
        assert a.seq in named
    if "outside-differs" in ATTACKS[attack]:
        outside = [each.facts["head"] for each in found if each.code == "ledger.outside-differs"]
        first = min(int(each) for each in outside)
        assert first == next(size for size in (100, 200, GROUPS * EACH) if size > a.seq)


STATEMENTS = {
    "edit": "UPDATE ledger_entry SET body = hash",
    "columns": "UPDATE ledger_entry SET kind = 'x' WHERE seq = 3",
    "delete": "DELETE FROM ledger_entry WHERE seq = 3",
    "tile": "UPDATE ledger_tile SET root = hashes",
    "no tile": "DELETE FROM ledger_tile",
    "head": "UPDATE ledger_head SET at = ''",
    "no head": "DELETE FROM ledger_head",
    "tip back": "UPDATE ledger_tip SET size = 1",
    "no tip": "DELETE FROM ledger_tip",
}
ONE = {
    "sqlite": {
        "replace": "INSERT OR REPLACE INTO ledger_head (size, at, token) VALUES (280, '', '')",
        "replace entry": 'REPLACE INTO ledger_entry (seq, kind, "case", ref, body, hash)'
        " VALUES (3, '', '', '', x'', x'')",
    },
    "postgresql": {
        "truncate": "TRUNCATE ledger_entry",
        "truncate heads": "TRUNCATE ledger_head, ledger_tip",
        "upsert": "INSERT INTO ledger_head (size, at, token) VALUES (280, '', '')"
        " ON CONFLICT (size) DO UPDATE SET token = ''",
        "as a replica": "SET LOCAL session_replication_role = replica; DELETE FROM ledger_entry",
    },
}


def test_the_wall_refuses_what_no_program_of_ours_does(
    store: Store, written: list[str], signer: keys.PrivateKey
) -> None:
    """With every right of the tables' owner, as long as the triggers stand."""
    kind = "sqlite" if store.is_embedded else "postgresql"
    for name, statement in (STATEMENTS | ONE[kind]).items():
        with pytest.raises(Fatal) as found, store.write() as connection:
            for each in statement.split("; "):
                connection.exec_driver_sql(each)
        assert found.value.code == "store.broken", name
    assert problems(store, signer, written) == []
    with store.read() as connection:
        assert ledger_wall.breaches(connection) == []
