"""Two processes that write at once, as only PostgreSQL lets them (each has a store of its own)."""

from __future__ import annotations

import time
from collections import Counter
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


def wait_for(is_so: Callable[[], bool]) -> None:
    while not is_so():
        time.sleep(0.001)


class Meeting:
    """Works that meet: each tells which of its runs it is, and that run's entry."""

    def __init__(self) -> None:
        self.runs: Counter[str] = Counter()
        self.told: dict[str, int] = {}
        self._both = Barrier(2)

    def decide(self, ledger: Ledger, name: str, *keys: str) -> None:
        """Work that touches these rows; the first time it waits for the other after the first."""

        def work(connection: Connection) -> tuple[int, list[Entry]]:
            self.runs[name] += 1
            yields_first(connection, yields=name == "yields")
            for key in keys:
                touch(connection, key, name[0])
                if key == keys[0] and self.runs[name] == 1:
                    self._both.wait(30)
            return self.runs[name], [Entry("note", name)]

        self.told[name] = ledger.decide(work)


def yields_first(connection: Connection, *, yields: bool) -> None:
    """Which of two that wait for each other the database lets give way: who looks for it first."""
    connection.execute(text(f"SET LOCAL deadlock_timeout = '{'50ms' if yields else '10s'}'"))


def touch(connection: Connection, key: str, mark: str) -> None:
    told = {"mark": mark, "key": key}
    change = text("UPDATE inbox SET content = content || :mark WHERE key = :key")
    connection.execute(change, told)


def contents(store: Store) -> list[str]:
    with store.read() as connection:
        found = connection.execute(text("SELECT content FROM inbox")).scalars().all()
    return ["".join(sorted(each)) for each in found]


def test_a_group_that_gives_way_is_committed_all_the_same_once(
    ledgers: list[Ledger], store: Store, signer: keys.PrivateKey
) -> None:
    """It begins anew, with all its members, and no caller knows but by what the last run told."""
    with store.write() as connection:
        for key in ("a", "b"):
            document_rows.remember(connection, "s", key, content="", document="", first_at="")
    (first, second), meeting = ledgers, Meeting()
    members = [(first, "innocent"), (first, "yields", "a", "b")]
    group = [Thread(target=meeting.decide, args=each) for each in members]
    with first._leader:  # so that both wait, and go in one group
        for size, thread in enumerate(group, 1):
            thread.start()
            wait_for(lambda size=size: len(first._waiting) == size)
    assert at_once(lambda: meeting.decide(second, "stays", "b", "a")) == []
    for thread in group:
        thread.join(60)
    assert meeting.told["stays"] == 1
    assert meeting.told["yields"] == meeting.told["innocent"] > 1, "the other may need its time"
    assert whole(store, signer).entries == 3
    assert contents(store) == ["sy", "sy"]


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
