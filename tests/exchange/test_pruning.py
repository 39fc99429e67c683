"""Bodies go and proofs stay: on both databases, through a death in the middle, and against a superuser (G7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, text

from crypto import keys, merkle, suites
from exchange import audit, canonical, evidence_pruned, pruning
from exchange.errors import Fatal, Invalid, Rejected
from exchange.ledger import Entry, Ledger
from exchange.pruning import Order
from exchange.store import case_rows, ledger_rows, ledger_wall, prune_rows
from exchange.store.case_rows import CaseRow, ItemRow
from exchange.store.engine import Connection, Store
from exchange.store.prune_rows import Rule
from exchange.store.tables import delivery, item_clock

pytestmark = pytest.mark.guarantee("G7")
STORES = ("sqlite", "postgresql")
ORIGIN = "hub.test"
DIGEST = suites.suite("Ed25519").digest
CASES, DAY = 40, 86_400
AFTER, BEFORE = "2026-03-03T16:00:00.000000Z", "2026-03-04"
"""The midnight in China with which that day begins."""


def _case(number: int, **more: str) -> CaseRow:
    told = {"state": "done", "closed_at": "2026-03-02T01:00:00.000000Z"} | more
    at = "2026-03-02T00:00:00.000000Z"
    return CaseRow(f"c{number}", "m", f"i{number}", at, told["closed_at"], told["state"], "d")


@pytest.fixture
def filled(store: Store, ledger: Ledger, clock: Any) -> Store:
    """40 cases of eight entries each, all over; three days later one more entry."""

    def write(connection: Connection) -> list[Entry]:
        for number in range(CASES):
            at = "2026-03-02T00:00:00.000000Z"
            item = ItemRow(f"c{number}", "i", "m", "applied", "", "{}", "", "", at, at)
            case_rows.open_case(connection, _case(number), [item])
        return []

    ledger.commit(write)
    for number in range(CASES):
        clock.forward(10)
        ledger.commit(lambda _, n=number: _entries(f"c{n}"))
    clock.forward(3 * DAY)
    ledger.commit(lambda _: [Entry("receipt", "late", "c1", {"effect": "e"})])
    return store


def _entries(case: str) -> list[Entry]:
    kinds = ["case-opened", "document", "transfer", "query", "transfer", "receipt", "receipt"]
    return [
        Entry(kind, f"{case}.{n}", case, {"n": n, "say": "x" * 200})
        for n, kind in enumerate([*kinds, "case-closed"])
    ]


def order(held: frozenset[str] = frozenset(), **changed: str) -> Order:
    rule = Rule(pruning.KINDS, {("m", "d"): AFTER}, held)
    told = {"proposal": "p1", "before": BEFORE} | changed
    return Order(told["proposal"], told["before"], rule, {"tokens": ["a", "b"], "reason": "满期"})


def prune(
    store: Store, ledger: Ledger, said: Order | None = None, held: frozenset[str] = frozenset()
) -> int:
    said = said or order(held)
    with store.read() as connection:
        size = ledger_rows.size_before(connection, AFTER)
    pruning.announce(ledger, (0, size - 1), said, DIGEST)
    return pruning.carry_out(store, said.proposal, lambda _: held)


def looked(store: Store, signer: keys.PrivateKey) -> audit.Audit:
    return audit.verify(store, signer.public, ORIGIN)


def codes(store: Store, signer: keys.PrivateKey) -> set[str]:
    return {each.code.removeprefix("ledger.") for each in looked(store, signer).problems}


def rows(store: Store) -> list[ledger_rows.EntryRow]:
    with store.read() as connection:
        return ledger_rows.entries(connection, 0, 10_000)


def test_bodies_go_and_every_proof_stays(
    filled: Store, ledger: Ledger, signer: keys.PrivateKey
) -> None:
    before = rows(filled)
    with filled.read() as connection:
        old = [head.token for head in ledger_rows.heads(connection)]
        kept = ledger_rows.head(connection)
    assert kept is not None
    assert prune(filled, ledger) == CASES * 6
    after = rows(filled)
    assert [(r.seq, r.kind, r.case, r.ref, r.hash) for r in before] == [
        (r.seq, r.kind, r.case, r.ref, r.hash) for r in after[:-1]
    ]
    gone = [r for r in after if not r.body]
    assert len(gone) == CASES * 6
    assert {r.kind for r in gone} == set(pruning.KINDS)
    found = looked(filled, signer)
    assert (found.problems, found.pruned, found.unfinished) == ([], CASES * 6, 0)
    assert audit.compare(filled, signer.public, ORIGIN, old) == []
    with filled.read() as connection:
        head = ledger_rows.head(connection)
        assert head is not None
        tiles = ledger_rows.reader(connection, head.size, DIGEST)
        root = merkle.root_hash(head.size, tiles)
        for row in before:  # who kept a body proves it today still
            path = merkle.inclusion_path(row.seq, head.size, tiles)
            leaf = merkle.leaf_hash(DIGEST, row.body)
            merkle.verify_inclusion(leaf, row.seq, head.size, path, root, DIGEST)
        path = merkle.consistency_path(kept.size, head.size, tiles)
        was = merkle.root_hash(kept.size, tiles)
        merkle.verify_consistency(kept.size, head.size, path, was, root, DIGEST)


def test_what_is_still_needed_stays(filled: Store, ledger: Ledger, signer: keys.PrivateKey) -> None:
    """One reason for each of eight cases; the ledger's later entry of a case stays too."""
    at = "2026-03-02T00:00:00.000000Z"
    with filled.write() as connection:
        run = connection.exec_driver_sql
        run("UPDATE matter_case SET closed_at = '', state = 'open' WHERE id = 'c0'")
        run("UPDATE case_item SET state = 'parked' WHERE \"case\" = 'c2'")
        run("UPDATE matter_case SET definition = 'other' WHERE id = 'c3'")
        run("UPDATE matter_case SET closed_at = '2026-03-03T16:00:00.000000Z' WHERE id = 'c4'")
        run("UPDATE matter_case SET id = 'gone' WHERE id = 'c5'")
        connection.execute(insert(delivery), _delivery("c6"))
        clock = {"case": "c7", "item": "i", "matter": "m", "from_opening": "", "told": "near"}
        connection.execute(insert(item_clock), clock | {"next_on": ""})
        of = {"id": "o", "document": "", "case": "c8", "provider": "", "receiver": "", "field": ""}
        of |= {"opened_at": at, "due_at": at, "state": "awaiting", "answer": "", "closed_at": ""}
        connection.execute(text(_insert("objection", of)), of)
    held = frozenset({"c9"})
    with filled.read() as connection:
        found = {each.why: each for each in prune_rows.counts(connection, order(held).rule)}
    cases = {why: each.cases for why, each in found.items() if why != "kind"}
    wanted = {"open": 2, "young": 2, "no-case": 1, "undelivered": 1, "clock": 1, "objection": 1}
    assert cases == wanted | {"held": 1, "ripe": CASES - 9}
    assert prune(filled, ledger, held=held) == (CASES - 9) * 6
    gone = {row.case for row in rows(filled) if not row.body}
    assert gone == {f"c{n}" for n in range(CASES)} - {f"c{n}" for n in (0, *range(2, 10))}
    assert rows(filled)[CASES * 8].body  # of c1, after the day
    assert looked(filled, signer).problems == []


