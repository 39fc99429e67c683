"""Which numbers are one thing's, and which of them are void by now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from exchange.store import case_rows, document_rows, schema
from exchange.store.case_rows import CaseRow, ItemRow
from exchange.store.document_rows import DocumentRow
from exchange.store.engine import Store
from zhida import renumbering

CASE, NUMBER = "0123456789abcdef", "/certificate/number"


@dataclass
class Shelf:
    """A hub's documents: births of which each may say which number it was issued for."""

    store: Store
    found: dict[str, Any] = field(default_factory=dict)

    @property
    def hub(self) -> Any:
        archive = SimpleNamespace(read=lambda connection, identifier: self.found[identifier])
        return SimpleNamespace(store=self.store, archive=archive, site=SimpleNamespace(folder=None))

    def put(self, identifier: str, number: str, *, instead: str = "", after: str = "") -> Any:
        fields = {NUMBER: number} | ({"/certificate/replaces": instead} if instead else {})
        origin = SimpleNamespace(kind="birth-record", supersedes=after)
        self.found[identifier] = SimpleNamespace(fields=fields, origin=origin)
        row = DocumentRow(identifier, "birth-record", *["x"] * 5, after, "x", b"", b"")
        with self.store.write() as connection:
            document_rows.put(connection, row)
            case_rows.add_document(connection, CASE, "birth", identifier)
        return self.found[identifier]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    schema.upgrade(store)
    item = ItemRow(CASE, "reply", "newborn", "waiting", "", "{}", "", "", "", "")
    with store.write() as connection:
        case_rows.open_case(connection, CaseRow(CASE, "newborn", CASE, "", "", "open", "d"), [item])
    yield Shelf(store)
    store.close()


def test_each_number_leads_to_the_first_and_all_but_the_last_are_void(shelf: Shelf) -> None:
    shelf.put("d1", "A")
    shelf.put("d2", "B", instead="A", after="d1")
    shelf.put("d3", "C", instead="B", after="d2")
    found = renumbering.of_case(shelf.hub, CASE)
    assert found.roots == {(NUMBER, "B"): "A", (NUMBER, "C"): "A"}
    assert found.stale == {(NUMBER, "A"), (NUMBER, "B")}


def test_a_number_that_holds_again_is_not_void(shelf: Shelf) -> None:
    shelf.put("d1", "A")
    shelf.put("d2", "B", instead="A", after="d1")
    shelf.put("d3", "A", instead="B", after="d2")
    assert renumbering.of_case(shelf.hub, CASE).stale == {(NUMBER, "B")}


def test_a_correction_under_the_same_number_makes_none_void(shelf: Shelf) -> None:
    shelf.put("d1", "A")
    shelf.put("d2", "A", after="d1")
    assert renumbering.of_case(shelf.hub, CASE) == renumbering.Renumbered()


def test_what_goes_on_with_nothing_is_not_believed_about_another_number(shelf: Shelf) -> None:
    """A first message that names another's number would take that one's case."""
    first = shelf.put("d1", "B", instead="A")
    shelf.put("d2", "B", after="d1")
    assert renumbering.of_case(shelf.hub, CASE) == renumbering.Renumbered()
    assert not renumbering.is_about(shelf.hub, first, NUMBER, "A")


def test_a_document_is_about_its_number_and_the_one_that_it_replaces(shelf: Shelf) -> None:
    found = shelf.put("d2", "B", instead="A", after="d1")
    about = {each: renumbering.is_about(shelf.hub, found, NUMBER, each) for each in "ABC"}
    assert about == {"A": True, "B": True, "C": False}
