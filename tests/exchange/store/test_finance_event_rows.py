"""Numbers of a bank's events have no gap; a day is asked once; a paper that was looked at is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from exchange.store import finance_event_rows
from exchange.store.engine import Connection, Store
from exchange.store.finance_event_rows import EventRow, WatchedRow, WatchRow

STORES = ("sqlite", "postgresql")
AT, LATER = "2026-05-06T01:00:00.000000Z", "2026-05-07T01:00:00.000000Z"
EVENT = EventRow("bank-a", 1, "c1", "delivered", "k", "d1", AT)


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    with store.write() as opened:
        yield opened


def test_each_bank_counts_from_one(connection: Connection) -> None:
    for n, key in enumerate(("k", "l"), start=1):
        assert finance_event_rows.hold_last(connection, "bank-a") == n - 1
        finance_event_rows.add_event(connection, replace(EVENT, seq=n, key=key))
    assert finance_event_rows.hold_last(connection, "bank-b") == 0
    assert finance_event_rows.last_number(connection, "bank-a") == 2
    assert finance_event_rows.last_number(connection, "bank-b") == 0
    found = finance_event_rows.events_after(connection, "bank-a", 1, 10)
    assert [each.seq for each in found] == [2]
    assert finance_event_rows.events_after(connection, "bank-a", 0, 1) == [EVENT]
    assert finance_event_rows.events_between(connection, "bank-a", AT, LATER)[0] == EVENT
    assert finance_event_rows.events_between(connection, "bank-a", LATER, "2026-06") == []


def test_an_event_is_known_by_its_loan_name_and_key(connection: Connection) -> None:
    finance_event_rows.hold_last(connection, "bank-a")
    finance_event_rows.add_event(connection, EVENT)
    assert finance_event_rows.has_event(connection, "c1", "delivered", "k")
    assert finance_event_rows.has_event(connection, "c1", "delivered")
    assert not finance_event_rows.has_event(connection, "c1", "delivered", "other")
    assert not finance_event_rows.has_event(connection, "c2", "delivered")
    assert finance_event_rows.of_loans(connection, ["c1"], ["delivered"]) == [EVENT]
    assert finance_event_rows.of_loans(connection, ["c1"], ["dishonest"]) == []


def test_a_day_is_asked_once(connection: Connection) -> None:
    row = WatchRow("c1", "2026-05-06", "w1", "")
    assert finance_event_rows.add_watch(connection, row)
    assert not finance_event_rows.add_watch(connection, replace(row, watch="w2"))
    assert finance_event_rows.watch_of(connection, "c1", "2026-05-06") == row
    assert finance_event_rows.watch_of(connection, "c1", "2026-05-07") is None
    assert finance_event_rows.open_watches(connection) == [row]
    finance_event_rows.close_watch(connection, "c1", "2026-05-06", LATER)
    assert finance_event_rows.open_watches(connection) == []


def test_the_last_paper_of_a_name_is_known(connection: Connection) -> None:
    for day in ("2026-05-06", "2026-05-07"):
        finance_event_rows.put_watched(connection, WatchedRow("c1", "order", f"d-{day}", day))
    found = finance_event_rows.watched(connection, "c1")
    assert found == {"order": WatchedRow("c1", "order", "d-2026-05-07", "2026-05-07")}
