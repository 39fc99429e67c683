"""An award's claim is kept by the database; its state changes only from what was seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from exchange.store import award_rows, case_rows, grant_rows
from exchange.store.award_rows import AwardRow
from exchange.store.case_rows import CaseRow, ItemRow
from exchange.store.engine import Connection, Store
from exchange.store.grant_rows import RunRow

STORES = ("sqlite", "postgresql")
AT = "2026-03-02T01:00:00.000000Z"


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    with store.write() as opened:
        yield opened


def made(identifier: str, **changed: object) -> AwardRow:
    row = AwardRow(
        identifier, "r1", "", "", "jobs", "2026", "", "firm", "2026", 100, "matched", "", "", 0, b"s", AT
    )  # fmt: skip
    return replace(row, **changed)  # type: ignore[arg-type]


def test_a_firm_has_the_same_thing_once(connection: Connection) -> None:
    assert award_rows.add(connection, made("a"))
    assert not award_rows.add(connection, made("b", run="r2"))
    assert award_rows.add(connection, made("c", run="r2", occurrence="2027"))
    assert award_rows.add(connection, made("d", run="r2", firm="other"))
    assert award_rows.add(connection, made("e", run="r2", stage="two"))


@pytest.mark.parametrize("state", ["screened-out", "released"])
def test_what_came_to_nothing_leaves_room(connection: Connection, state: str) -> None:
    assert award_rows.add(connection, made("a", state=state))
    assert award_rows.add(connection, made("b", run="r2"))


def test_the_same_again_changes_nothing(connection: Connection) -> None:
    award_rows.add(connection, made("a"))
    assert not award_rows.add(connection, made("a", amount_fen=9, occurrence="2030"))
    found = award_rows.get(connection, "a")
    assert found is not None
    assert found.amount_fen == 100


def test_only_who_saw_it_as_it_is_moves_it(connection: Connection) -> None:
    row = made("a")
    award_rows.add(connection, row)
    assert award_rows.move(connection, row, state="listed", updated_at=AT)
    assert not award_rows.move(connection, row, state="screened-out", updated_at=AT)
    assert [each.id for each in award_rows.some(connection, "listed")] == ["a"]


def test_sums_by_state(connection: Connection) -> None:
    for number in range(3):
        award_rows.add(connection, made(f"a{number}", firm=str(number), amount_fen=10**15))
    award_rows.add(connection, made("b", policy="other"))
    told = award_rows.count_states(connection, policy="jobs")
    assert told == {"matched": (3, 3 * 10**15)}


def test_rows_come_in_chunks(connection: Connection) -> None:
    for number in range(5):
        award_rows.add(connection, made(f"a{number}", firm=str(number)))
    first = award_rows.some(connection, "matched", limit=3)
    rest = award_rows.some(connection, "matched", limit=3, after=first[-1].id)
    assert [row.id for row in (*first, *rest)] == [f"a{n}" for n in range(5)]


def test_an_award_is_followed_with_its_case(connection: Connection) -> None:
    award_rows.add(connection, made("a", state="ordered", case="c"))
    award_rows.add(connection, made("b", state="cleared", firm="other"))
    item = ItemRow("c", "pay", "grant-award", "refused", "treasury.returned", "{}", "", "", AT, AT)
    case_rows.open_case(connection, CaseRow("c", "grant-award", "i", AT, "", "open", "d"), [item])
    case_rows.add_document(connection, "c", "award", "d1")
    (found,) = award_rows.followed(connection, ["ordered", "cleared"])
    assert (found.award.id, found.items) == ("a", {"pay": ("refused", "treasury.returned")})
    assert found.documents == {"award"}


def test_only_what_the_newest_run_let_fall_is_kept(connection: Connection) -> None:
    award_rows.add(connection, made("a", state="screened-out"))
    award_rows.add(connection, made("b", state="screened-out", run="r2"))
    award_rows.add(connection, made("c", state="paid", firm="other"))
    assert award_rows.forget_screened(connection, "r2") == 1
    assert award_rows.get(connection, "a") is None
    assert award_rows.get(connection, "c") is not None


def test_what_a_firm_has_had_is_what_claims_something(connection: Connection) -> None:
    run = RunRow("r1", "2026-03-02", "matched", "", "", "{}", "{}", AT, AT)
    grant_rows.add_run(connection, run)
    award_rows.add(connection, made("a", state="screened-out"))
    award_rows.add(connection, made("b", state="paid"))
    (found,) = award_rows.had(connection)
    assert (found.firm, found.state, found.amount_fen) == ("firm", "paid", 100)
    assert found.day == "2026-03-02"
