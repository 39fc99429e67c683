"""The data pack for the joint meeting: a page and its tables, which open in Excel and name nobody."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from tests.zhida.mediation_report.dispute_town import UNITS, Town
from zhida import report_mediation, report_mediation_findings, report_mediation_pack
from zhida.report_mediation import Wanted
from zhida.report_mediation_pack import PAGE
from zhida.report_sections import Section

TABLES = {
    "总览",
    "接待和办件",
    "调解结果",
    "各步用时（天）",
    "逾期的期限",
    "六不准",
    "各单位工作量",
}


def packed(town: Town, folder: Path) -> dict[str, str]:
    """File → its text."""
    told = report_mediation.report(town.hub, Wanted())
    whole = report_mediation_findings.report(town.hub.site, told, town.clock())
    files = report_mediation_pack.write(folder, told, whole)
    assert sorted(folder.iterdir()) == sorted(files)
    return {each.name: each.read_bytes().decode("utf-8") for each in files}


def test_each_table_is_a_file_and_stands_on_the_page(lived: Town, tmp_path: Path) -> None:
    files = packed(lived, tmp_path / "new" / "folder")
    assert set(files) == {PAGE, *(f"{each}.csv" for each in TABLES)}
    for name in TABLES:
        assert f"<h2>{name}</h2>" in files[PAGE]
    assert "成功率＝达成调解协议的" in files[PAGE]


def test_excel_in_chinese_opens_them(lived: Town, tmp_path: Path) -> None:
    files = packed(lived, tmp_path)
    told = files["各单位工作量.csv"]
    assert told.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(told.removeprefix("\ufeff"))))
    assert rows[0] == ["单位", "经手", "已了", "在手", "登记的事件"]
    assert all(len(row) == 5 for row in rows)
    assert [row[:4] for row in rows if row[0] == UNITS["union-hq"]] == [[UNITS["union-hq"], "5", "4", "1"]]  # fmt: skip


def test_nobody_is_in_it_nor_any_dispute(lived: Town, tmp_path: Path) -> None:
    text = "".join(packed(lived, tmp_path).values())
    found = [each for each in {*lived.personal(), *lived.numbers, "case-"} if each in text]
    assert found == []


def test_a_cell_is_no_formula() -> None:
    told = report_mediation_pack.table(Section("表", {"a": "=名"}, [{"a": "@x"}, {"a": "—"}]))
    assert told.decode("utf-8-sig") == "'=名\r\n'@x\r\n—\r\n"
