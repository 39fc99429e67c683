"""What the ledger says beats what a row says, and each difference is marked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exchange import canonical
from exchange.store.delivery_rows import TransferRow
from exchange.store.subject_rows import AboutRow
from zhida import person_ledger

ROW = TransferRow(
    id="t", case="c", item="i", document="d", agreement="a", provider="p", receiver="r",
    purpose="why", disclosed='["/x"]', withheld="[]", effect="e", at="2026-01-01T00:00:00.000001Z",
)  # fmt: skip
SAID = {
    "item": "i", "document": "d", "agreement": "a", "provider": "p", "receiver": "r", "purpose": "why",
    "effect": "e", "at": "2026-01-01T00:00:00.000000Z", "disclosed": ["/x"], "withheld": [],
    "basis": "law",
}  # fmt: skip
NOTE = ("query", "t", "c", canonical.dumps(SAID))
PRUNED = ("query", "t", "c", b"")


def marks(rows: list[TransferRow], notes: list[Any]) -> list[str]:
    return [each.mark for each in person_ledger.transfers(rows, notes)]


def test_a_row_that_says_the_same_has_no_mark() -> None:
    [found] = person_ledger.transfers([ROW], [NOTE])
    assert (found.mark, found.way, found.basis) == ("", "query", "law")
    assert found.row == replace(ROW, at=SAID["at"])


@pytest.mark.parametrize("name", ["case", "item", "document", "receiver", "purpose", "disclosed"])
def test_each_column_is_compared(name: str) -> None:
    [found] = person_ledger.transfers([replace(ROW, **{name: '["/y"]'})], [NOTE])
    assert found.mark == "differs"
    assert getattr(found.row, name) == getattr(ROW, name)


def test_rows_without_a_note_and_notes_without_a_row() -> None:
    assert marks([ROW], []) == ["unnoted"]
    assert marks([], [NOTE]) == ["differs"]


def test_of_a_pruned_note_the_columns_are_left() -> None:
    [found] = person_ledger.transfers([ROW], [PRUNED])
    assert (found.mark, found.row, found.basis) == ("pruned", ROW, "")
    assert marks([], [PRUNED]) == ["differs"]
    [other] = person_ledger.transfers([replace(ROW, case="x")], [PRUNED])
    assert (other.mark, other.row.case) == ("differs", "c")


DOCUMENT = AboutRow("d", "k", "p", "unit", "s", "2026", "2026", "", "/id")
TOLD = {"document_kind": "k", "provider": "p", "custody": "unit", "source": "s", "as_of": "2026", "at": "2026"}  # fmt: skip


@pytest.mark.parametrize(
    ("body", "custody", "mark"),
    [
        (canonical.dumps(TOLD), "unit", {}),
        (canonical.dumps(TOLD | {"custody": "hub"}), "hub", {"d": "differs"}),
        (b"", "unit", {"d": "pruned"}),
    ],
)
def test_whose_word_a_document_is_is_the_ledgers_word(
    body: bytes, custody: str, mark: dict[str, str]
) -> None:
    found: dict[str, str] = {}
    [row] = person_ledger.documents([DOCUMENT], [("document", "d", "c", body)], found)
    assert (row.custody, row.path, found) == (custody, "/id", mark)


def test_a_document_that_no_table_names_is_told_once() -> None:
    notes = [("document", "d", case, canonical.dumps(TOLD)) for case in "ab"]
    [row] = person_ledger.beside(["other"], notes)
    assert row == replace(DOCUMENT, path="")
    assert person_ledger.beside(["d"], notes) == []
