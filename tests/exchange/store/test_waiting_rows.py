"""How many items wait on a system, and which day of the law comes first among their cases."""

from __future__ import annotations

from exchange.store import case_rows, waiting_rows
from exchange.store.case_rows import CaseRow, ItemRow
from exchange.store.engine import Connection, Store
from exchange.store.waiting_rows import ParkedRow, Waiting

AT = "2026-03-02T01:00:00.000000Z"


def opened(
    connection: Connection, case: str, state: str, *, due_at: str = "", code: str = "", **other: str
) -> None:
    row = CaseRow(case, "newborn", f"identity of {case}", AT, "", "open", "d")
    told = {"household": (state, code, due_at), "reply": (other.get("reply", "waiting"), "", "")}
    if "last" in other:
        told["reply"] = (told["reply"][0], "", other["last"])
    items = [
        ItemRow(case, name, "newborn", now, why, '{"a":1}', "", due, AT, AT)
        for name, (now, why, due) in told.items()
    ]
    case_rows.open_case(connection, row, items)


def test_items_are_counted_by_state_and_the_earliest_day_of_their_cases_is_told(
    store: Store,
) -> None:
    with store.write() as connection:
        opened(connection, "1", "ready", due_at="2026-04-02")
        opened(connection, "2", "unknown", last="2026-04-01")
        opened(connection, "3", "applied", due_at="2026-01-01")
        opened(connection, "4", "ready", reply="applied", last="2026-02-01")
        found = waiting_rows.waiting(connection, "newborn", ["household"], case_rows.WORKABLE)
        assert found == Waiting(3, "2026-04-01")
        nothing = waiting_rows.waiting(connection, "newborn", ["reply"], case_rows.WORKABLE)
        assert nothing == Waiting(0, "")
        assert waiting_rows.waiting(connection, "other", ["household"], ("ready",)).count == 0


def test_what_is_parked_is_told_apart_by_its_reason(store: Store) -> None:
    with store.write() as connection:
        opened(connection, "1", "parked", code="a.b", due_at="2026-04-02")
        opened(connection, "2", "parked", code="a.b")
        opened(connection, "3", "parked", code="c.d")
        opened(connection, "4", "ready", code="c.d")
        assert waiting_rows.parked(connection, "newborn", ["household", "reply"]) == [
            ParkedRow("household", "a.b", AT, '{"a":1}'),
            ParkedRow("household", "c.d", AT, '{"a":1}'),
        ]
        found = waiting_rows.waiting(connection, "newborn", ["household"], ("parked",), code="a.b")
        assert found == Waiting(2, "2026-04-02")
