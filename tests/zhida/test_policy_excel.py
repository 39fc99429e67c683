"""Parameters and days to Excel and back; criteria are not touched there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from exchange.errors import Invalid
from matters.grants import Folder
from tests.zhida.gifts import TEXT, site
from zhida import policy_excel

FILES = dict(list(Folder.shipped().files().items())[::12])
"""Each reads the whole vocabulary anew: some will do."""


@pytest.mark.parametrize("name", FILES)
def test_there_and_back(name: str, tmp_path: Path) -> None:
    assert policy_excel.export(FILES[name], tmp_path / "a.xlsx") > 1
    assert policy_excel.changed(tmp_path / "a.xlsx", FILES[name]) is None


def change(xlsx: Path, place: str, value: Any) -> None:
    book = openpyxl.load_workbook(xlsx)
    sheet = book["政策参数"]
    row = next(cells[0].row for cells in sheet.iter_rows() if cells[0].value == place)
    sheet[f"C{row}"] = value
    book.save(xlsx)


@pytest.fixture
def book(tmp_path: Path) -> tuple[Path, Path]:
    path = site(tmp_path)
    policy_excel.export(path, tmp_path / "a.xlsx")
    return path, tmp_path / "a.xlsx"


def test_what_is_exported_is_said_in_chinese(book: tuple[Path, Path]) -> None:
    sheet = openpyxl.load_workbook(book[1])["政策参数"]
    rows = {cells[0].value: cells[3].value for cells in sheet.iter_rows()}
    assert rows["/versions/2026/parameters/cap/money"] == "2026：每户上限"
    assert rows["/versions/2026/since"] == "2026：施行日期"
    assert "/versions/2026/budget/amount" in rows and "/title" not in rows


def test_one_day_and_nothing_else(book: tuple[Path, Path]) -> None:
    change(book[1], "/versions/2026/since", "2026-02-01")
    made = policy_excel.changed(book[1], book[0])
    assert made is not None
    assert made.decode() == TEXT.replace("since: 2026-01-01", "since: 2026-02-01")


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [
        ("/versions/2026/parameters/cap/money", "30 万元", "policy.example"),
        ("/versions/2026/parameters/cap/money", "很多", "policy.money"),
        ("/versions/2026/parameters/least/count", "多", "xlsx.other-kind"),
        ("/versions/2026/parameters/least/count", "10\nb: 2", "xlsx.other-kind"),
        ("/versions/2026/since", "五月", "file.schema"),
    ],
)
def test_what_would_be_no_right_policy_is_refused(
    book: tuple[Path, Path], place: str, value: str, code: str
) -> None:
    change(book[1], place, value)
    with pytest.raises(Invalid) as caught:
        policy_excel.changed(book[1], book[0])
    assert code in {problem.code for problem in caught.value.problems}
    assert book[0].read_text("utf-8") == TEXT
