"""A number that is the key of rows which syncs have passed on: found batch by batch (G6)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from rich.console import Console

from tests.zhida.syncs.conftest import Town, firm
from zhida import person, person_rows, person_tables
from zhida.hub import Hub
from zhida.person_told import Telling

pytestmark = pytest.mark.guarantee("G6")
USCC, OTHER = "91350100M000100Y43", "91330000755918469E"


@pytest.fixture
def hub(town: Town) -> Iterator[Hub]:
    """Two batches: the second one corrects the row of the first."""
    town.registry.put("firm", (USCC, *firm(1)[1:]), firm(2), firm(3))
    town.run()
    changed = "\"NAME\" = '改了', \"MTIME\" = '2026-01-04 20:00:00'"
    town.registry.run(f"UPDATE firm SET {changed} WHERE \"CODE\" = '{USCC}'")
    town.run()
    with closing(town.hub()) as opened:
        yield opened


def search(hub: Hub, number: str) -> Any:
    whom = person.of_number(hub, number)
    telling = Telling(hub.site, person.look(hub, whom, 10))
    return person_rows.search(hub, telling, whom.numbers)


def test_each_batch_with_the_number_is_told_with_whom_it_went_to_and_why(hub: Hub) -> None:
    found = search(hub, USCC)
    assert (len(found.rows), found.searched, found.erased) == (2, 2, 0)
    for row in found.rows:
        assert (row["provider"], row["receiver"]) == ("market", "licensing")
        assert (row["agreement"], row["purpose"]) == ("registry-front", "licensing")
        assert (row["sync"], row["custody"]) == ("firms", "hub")
        assert row["custody_zh"].startswith("中枢代读")


def test_a_stranger_is_in_none(hub: Hub) -> None:
    found = search(hub, OTHER)
    assert (found.rows, found.searched) == ([], 2)


def test_what_is_erased_is_counted_and_not_passed_over(hub: Hub) -> None:
    for bucket in hub.vault.buckets():
        hub.vault.destroy(bucket)
    found = search(hub, USCC)
    assert (found.rows, found.searched, found.erased) == ([], 0, 2)


def test_the_number_is_in_no_text_of_the_subject(hub: Hub) -> None:
    assert USCC not in repr(person.of_number(hub, USCC))


def test_how_much_could_be_searched_is_told_also_where_nothing_was_found() -> None:
    told = {"rows": [], "searched": 3, "other_key": 2, "erased": 1}
    none: dict[str, Any] = {"documents": [], "exchanges": [], "looks": [], "places": 0, "shown": 0}
    console = Console(width=200, record=True)
    console.print(person_tables.tables(none | {"rows": told}, "0Y43"))
    assert "查了 3 批；2 批不以单个号码为键，1 批已抹除" in console.export_text()
