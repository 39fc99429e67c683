"""Lists a page at a time: nothing twice, nothing left out, and each page by an index, on both databases."""

from __future__ import annotations

import doctest
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from exchange.store import case_pages, case_rows, delivery_rows, item_pages, prefix, transfer_pages
from exchange.store.case_pages import Place
from exchange.store.case_rows import CaseRow, ItemRow
from exchange.store.delivery_rows import DeliveryRow, TransferRow
from exchange.store.engine import Connection, Store
from exchange.store.item_pages import Filter, ItemPlace
from exchange.store.tables import TO_LOOK_AT

STORES = ("sqlite", "postgresql")
STATES = ("open", "done")
UNITS = ("bank", "court", "tax")


def at(number: int) -> str:
    """Three at the same moment each: what was at once is not lost between two pages."""
    return f"2026-03-02T01:{number // 3:02}:00.000000Z"


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    with store.write() as opened:
        for number in range(40):
            _add(opened, number)
        yield opened


def _add(connection: Connection, number: int) -> None:
    case, matter = f"{number * 7919 % 40:032x}", "newborn" if number % 4 else "grants"
    state = (*TO_LOOK_AT, "applied", "waiting")[number % 9]
    row = CaseRow(case, matter, str(number), at(number), "", STATES[number % 2], "d")
    item = ItemRow(
        case, "household", matter, state, f"c.{number % 2}", "{}", case, "", "", at(number)
    )
    case_rows.open_case(connection, row, [item])
    ways = {"provider": UNITS[number % 3], "receiver": UNITS[(number + 1) % 3]}
    told = {"id": case, "case": case, "item": "household", "document": "d", "agreement": "a"}
    told |= {"purpose": "p", "disclosed": "[]", "withheld": "[]", "effect": case, "at": at(number)}
    delivery_rows.add_transfers(connection, [TransferRow(**told, **ways)])
    sent = DeliveryRow(case, case, "household", "s", "o", "c", "applied", 1, at(number), "", "")
    delivery_rows.put_delivery(connection, sent, seen=None)


def pages(ask: Any, place: Any) -> list[Any]:
    """All rows, three at a time."""
    found: list[Any] = []
    rows = ask(None)
    while rows:
        found += rows
        assert len(found) <= 40
        rows = ask(place(rows[-1]))
    return found


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("matter", ["", "newborn", "grants", "none"])
def test_cases_come_newest_first_each_once(connection: Connection, state: str, matter: str) -> None:
    found = pages(
        lambda after: case_pages.cases(connection, state, matter=matter, after=after, limit=3),
        lambda row: Place(row.opened_at, row.id),
    )
    every = [r for r in case_rows.list_cases(connection, matter) if r.state == state]
    assert sorted(found, key=str) == sorted(every, key=str)
    assert found == sorted(found, key=lambda row: (row.opened_at, row.id), reverse=True)


def test_cases_are_got_by_their_ids(connection: Connection) -> None:
    ids = [row.id for row in case_rows.list_cases(connection)][:3]
    assert set(case_pages.of_ids(connection, [*ids, "none"])) == set(ids)


@pytest.mark.parametrize("side", ["provider", "receiver"])
@pytest.mark.parametrize("unit", [*UNITS, "nobody"])
def test_transfers_of_a_unit_come_newest_first(
    connection: Connection, side: Any, unit: str
) -> None:
    def ask(after: Place | None) -> list[TransferRow]:
        return transfer_pages.of_unit(connection, side, unit, after=after, limit=3)

    found = pages(ask, lambda row: Place(row.at, row.id))
    assert {getattr(row, side) for row in found} <= {unit}
    assert len({row.id for row in found}) == len(found) == (0 if unit == "nobody" else len(found))
    assert found == sorted(found, key=lambda row: (row.at, row.id), reverse=True)


def test_transfers_of_all_units_are_merged(connection: Connection) -> None:
    found = pages(
        lambda after: transfer_pages.newest(connection, after=after, limit=3),
        lambda row: Place(row.at, row.id),
    )
    assert len(found) == len({row.id for row in found}) == 40
    assert found == sorted(found, key=lambda row: (row.at, row.id), reverse=True)
    assert transfer_pages.get(connection, found[0].id) == found[0]
    assert transfer_pages.get(connection, "none") is None


