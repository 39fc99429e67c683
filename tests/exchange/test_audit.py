"""Every way to change history without the hub's key is noticed and named (G7)."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from crypto import jws, keys, merkle, suites
from exchange import audit, canonical
from exchange.errors import Problem
from exchange.ledger import HEAD_TYPE, Entry, Ledger, head_payload
from exchange.store import ledger_rows
from exchange.store.engine import Store

pytestmark = pytest.mark.guarantee("G7")

ORIGIN = "hub.test"
DIGEST = suites.suite("Ed25519").digest
AT = "2026-03-02T01:00:00.000000Z"


@pytest.fixture
def filled(store: Store, ledger: Ledger, disarm: Callable[[Store], None]) -> Store:
    """300 entries in 30 groups of 10: one complete tile, 30 heads. The attacker owns the database."""
    disarm(store)
    for group in range(30):
        ledger.commit(
            lambda _, g=group: [Entry("test", f"r{g}.{n}", f"c{g}", {"n": n}) for n in range(10)]
        )
    return store


def found(store: Store, signer: keys.PrivateKey) -> list[Problem]:
    return audit.verify(store, signer.public, ORIGIN).problems


def codes(problems: list[Problem]) -> set[str]:
    return {problem.code.removeprefix("ledger.") for problem in problems}


def execute(store: Store, statement: str, *values: Any) -> None:
    """As a superuser of the database: none of our code in between."""
    with store.write() as connection:
        connection.exec_driver_sql(statement, tuple(values))


def leaf(body: bytes) -> bytes:
    return merkle.leaf_hash(DIGEST, body)


def forged_body(seq: int = 100, **changes: Any) -> bytes:
    group, n = divmod(seq, 10)
    told = {"kind": "test", "ref": f"r{group}.{n}", "at": AT, "case": f"c{group}", "n": n}
    return canonical.dumps(told | changes)


def test_a_whole_ledger_has_no_problem(filled: Store, signer: keys.PrivateKey) -> None:
    told = audit.verify(filled, signer.public, ORIGIN)
    assert (told.entries, told.heads, told.problems) == (300, 30, [])
    with filled.read() as connection:
        newest = ledger_rows.head(connection)
    assert newest is not None
    assert json.loads(jws.verify(newest.token, signer.public)[1])["root"] == told.root


def test_an_empty_ledger_has_no_problem(store: Store, signer: keys.PrivateKey) -> None:
    assert audit.verify(store, signer.public, ORIGIN).problems == []


def test_a_clock_that_was_put_back_is_named_and_is_no_problem(
    store: Store, ledger: Ledger, signer: keys.PrivateKey, clock: Any
) -> None:
    commit = lambda: ledger.commit(lambda _: [Entry("test", "r")])  # noqa: E731
    for minutes in (0, 120, -9, -111, 5):  # the third may be another machine's clock
        clock.forward(minutes * 60)
        commit()
    whole = audit.verify(store, signer.public, ORIGIN)
    assert (whole.problems, whole.clock_back) == ([], (4,))
    clock.forward(-3600)
    commit()
    since = audit.verify(store, signer.public, ORIGIN, after=whole.mark)
    assert (since.problems, since.clock_back) == ([], (6,))


def test_an_edited_body_is_named(filled: Store, signer: keys.PrivateKey) -> None:
    execute(filled, "UPDATE ledger_entry SET body = ? WHERE seq = 100", forged_body(n=7))
    problems = found(filled, signer)
    assert Problem("ledger.entry-changed", {"seq": 100}) in problems
    assert Problem("ledger.head-differs", {"size": 110}) in problems


def test_an_edited_body_with_its_hash_is_noticed_at_the_next_head(
    filled: Store, signer: keys.PrivateKey
) -> None:
    body = forged_body(n=7)
    execute(filled, "UPDATE ledger_entry SET body = ?, hash = ? WHERE seq = 100", body, leaf(body))
    problems = found(filled, signer)
    assert [p for p in problems if p.code == "ledger.head-differs"] == [
        Problem("ledger.head-differs", {"size": 110})  # the first; the later ones would hide it
    ]
    assert {"head-differs", "tile-differs", "tip-differs"} == codes(problems)


def test_with_tiles_and_tip_made_anew_the_heads_still_tell(
    filled: Store, signer: keys.PrivateKey
) -> None:
    """All that can be recomputed without the key is recomputed."""
    body = forged_body(n=7)
    execute(filled, "UPDATE ledger_entry SET body = ?, hash = ? WHERE seq = 100", body, leaf(body))
    remake(filled)
    assert found(filled, signer) == [Problem("ledger.head-differs", {"size": 110})]


def remake(store: Store) -> None:
    with store.write() as connection:
        rows = ledger_rows.entries(connection, 0, 1000)
        frontier = merkle.Frontier(DIGEST).extend(row.hash for row in rows)
        connection.exec_driver_sql(
            "UPDATE ledger_tip SET size = ?, frontier = ?", (frontier.size, frontier.to_bytes())
        )
        connection.exec_driver_sql("DELETE FROM ledger_tile")
        for number, row in enumerate(rows):
            connection.exec_driver_sql(
                "UPDATE ledger_entry SET seq = ? WHERE seq = ?", (-1 - number, row.seq)
            )
        connection.exec_driver_sql("UPDATE ledger_entry SET seq = -1 - seq")
        ledger_rows.insert_tiles(connection, 0, len(rows), DIGEST)


@pytest.mark.parametrize("column", ["kind", "ref", "case"])
def test_a_column_that_lookups_go_by_must_say_what_the_body_says(
    filled: Store, signer: keys.PrivateKey, column: str
) -> None:
    execute(filled, f'UPDATE ledger_entry SET "{column}" = ? WHERE seq = 42', "other")
    assert found(filled, signer) == [Problem("ledger.entry-changed", {"seq": 42})]


@pytest.mark.parametrize("seq", [0, 100, 255, 256, 298])
def test_a_deleted_entry_is_named(filled: Store, signer: keys.PrivateKey, seq: int) -> None:
    execute(filled, "DELETE FROM ledger_entry WHERE seq = ?", seq)
    assert Problem("ledger.gap", {"seq": seq + 1, "expected": seq}) in found(filled, signer)


def test_a_deleted_entry_is_noticed_when_the_gap_is_closed(
    filled: Store, signer: keys.PrivateKey
) -> None:
    execute(filled, "DELETE FROM ledger_entry WHERE seq = 100")
    remake(filled)
    problems = found(filled, signer)
    assert Problem("ledger.head-differs", {"size": 110}) in problems
    assert Problem("ledger.truncated", {"size": 299, "head": 300}) in problems


def test_an_inserted_entry_is_noticed(filled: Store, signer: keys.PrivateKey) -> None:
    body = forged_body()
    execute(filled, "UPDATE ledger_entry SET seq = -seq WHERE seq >= 100")
    execute(filled, "UPDATE ledger_entry SET seq = 1 - seq WHERE seq < 0")
    execute(
        filled,
        'INSERT INTO ledger_entry (seq, kind, ref, "case", body, hash) VALUES (100,?,?,?,?,?)',
        "test",
        "r10.0",
        "c10",
        body,
        leaf(body),
    )
    remake(filled)
    problems = found(filled, signer)
    assert Problem("ledger.head-differs", {"size": 110}) in problems
    assert Problem("ledger.unsigned", {"size": 301, "head": 300}) in problems


def test_two_entries_in_the_other_order_are_noticed(filled: Store, signer: keys.PrivateKey) -> None:
    execute(filled, "UPDATE ledger_entry SET seq = 1000 WHERE seq = 100")
    execute(filled, "UPDATE ledger_entry SET seq = 100 WHERE seq = 101")
    execute(filled, "UPDATE ledger_entry SET seq = 101 WHERE seq = 1000")
    remake(filled)
    assert found(filled, signer) == [Problem("ledger.head-differs", {"size": 110})]


def test_entries_cut_off_the_end_are_noticed(filled: Store, signer: keys.PrivateKey) -> None:
    execute(filled, "DELETE FROM ledger_entry WHERE seq >= 290")
    assert Problem("ledger.truncated", {"size": 290, "head": 300}) in found(filled, signer)


def test_entries_appended_without_the_hub_are_noticed(
    filled: Store, signer: keys.PrivateKey
) -> None:
    """The forger keeps hashes, tiles and tip in step; only a head he cannot sign."""
    body = forged_body(300)
    execute(
        filled,
        'INSERT INTO ledger_entry (seq, kind, ref, "case", body, hash) VALUES (300,?,?,?,?,?)',
        "test",
        "r30.0",
        "c30",
        body,
        leaf(body),
    )
    remake(filled)
    assert found(filled, signer) == [Problem("ledger.unsigned", {"size": 301, "head": 300})]


def test_a_ledger_without_any_head_is_no_ledger(filled: Store, signer: keys.PrivateKey) -> None:
    execute(filled, "DELETE FROM ledger_head")
    assert found(filled, signer) == [Problem("ledger.unsigned", {"size": 300, "head": 0})]


def test_a_tip_put_back_is_noticed(filled: Store, signer: keys.PrivateKey) -> None:
    with filled.read() as connection:
        hashes = [row.hash for row in ledger_rows.entries(connection, 0, 290)]
    old = merkle.Frontier(DIGEST).extend(hashes)
    execute(filled, "UPDATE ledger_tip SET size = ?, frontier = ?", old.size, old.to_bytes())
    assert found(filled, signer) == [Problem("ledger.tip-differs", {"size": 300})]


@pytest.mark.parametrize("frontier", [b"", b"\x00" * 7, b"\xff" * 40])
def test_a_damaged_tip_is_a_problem_and_no_crash(
    filled: Store, signer: keys.PrivateKey, frontier: bytes
) -> None:
    execute(filled, "UPDATE ledger_tip SET frontier = ?", frontier)
    assert codes(found(filled, signer)) == {"tip-differs"}


def forge(signer: keys.PrivateKey, *, size: int, root: str, **changes: Any) -> str:
    payload = head_payload(ORIGIN, size, bytes.fromhex(root), AT) | changes
    return jws.sign(canonical.dumps(payload), signer, {"typ": HEAD_TYPE})


def replace_head(store: Store, token: str, size: int = 300) -> None:
    execute(store, "UPDATE ledger_head SET token = ? WHERE size = ?", token, size)


def test_a_head_signed_by_another_key_is_noticed(
    filled: Store, signer: keys.PrivateKey, other_key: keys.PrivateKey
) -> None:
    root = audit.verify(filled, signer.public, ORIGIN).root
    replace_head(filled, forge(other_key, size=300, root=root))
    assert found(filled, signer) == [Problem("ledger.head-signature", {"size": 300})]


@pytest.mark.parametrize("token", ["", "a.b.c", "e30.e30.", "张小直"])
def test_a_head_that_is_no_token_is_noticed(
    filled: Store, signer: keys.PrivateKey, token: str
) -> None:
    replace_head(filled, token)
    assert found(filled, signer) == [Problem("ledger.head-signature", {"size": 300})]


def test_something_else_that_the_hub_signed_is_no_head(
    filled: Store, signer: keys.PrivateKey
) -> None:
    root = audit.verify(filled, signer.public, ORIGIN).root
    payload = canonical.dumps(head_payload(ORIGIN, 300, bytes.fromhex(root), AT))
    replace_head(filled, jws.sign(payload, signer, {"typ": "zhida+sd-jwt"}))
    assert found(filled, signer) == [Problem("ledger.head-signature", {"size": 300})]
    replace_head(filled, jws.sign(b"[]", signer, {"typ": HEAD_TYPE}))
    assert found(filled, signer) == [Problem("ledger.head-signature", {"size": 300})]


def test_a_head_of_another_ledger_is_noticed(filled: Store, signer: keys.PrivateKey) -> None:
    root = audit.verify(filled, signer.public, ORIGIN).root
    replace_head(filled, forge(signer, size=300, root=root, origin="hub.other"))
    assert found(filled, signer) == [Problem("ledger.head-differs", {"size": 300})]


def test_an_older_head_in_a_newer_ones_place_is_noticed(
    filled: Store, signer: keys.PrivateKey
) -> None:
    with filled.read() as connection:
        old = ledger_rows.heads(connection)[-2]
    replace_head(filled, old.token)
    assert found(filled, signer) == [Problem("ledger.head-differs", {"size": 300})]


def test_a_head_with_another_time_beside_it_is_noticed(
    filled: Store, signer: keys.PrivateKey
) -> None:
    execute(filled, "UPDATE ledger_head SET at = 'then' WHERE size = 300")
    assert found(filled, signer) == [Problem("ledger.head-differs", {"size": 300})]


def test_an_impossible_head_hides_no_other(
    filled: Store, signer: keys.PrivateKey, other_key: keys.PrivateKey
) -> None:
    token = forge(other_key, size=0, root="")
    execute(filled, "INSERT INTO ledger_head (size, at, token) VALUES (0, '', ?)", token)
    replace_head(filled, "broken")
    assert found(filled, signer) == [
        Problem("ledger.head-signature", {"size": 0}),
        Problem("ledger.head-signature", {"size": 300}),
    ]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_tile SET root = zeroblob(32)",
        "UPDATE ledger_tile SET hashes = zeroblob(8192)",
        "UPDATE ledger_tile SET hashes = x''",
    ],
)
def test_a_changed_tile_is_named(filled: Store, signer: keys.PrivateKey, change: str) -> None:
    execute(filled, change)
    assert found(filled, signer) == [Problem("ledger.tile-differs", {"level": 0, "n": 0})]


def test_a_missing_tile_is_named(filled: Store, signer: keys.PrivateKey) -> None:
    execute(filled, "DELETE FROM ledger_tile")
    assert codes(found(filled, signer)) == {"tile-differs", "tile-count"}


def test_a_tile_made_in_advance_is_noticed(filled: Store, signer: keys.PrivateKey) -> None:
    execute(
        filled,
        "INSERT INTO ledger_tile (level, n, hashes, root) VALUES (0, 1, zeroblob(8192), x'00')",
    )
    assert found(filled, signer) == [Problem("ledger.tile-count", {"expected": 1})]


def test_another_hubs_key_or_name_verifies_nothing(
    filled: Store, signer: keys.PrivateKey, other_key: keys.PrivateKey
) -> None:
    assert codes(audit.verify(filled, other_key.public, ORIGIN).problems) == {"head-signature"}
    assert codes(audit.verify(filled, signer.public, "hub.other").problems) == {"head-differs"}


# --- heads that others keep -------------------------------------------------------------------


@pytest.fixture
def outside(filled: Store) -> list[str]:
    """A witness's heads: at 100, 200 and 300."""
    with filled.read() as connection:
        return [head.token for head in ledger_rows.heads(connection) if head.size % 100 == 0]