def _delivery(case: str) -> dict[str, Any]:
    texts = ("effect", "case", "item", "system", "operation", "content", "state", "sent_at")
    more = ("settled_at", "receipt", "owner", "chain", "version")
    return dict.fromkeys((*texts, *more), "") | {"case": case, "state": "unknown", "attempts": 1}


def _insert(table: str, values: dict[str, str]) -> str:
    names = ", ".join(f'"{name}"' for name in values)
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{name}' for name in values)})"


def test_what_died_between_word_and_deed_is_done_later(
    filled: Store, ledger: Ledger, signer: keys.PrivateKey
) -> None:
    pruning.announce(ledger, (0, 159), order(), DIGEST)
    found = looked(filled, signer)
    assert (found.problems, found.pruned, found.unfinished) == ([], 0, 120)
    with filled.write() as connection:  # it died after the wall was told, before the bodies went
        [row] = pruning.entries(connection, "p1")
        prune_rows.allow(connection, row.seq, pruning.read(row).runs)
    assert looked(filled, signer).problems == []
    assert pruning.carry_out(filled, "p1", lambda _: frozenset({"c3"})) == 114
    assert pruning.carry_out(filled, "p1", lambda _: frozenset({"c3"})) == 0
    found = looked(filled, signer)
    assert (found.problems, found.pruned, found.unfinished) == ([], 114, 6)


def test_a_second_time_takes_what_is_left_and_the_mark_goes_on(
    filled: Store, ledger: Ledger, signer: keys.PrivateKey
) -> None:
    prune(filled, ledger, held=frozenset({"c3", "c17"}))
    first = looked(filled, signer)
    again = prune(filled, ledger, order(proposal="p2"))
    assert (again, prune(filled, ledger, order(proposal="p3"))) == (12, 0)
    found = looked(filled, signer)
    assert (found.problems, found.pruned) == ([], CASES * 6)
    went_on = audit.verify(filled, signer.public, ORIGIN, after=first.mark)
    assert (went_on.problems, went_on.since, went_on.entries) == ([], first.entries, found.entries)