def whole(connection: Connection, wanted: Filter) -> list[ItemRow]:
    rows: list[ItemRow] = []
    page = item_pages.held(connection, wanted, None, 2)
    while True:
        rows += page.rows
        if page.after is None:
            return rows
        page = item_pages.held(connection, wanted, page.after, 2)


def test_what_needs_a_person_comes_in_the_order_in_which_it_began_to_wait(
    connection: Connection,
) -> None:
    found = whole(connection, Filter())
    assert {row.state for row in found} == {"parked", "invalid"}
    assert sorted(found, key=str) == sorted(case_rows.parked(connection), key=str)
    assert found == sorted(found, key=lambda row: (row.updated_at, row.case))
    code = whole(connection, Filter(code="c.1"))
    assert code == [row for row in found if row.code == "c.1"] and code
    grants = whole(connection, Filter(matter="grants"))
    assert grants == [row for row in found if row.matter == "grants"] and grants
    assert whole(connection, Filter(items={"newborn": ["birth"]})) == []
    both = whole(connection, Filter(items={"newborn": ["household"]}))
    assert both == [row for row in found if row.matter == "newborn"]


def test_a_page_that_finds_little_looks_only_so_far_and_goes_on_from_there(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = whole(connection, Filter(code="c.1"))
    monkeypatch.setattr(item_pages, "MOST", 2)
    monkeypatch.setattr(item_pages, "CHUNK", 1)
    first = item_pages.held(connection, Filter(code="none"), None, 5)
    assert (first.rows, first.after is None) == ([], False)
    assert whole(connection, Filter(code="c.1")) == every


@pytest.mark.parametrize("state", TO_LOOK_AT)
def test_items_in_one_state(connection: Connection, state: str) -> None:
    page = item_pages.in_state(connection, state, Filter(), after=None, limit=40)
    assert {row.state for row in page.rows} == {state}
    counted = item_pages.counts(connection, (state,))
    assert sum(counted.values()) == len(page.rows)


def test_a_beginning_is_a_beginning_whatever_signs_it_holds(connection: Connection) -> None:
    (one,) = case_rows.cases_like(connection, f"{5:032x}")
    assert one.id == f"{5:032x}"
    assert len(case_rows.cases_like(connection, "0000")) == 2
    for none in ("%", "_", "0000_", "zz", "'"):
        assert case_rows.cases_like(connection, none) == []
    assert delivery_rows.cases_of_effects(connection, f"{5:032x}"[:31]) != []


QUESTIONS: dict[str, Any] = {
    "ix_matter_case_state": lambda c: case_pages.cases(c, "open", after=Place(at(9), "5"), limit=3),
    "ix_matter_case_matter": lambda c: case_pages.cases(c, "open", matter="newborn", limit=3),
    "ix_transfer_receiver": lambda c: transfer_pages.newest(c, limit=3),
    "ix_transfer_provider": lambda c: transfer_pages.of_unit(c, "provider", "tax", limit=3),
    "ix_case_item_state": lambda c: item_pages.held(c, Filter(), ItemPlace(at(1), "", ""), 3),
    "ix_case_item_state ": lambda c: item_pages.counts(c, ("parked",)),
    "matter_case": lambda c: case_rows.cases_like(c, "00000000000000000000000000000001"),
}


@pytest.mark.parametrize("index", QUESTIONS)
def test_each_question_is_answered_by_its_index(connection: Connection, index: str) -> None:
    plans: list[str] = []
    explain = "EXPLAIN QUERY PLAN "
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # the tables are tiny
        connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        explain = "EXPLAIN "
    seen: list[tuple[str, Any]] = []
    event.listen(connection, "before_cursor_execute", lambda *a: seen.append((a[2], a[3])))
    QUESTIONS[index](connection)
    for statement, values in [each for each in seen if each[0].startswith("SELECT")]:
        rows = connection.exec_driver_sql(explain + statement, values).all()
        plans.append("\n".join(str(row) for row in rows))
    assert plans
    assert any(index.strip() in plan for plan in plans), plans
    assert not any("SCAN case_item" in plan and "INDEX" not in plan for plan in plans)
    assert not any("TEMP B-TREE FOR ORDER" in plan for plan in plans), plans


def test_doctests() -> None:
    assert doctest.testmod(prefix).failed == 0
