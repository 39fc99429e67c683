"""Two processes that write at once, as only PostgreSQL lets them (each has a store of its own)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import text

from crypto import keys
from exchange import audit
from exchange.ledger import Entry, Ledger
from exchange.store import case_rows, document_rows
from exchange.store.case_rows import CaseRow, ItemRow
from exchange.store.engine import Connection, Store

ORIGIN = "hub.test"
AT = "2026-03-02T01:00:00.000000Z"


@pytest.fixture
def database(on_postgres: Any) -> Iterator[Any]:
    """No other kind here."""
    yield on_postgres
    on_postgres.give_back()


@pytest.fixture
def ledgers(store_url: str, signer: keys.PrivateKey, clock: Any) -> Iterator[list[Ledger]]:
    """Those of two processes."""
    stores = [Store(store_url) for _ in range(2)]
    yield [Ledger(each, signer, origin=ORIGIN, clock=clock) for each in stores]
    for each in stores:
        each.close()


def at_once(*work: Callable[[], None]) -> list[BaseException]:
    """Do all of it at the same time; what went wrong."""
    errors: list[BaseException] = []

    def run(one: Callable[[], None]) -> None:
        try:
            one()
        except BaseException as error:
            errors.append(error)

    threads = [Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return errors


def whole(store: Store, signer: keys.PrivateKey) -> audit.Audit:
    found = audit.verify(store, signer.public, ORIGIN)
    assert found.problems == []
    return found


def test_the_very_first_entries_of_two_processes_are_one_tree(
    ledgers: list[Ledger], store: Store, signer: keys.PrivateKey
) -> None:
    both = Barrier(2)

    def commit(ledger: Ledger, name: str) -> None:
        def work(_: Connection) -> list[Entry]:
            both.wait(30)
            return [Entry("note", name)]

        ledger.commit(work)

    first, second = ledgers
    assert at_once(lambda: commit(first, "a"), lambda: commit(second, "b")) == []
    assert whole(store, signer).entries == 2


def test_two_groups_that_wait_for_each_other_are_both_committed_once(
    ledgers: list[Ledger], store: Store, signer: keys.PrivateKey
) -> None:
    """The database lets one of them give way; its group begins anew, and its caller never knows."""
    with store.write() as connection:
        for key in ("a", "b"):
            document_rows.remember(connection, "s", key, content="", document="", first_at="")
    both, runs, told = Barrier(2), list[str](), dict[str, int]()

    def commit(ledger: Ledger, *order: str) -> None:
        def work(connection: Connection) -> tuple[int, list[Entry]]:
            runs.append(order[0])
            for key in order:
                touch = text("UPDATE inbox SET content = content || :c WHERE key = :key")
                connection.execute(touch, {"c": order[0], "key": key})
                if key == order[0] and runs.count(order[0]) == 1:
                    both.wait(30)
            return runs.count(order[0]), [Entry("note", order[0])]

        told[order[0]] = ledger.decide(work)

    first, second = ledgers
    errors = at_once(lambda: commit(first, "a", "b"), lambda: commit(second, "b", "a"))
    assert errors == []
    assert len(runs) > 2, "one of them was run again"
    assert told == {name: runs.count(name) for name in ("a", "b")}, "and told of its last run"
    assert whole(store, signer).entries == 2
    with store.read() as connection:
        kept = connection.execute(text("SELECT content FROM inbox")).scalars().all()
    assert [sorted(each) for each in kept] == [["a", "b"], ["a", "b"]]


def test_what_follows_from_two_items_that_end_at_once_is_decided_one_after_the_other(
    ledgers: list[Ledger], store: Store
) -> None:
    """Else each sees the other as it was, and what waits for both waits for ever."""
    items = [ItemRow("c", name, "m", "sent", "", "{}", "", "", AT, AT) for name in ("a", "b")]
    with store.write() as connection:
        row = CaseRow("c", "m", "identity", AT, "", "open", "d")
        case_rows.open_case(connection, row, items)
    both, seen = Barrier(2), list[list[str]]()

    def end(ledger: Ledger, name: str) -> None:
        def work(connection: Connection) -> list[Entry]:
            case_rows.set_item(connection, "c", name, {"state": "applied"})
            both.wait(30)
            case_rows.lock_case(connection, "c")
            seen.append([each.state for each in case_rows.items(connection, "c")])
            return [Entry("note", name)]

        ledger.commit(work)

    first, second = ledgers
    assert at_once(lambda: end(first, "a"), lambda: end(second, "b")) == []
    assert [sorted(states) for states in seen] == [["applied", "sent"], ["applied", "applied"]]
