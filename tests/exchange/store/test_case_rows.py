"""Which items are due, and which are not looked at yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from exchange.errors import Fatal, Retriable
from exchange.store import case_rows
from exchange.store.case_rows import CaseRow, ItemRow
from exchange.store.engine import Connection, Store

STORES = ("sqlite", "postgresql")

NOW = "2026-03-02T01:00:00.000000Z"
LATER = "2026-03-02T01:00:05.000000Z"


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    with store.write() as opened:
        yield opened


def opened(connection: Connection, case: str, state: str = "ready", next_at: str = NOW) -> None:
    row = CaseRow(case, "newborn", f"identity of {case}", NOW, "", "open", "d")
    item = ItemRow(case, "household", "newborn", state, "", "{}", "", "", next_at, NOW)
    case_rows.open_case(connection, row, [item])


@pytest.mark.parametrize("state", case_rows.WORKABLE)
def test_workable_items_are_due_when_their_time_has_come(
    connection: Connection, state: str
) -> None:
    opened(connection, "now", state)
    opened(connection, "later", state, LATER)
    assert case_rows.due(connection, "newborn", "household", NOW, 9) == [("now", "household")]
    found = case_rows.due(connection, "newborn", "household", LATER, 9)
    assert found == [("now", "household"), ("later", "household")]


@pytest.mark.parametrize("state", ["waiting", "applied", "refused", "blocked", "parked", "invalid"])
def test_all_others_never_are(connection: Connection, state: str) -> None:
    opened(connection, "c", state)
    assert case_rows.due(connection, "newborn", "household", LATER, 9) == []
    assert not case_rows.has_due(connection, "newborn", LATER, ["household"])


def test_the_question_that_is_asked_every_two_seconds_reads_open_work_only(
    connection: Connection,
) -> None:
    opened(connection, "c")
    explain, plans = "EXPLAIN QUERY PLAN", list[str]()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # the table is tiny
        explain = "EXPLAIN"

    def note(_: Any, cursor: Any, statement: str, parameters: Any, *__: Any) -> None:
        if not statement.startswith(explain):
            plan = connection.exec_driver_sql(f"{explain} {statement}", parameters)
            plans.append(str(plan.fetchall()))

    event.listen(connection, "before_cursor_execute", note)
    case_rows.has_due(connection, "newborn", NOW, ["household"])
    event.remove(connection, "before_cursor_execute", note)
    assert "ix_case_item_workable" in plans[0]


def test_only_the_items_that_are_asked_for_count(connection: Connection) -> None:
    opened(connection, "c")
    assert case_rows.has_due(connection, "newborn", NOW, ["household"])
    assert not case_rows.has_due(connection, "newborn", NOW, ["insurance"])
    assert not case_rows.has_due(connection, "newborn", NOW, [])


def test_postponing_only_ever_moves_later(connection: Connection) -> None:
    opened(connection, "c")
    case_rows.postpone(connection, "c", "household", LATER)
    assert case_rows.due(connection, "newborn", "household", NOW, 9) == []
    case_rows.postpone(connection, "c", "household", NOW)
    found = case_rows.get_item(connection, "c", "household")
    assert found is not None
    assert found.next_at == LATER


def test_postponing_leaves_what_is_over_alone(connection: Connection) -> None:
    opened(connection, "c", "applied")
    case_rows.postpone(connection, "c", "household", LATER)
    found = case_rows.get_item(connection, "c", "household")
    assert found is not None
    assert found.next_at == NOW


def test_what_is_not_there_is_none(connection: Connection) -> None:
    assert case_rows.get_item(connection, "none", "household") is None
    assert case_rows.get_case(connection, "none") is None
    assert case_rows.by_identity(connection, "newborn", "x") is None


def test_one_case_an_identity(store: Store) -> None:
    with store.write() as connection:
        opened(connection, "c")
    with pytest.raises((Fatal, Retriable)), store.write() as connection:
        row = CaseRow("other", "newborn", "identity of c", NOW, "", "open", "d")
        case_rows.open_case(connection, row, [])


def test_the_oldest_case_comes_first_however_often_it_was_tried(connection: Connection) -> None:
    for case, opened_at, next_at in (("b", "2026-03-01", NOW), ("a", "2026-03-02", "2026-03-02")):
        row = CaseRow(case, "newborn", f"identity of {case}", opened_at, "", "open", "d")
        item = ItemRow(case, "household", "newborn", "ready", "", "{}", "", "", next_at, NOW)
        case_rows.open_case(connection, row, [item])
    assert case_rows.due(connection, "newborn", "household", NOW, 9) == [
        ("b", "household"),
        ("a", "household"),
    ]
    assert case_rows.due(connection, "newborn", "household", NOW, 1) == [("b", "household")]


def test_what_waits_for_a_person_at_the_target_holds_nobody_up(connection: Connection) -> None:
    for case, next_at in (("s2", NOW), ("s1", "2026-03-01")):
        opened(connection, case, "stored", next_at)
    opened(connection, "r", "ready", NOW)
    found = case_rows.due(connection, "newborn", "household", NOW, 9)
    assert [case for case, _ in found] == ["r", "s1", "s2"]
