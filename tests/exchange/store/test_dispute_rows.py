"""Disputes are found by case and by number; events keep the order in which they were told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from exchange.store import case_rows, dispute_rows
from exchange.store.case_rows import CaseRow, ItemRow
from exchange.store.dispute_rows import DisputeRow, EventRow
from exchange.store.engine import Connection, Store


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    with store.write() as opened:
        yield opened


def dispute(n: int, closed_at: str = "") -> DisputeRow:
    return DisputeRow(f"case-{n}", f"LT-{n}", f"2026-01-0{n}T00:00:00.000000Z", closed_at)


def event(seq: int, name: str = "accepted", case: str = "case-1") -> EventRow:
    at = "2026-01-01T00:00:00.000000Z"
    return EventRow(case, seq, name, at, "people", "people-mediation", "", "", f"doc-{seq}", at)


def test_a_case_has_one_number_for_ever(connection: Connection) -> None:
    assert dispute_rows.LOG.add(connection, dispute(1))
    assert not dispute_rows.LOG.add(connection, DisputeRow("case-1", "LT-9", "x"))
    assert dispute_rows.LOG.get(connection, "case-1") == dispute(1)
    assert dispute_rows.LOG.by_number(connection, "LT-1") == dispute(1)
    assert dispute_rows.LOG.by_number(connection, "LT-9") is None


def test_only_what_has_not_ended_is_looked_at(connection: Connection) -> None:
    for n in (1, 2, 3):
        dispute_rows.LOG.add(connection, dispute(n))
    dispute_rows.LOG.close(connection, "case-2", "2026-02-01T00:00:00.000000Z")
    assert [each.case for each in dispute_rows.LOG.still_open(connection)] == ["case-1", "case-3"]
    assert [each.case for each in dispute_rows.LOG.still_open(connection, after="case-1")] == [
        "case-3"
    ]
    dispute_rows.LOG.close(connection, "case-2", "")
    assert len(dispute_rows.LOG.still_open(connection)) == 3
    between = dispute_rows.LOG.opened_between(connection, "2026-01-02", "2026-01-03")
    assert [each.case for each in between] == ["case-2"]


def test_events_come_in_the_order_in_which_they_were_told(connection: Connection) -> None:
    dispute_rows.LOG.append(connection, [event(2, "failed"), event(1)])
    dispute_rows.LOG.append(connection, [event(1, case="case-2")])
    dispute_rows.LOG.append(connection, [])
    assert [each.name for each in dispute_rows.LOG.told(connection, "case-1")] == [
        "accepted",
        "failed",
    ]
    assert dispute_rows.LOG.count(connection, "case-1") == 2
    several = dispute_rows.LOG.told_of(connection, ["case-1", "case-2"])
    assert {case: len(rows) for case, rows in several.items()} == {"case-1": 2, "case-2": 1}


def test_a_case_without_a_dispute_is_to_be_registered(connection: Connection) -> None:
    for n in (1, 2):
        row = CaseRow(f"case-{n}", "mediation", f"id-{n}", "2026-01-01", "", "open", "d")
        item = ItemRow(row.id, "archive", "mediation", "waiting", "", "{}", "", "", "", "")
        case_rows.open_case(connection, row, [item])
    dispute_rows.LOG.add(connection, dispute(1))
    assert dispute_rows.LOG.unregistered(connection, "mediation") == ["case-2"]
    assert dispute_rows.LOG.unregistered(connection, "other") == []


def test_events_of_some_names_are_read_on_from_where_one_was_left(connection: Connection) -> None:
    def told(case: str, seq: int, minute: int, name: str) -> EventRow:
        at = f"2026-01-01T00:0{minute}:00.000000Z"
        return EventRow(case, seq, name, at, "people", "people-mediation", "", "", "", at)

    rows = [told("b", 1, 1, "agreed"), told("a", 2, 1, "agreed"), told("a", 3, 2, "agreed")]
    rows += [told("a", 4, 3, "failed"), told("a", 1, 0, "agreed"), told("c", 1, 2, "confirmed")]
    dispute_rows.LOG.append(connection, rows)
    since, names = "2026-01-01T00:01:00.000000Z", ("agreed", "confirmed")
    found, after = list[tuple[str, int]](), ("", "", -1)
    while some := dispute_rows.LOG.told_since(connection, since, names, after=after, limit=2):
        found += [(row.case, row.seq) for row in some]
        after = dispute_rows.place(some[-1])
    assert found == [("a", 2), ("b", 1), ("a", 3), ("c", 1)]


def test_the_same_parties_are_found_while_their_dispute_goes_on(connection: Connection) -> None:
    rows = [replace(dispute(n), parties="same" if n < 4 else "") for n in (1, 2, 3, 4, 5)]
    for row in rows:
        dispute_rows.LOG.add(connection, row)
    dispute_rows.LOG.close(connection, "case-3", "2026-02-01T00:00:00.000000Z")
    assert dispute_rows.alike(connection, rows[0]) == ["LT-2"]
    assert dispute_rows.alike(connection, rows[3]) == [], "who is not known is like nobody"