def test_a_case_that_was_pruned_is_told_so(filled: Store, ledger: Ledger) -> None:
    prune(filled, ledger)
    with filled.read() as connection:
        mine = ledger_rows.entries_of_case(connection, "c3")
        with pytest.raises(Rejected) as found:
            evidence_pruned.require_whole(connection, "c3", mine)
    assert (found.value.code, found.value.facts["count"]) == ("evidence.pruned", 6)
    assert found.value.facts["seq"] == CASES * 8 + 1
    with filled.read() as connection:
        evidence_pruned.require_whole(connection, "c3", [row for row in mine if row.body])


# --- the superuser -----------------------------------------------------------------------------------


def _run(store: Store, statement: str, **values: Any) -> None:
    with store.write() as connection:
        connection.execute(text(statement), values)


def body_without_a_word(store: Store, ledger: Ledger) -> None:
    _run(store, "UPDATE ledger_entry SET body = :b WHERE seq = 9", b=b"")


def body_with_a_forged_run(store: Store, ledger: Ledger) -> None:
    """The wall's table says so, and cites what does not say so."""
    prune(store, ledger, held=frozenset({"c1"}))
    [cited] = [row.seq for row in rows(store) if row.kind == pruning.KIND]
    _run(store, "INSERT INTO ledger_prune (first, last, entry) VALUES (9, 9, :e)", e=cited)
    _run(store, "UPDATE ledger_entry SET body = :b WHERE seq = 9", b=b"")


def more_than_was_said(store: Store, ledger: Ledger) -> None:
    prune(store, ledger, held=frozenset({"c1"}))
    _run(store, "UPDATE ledger_entry SET body = :b WHERE seq = 9", b=b"")


def what_never_goes(store: Store, ledger: Ledger) -> None:
    prune(store, ledger)
    _run(store, "UPDATE ledger_entry SET body = :b WHERE kind = 'pruned'", b=b"")


def an_entry_of_their_own(store: Store, ledger: Ledger) -> None:
    """A whole ``pruned`` entry behind the last head, without the hub's key."""
    told = {"before": BEFORE, "runs": [[9, 9]], "count": 1, "tokens": []}
    with store.read() as connection:
        [shell] = prune_rows.shells(connection, (9, 9))
    told |= {"columns": pruning.columns_digest([shell], DIGEST), "at": AFTER}
    body = canonical.dumps(told | {"kind": "pruned", "ref": "pruned/x/9"})
    row = {"s": len(rows(store)), "b": body, "h": merkle.leaf_hash(DIGEST, body)}
    _run(
        store,
        'INSERT INTO ledger_entry (seq, kind, ref, "case", body, hash)'
        " VALUES (:s, 'pruned', 'pruned/x/9', '', :b, :h)",
        **row,
    )
    _run(store, "UPDATE ledger_entry SET body = :b WHERE seq = 9", b=b"")


def the_columns_that_stay(store: Store, ledger: Ledger) -> None:
    prune(store, ledger)
    _run(store, "UPDATE ledger_entry SET ref = 'other' WHERE seq = 9")


def the_case_that_stays(store: Store, ledger: Ledger) -> None:
    prune(store, ledger)
    _run(store, "UPDATE ledger_entry SET \"case\" = 'c2' WHERE seq = 9")


def the_hash_that_stays(store: Store, ledger: Ledger) -> None:
    prune(store, ledger)
    _run(store, "UPDATE ledger_entry SET hash = :h WHERE seq = 9", h=bytes(32))


def another_body_in_its_place(store: Store, ledger: Ledger) -> None:
    prune(store, ledger)
    _run(store, "UPDATE ledger_entry SET body = :b WHERE seq = 9", b=b'{"kind":"document"}')


def a_row_that_is_gone(store: Store, ledger: Ledger) -> None:
    prune(store, ledger)
    _run(store, "DELETE FROM ledger_entry WHERE seq = 9")


def all_of_them_without_a_word(store: Store, ledger: Ledger) -> None:
    """Before the last head that was kept, and everything that can be made without the key made anew."""
    _run(store, "UPDATE ledger_entry SET body = :b WHERE kind = 'transfer'", b=b"")


