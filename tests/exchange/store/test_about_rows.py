"""Which policy a case is about, and the case of its batch: of several cases at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from exchange.store import about_rows, award_rows, grant_rows
from exchange.store.about_rows import About
from exchange.store.engine import Connection, Store
from exchange.store.grant_rows import SheetRow
from tests.exchange.store.test_award_rows import made


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    with store.write() as opened:
        yield opened


def sheet(identifier: str, kind: str, case: str) -> SheetRow:
    return SheetRow(identifier, kind, "r1", "jobs", "2026", 1, 100, "d", "open", case, "")


def test_awards_lists_and_batches(connection: Connection) -> None:
    grant_rows.add_sheet(connection, sheet("l", "list", "case-l"))
    grant_rows.add_sheet(connection, sheet("b", "batch", "case-b"))
    award_rows.add(connection, made("a", case="case-a", batch="b"))
    award_rows.add(connection, made("c", firm="other", case="case-c"))
    award_rows.add(connection, made("d", firm="third"))
    found = about_rows.of_cases(connection, ["case-a", "case-b", "case-c", "case-l", "case-x"])
    assert found == {
        "case-a": About("jobs", "case-b"),
        "case-b": About("jobs"),
        "case-c": About("jobs"),
        "case-l": About("jobs"),
    }


def test_a_batch_that_has_no_case_yet_is_none(connection: Connection) -> None:
    grant_rows.add_sheet(connection, sheet("b", "batch", ""))
    award_rows.add(connection, made("a", case="case-a", batch="b"))
    assert about_rows.of_cases(connection, ["case-a"]) == {"case-a": About("jobs")}