def test_a_ledger_that_only_grew_fits_every_outside_head(
    filled: Store, ledger: Ledger, signer: keys.PrivateKey, outside: list[str]
) -> None:
    ledger.commit(lambda _: [Entry("more", "r")])
    assert audit.compare(filled, signer.public, ORIGIN, outside) == []
    assert audit.compare(filled, signer.public, ORIGIN, []) == []


def test_an_old_copy_put_back_whole_is_noticed(
    filled: Store,
    ledger: Ledger,
    signer: keys.PrivateKey,
    tmp_path: Path,
    outside: list[str],
) -> None:
    """The audit alone can't see it: the old copy is whole."""
    path, backup = tmp_path / "store.db", tmp_path / "backup.db"
    with closing(sqlite3.connect(path)) as live, closing(sqlite3.connect(backup)) as copy:
        live.backup(copy)
    ledger.commit(lambda _: [Entry("inconvenient", "r")])
    with filled.read() as connection:
        newest = ledger_rows.head(connection)
    assert newest is not None
    filled.close()
    for extra in tmp_path.glob("store.db*"):
        extra.unlink()
    shutil.copy(backup, path)
    old = Store(f"sqlite:///{path}")
    assert found(old, signer) == []
    assert audit.compare(old, signer.public, ORIGIN, [*outside, newest.token]) == [
        Problem("ledger.rolled-back", {"size": 300, "head": 301})
    ]
    old.close()


def test_a_history_signed_anew_is_noticed(
    store: Store,
    make_desk: Callable[[], Any],
    signer: keys.PrivateKey,
    outside: list[str],
) -> None:
    """Even somebody who has the hub's key can't change what lies before an outside head."""
    other = make_desk()
    for _ in range(30):
        other.ledger.commit(lambda _: [Entry("other", "r")] * 10)
    assert found(other.store, signer) == []
    problems = audit.compare(other.store, signer.public, ORIGIN, outside)
    assert problems == [Problem("ledger.outside-differs", {"head": n}) for n in (100, 200, 300)]


def test_a_head_that_is_not_ours_proves_nothing(
    filled: Store, signer: keys.PrivateKey, other_key: keys.PrivateKey, outside: list[str]
) -> None:
    root = audit.verify(filled, signer.public, ORIGIN).root
    foreign = [
        forge(other_key, size=300, root=root),
        forge(signer, size=300, root=root, origin="hub.other"),
        "nonsense",
    ]
    assert audit.compare(filled, signer.public, ORIGIN, outside + foreign) == [
        Problem("ledger.outside-signature", {"heads": 3})
    ]
