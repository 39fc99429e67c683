"""Every code that this package raises has a text and a remedy in both languages."""

import csv
import re
from pathlib import Path
from string import Formatter

import pytest

import mappings

HERE = Path(mappings.__path__[0])
ROWS = list(csv.DictReader((HERE / "problems.csv").read_text("utf-8").splitlines()))
RAISED = {
    found
    for file in HERE.rglob("*.py")
    for found in re.findall(
        r'"((?:mapping|shape|identifier|person)\.[a-z0-9-]+)"', file.read_text("utf-8")
    )
} | {
    f"identifier.{found}"
    for file in (HERE / "identifiers").glob("*.py")
    for found in re.findall(r'(?:refuse|doubt)\("([a-z-]+)"', file.read_text("utf-8"))
}


def test_codes_and_texts_are_the_same_set() -> None:
    assert {row["code"] for row in ROWS} == RAISED
    assert len(ROWS) == len(RAISED)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["code"])
def test_both_languages_say_what_happened_and_what_to_do(row: dict[str, str]) -> None:
    assert all(row[column].strip() for column in ("zh", "en", "remedy_zh", "remedy_en"))
    facts = [{name for _, name, _, _ in Formatter().parse(row[c]) if name} for c in ("zh", "en")]
    assert facts[0] == facts[1]
    assert row["en"].isascii() or "“" in row["en"]
