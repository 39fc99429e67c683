"""A bank's notices in a drop folder: a message an entry, known again by the bank's own number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters import feed
from exchange.ports import Endpoint
from tests.adapters.test_camt_credits import ACCOUNT, UNDONE, entry, notice

OPTIONS: dict[str, Any] = {
    "wire": "files",
    "settings": {"folders": {"credits": {"folder": "in"}}},
    "streams": {
        "credits": {
            "kind": "account-credit",
            "mapping": "camt_entry_account_credit",
            "format": "camt.054",
            "records": "many",
            "key": "/id",
        }
    },
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path


def _poll(folder: Path, **files: str) -> list[Any]:
    for name, text in files.items():
        (folder / "in" / f"{name}.xml").write_text(text, "utf-8")
    source = feed.open_system(OPTIONS, Endpoint(str(folder)))
    arrivals, _ = source.poll("credits", "")
    source.close()
    return list(arrivals)


def test_the_options_are_right() -> None:
    assert feed.mistakes(OPTIONS, None) == []
    assert feed.streams(OPTIONS) == {"credits": "account-credit"}


def test_each_entry_is_a_message_of_its_own(folder: Path) -> None:
    back = entry(way="DBIT", flag=UNDONE)
    first, second = _poll(folder, one=notice(entry(), back))
    assert (first.kind, first.error, first.record["amount_fen"]) == ("account-credit", None, 1230)
    assert second.record["entry"] == "credit-reversal"
    assert (first.number, second.number) == (1, 2)
    assert ACCOUNT not in first.key


def test_the_same_entry_in_another_notice_has_the_same_number_and_other_content_shows(
    folder: Path,
) -> None:
    other = entry("5", reference="GK2", inner="")
    found = _poll(
        folder, one=notice(entry()), two=notice(other, entry()), three=notice(entry("99"))
    )
    same = [each for each in found if each.record["reference"] == "GK1"]
    assert len({each.key for each in same}) == 1
    assert sorted(each.record["amount_fen"] for each in same) == [1230, 1230, 9900]


def test_a_notice_that_cannot_be_read_is_kept_with_its_reason(folder: Path) -> None:
    (found,) = _poll(folder, one=notice(entry(currency="USD")))
    assert (found.record, found.error.code) == (None, "bank.unreadable-notice")


def test_an_entry_that_cannot_be_read_holds_up_no_other(folder: Path) -> None:
    wrong, right = _poll(folder, one=notice(entry("1.005"), entry(reference="GK2")))
    assert wrong.error.code == "mapping.not-exact"
    assert right.record["reference"] == "GK2"


def test_an_entry_that_was_kept_is_read_again_from_its_own_bytes(folder: Path) -> None:
    (found,) = _poll(folder, one=notice(entry()))
    source = feed.open_system(OPTIONS, Endpoint(str(folder)))
    again = source.read_again("credits", found.key, found.raw)
    source.close()
    assert (again.key, again.record) == (found.key, found.record)