ATTACKS: dict[Callable[[Store, Ledger], None], set[str]] = {
    body_without_a_word: {"body-missing"},
    body_with_a_forged_run: {"body-missing", "pruned-forged"},
    more_than_was_said: {"body-missing"},
    what_never_goes: {"body-missing", "prune-form"},
    an_entry_of_their_own: {"unsigned"},
    the_columns_that_stay: {"pruned-differs"},
    the_case_that_stays: {"pruned-differs"},
    the_hash_that_stays: {"head-differs"},
    another_body_in_its_place: {"entry-changed"},
    a_row_that_is_gone: {"gap", "pruned-differs"},
    all_of_them_without_a_word: {"body-missing"},
}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda each: each.__name__)
def test_every_attack_on_bodies_is_seen(
    filled: Store,
    ledger: Ledger,
    signer: keys.PrivateKey,
    disarm: Callable[[Store], None],
    attack: Callable[[Store, Ledger], None],
) -> None:
    disarm(filled)
    attack(filled, ledger)
    assert ATTACKS[attack] <= codes(filled, signer)


def test_a_hub_that_prunes_too_much_is_seen(
    filled: Store, ledger: Ledger, signer: keys.PrivateKey
) -> None:
    """With the hub's key: kinds that never go, and what is not from before the day."""
    ledger.commit(lambda c: [pruning._entry(prune_rows.shells(c, (8, 8)), order(), DIGEST)])
    assert codes(filled, signer) == {"pruned-differs"}
    late = CASES * 8
    said = order(proposal="p2")
    ledger.commit(lambda c: [pruning._entry(prune_rows.shells(c, (late, late)), said, DIGEST)])
    assert codes(filled, signer) == {"pruned-differs", "pruned-early"}


REFUSED = {
    "no run": "UPDATE ledger_entry SET body = {empty} WHERE seq = 9",
    "a run that cites no such entry": "INSERT INTO ledger_prune (first, last, entry)"
    " VALUES (9, 9, 3); UPDATE ledger_entry SET body = {empty} WHERE seq = 9",
    "beyond the run": "UPDATE ledger_entry SET body = {empty} WHERE seq = 8",
    "another body": "UPDATE ledger_entry SET body = hash WHERE seq = 25",
    "the hash too": "UPDATE ledger_entry SET body = {empty}, hash = {empty} WHERE seq = 25",
    "the case too": "UPDATE ledger_entry SET body = {empty}, \"case\" = '' WHERE seq = 25",
    "delete": "DELETE FROM ledger_entry WHERE seq = 25",
    "a run away": "DELETE FROM ledger_prune",
    "a run wider": "UPDATE ledger_prune SET last = 400",
}


def test_the_wall_lets_exactly_the_named_bodies_go(
    filled: Store, ledger: Ledger, signer: keys.PrivateKey
) -> None:
    """With the triggers standing; entry 25 is said to go and is still there."""
    pruning.announce(ledger, (24, 31), order(), DIGEST)
    with filled.write() as connection:
        [row] = pruning.entries(connection)
        prune_rows.allow(connection, row.seq, pruning.read(row).runs)
    empty = "x''" if filled.is_embedded else "''"
    for name, statement in REFUSED.items():
        with pytest.raises(Fatal) as found, filled.write() as connection:
            for each in statement.format(empty=empty).split("; "):
                connection.exec_driver_sql(each)
        assert found.value.code == "store.broken", name
    assert pruning.carry_out(filled, "p1", lambda _: frozenset()) == 6
    assert looked(filled, signer).problems == []
    with filled.read() as connection:
        assert ledger_wall.breaches(connection) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"runs": []},
        {"runs": [[5, 4]]},
        {"runs": [[3, 4], [5, 6]], "count": 4},
        {"runs": [[-1, 0]], "count": 2},
        {"runs": [[3, 99]], "count": 97},
        {"runs": [[True, True]], "count": 1},
        {"runs": [[0, 0], [4096, 4096]], "count": 2, "seq": 5000},
        {"count": 2},
        {"columns": 1},
        {"runs": "ab"},
        {"tokens": [1]},
    ],
)
def test_an_entry_of_another_form_says_nothing(changes: dict[str, Any]) -> None:
    told = {
        "at": AFTER,
        "before": BEFORE,
        "runs": [[3, 3]],
        "count": 1,
        "columns": "",
        "tokens": [],
    }
    seq = int(changes.pop("seq", 50))
    pruning.read(ledger_rows.EntryRow(seq, "pruned", "", "", canonical.dumps(told), b""))
    body = canonical.dumps(told | changes)
    with pytest.raises(Invalid) as found:
        pruning.read(ledger_rows.EntryRow(seq, "pruned", "", "", body, b""))
    assert found.value.code == "ledger.prune-form"
