"""Agreements to Excel and back: not one byte without a change, only the change with one."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from exchange.errors import Fatal, Invalid
from zhida import agreement_excel, commented_yaml, site
from zhida.cli import app
from zhida.site_schemas import AGREEMENT

EXAMPLE = Path(__file__).resolve().parents[2] / "sandbox" / "site"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = Path(shutil.copytree(EXAMPLE, tmp_path / "site"))
    monkeypatch.setenv("ZHIDA_SITE", str(found))
    return found


@pytest.fixture
def xlsx(folder: Path) -> Path:
    path = folder.parent / "协议.xlsx"
    agreement_excel.export(folder, path)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "agreements").iterdir()}


def change(xlsx: Path, sheet: str, cell: str, value: Any) -> None:
    book = openpyxl.load_workbook(xlsx)
    book[sheet][cell] = value
    book.save(xlsx)


def cell_of(xlsx: Path, sheet: str, text: str) -> str:
    for row in openpyxl.load_workbook(xlsx)[sheet].iter_rows():
        for cell in row:
            if cell.value == text:
                return str(cell.coordinate)
    raise AssertionError(text)


def wrong(folder: Path, xlsx: Path) -> list[tuple[str, object]]:
    before = contents(folder)
    with pytest.raises(Invalid) as caught:
        agreement_excel.plan(folder, xlsx)
    assert contents(folder) == before
    return [(each.code, each.facts.get("cell")) for each in caught.value.problems]


def test_there_and_back_changes_not_one_byte(folder: Path, xlsx: Path) -> None:
    before = contents(folder)
    changes = agreement_excel.plan(folder, xlsx)
    agreement_excel.apply(changes)
    assert {each.change for each in changes} == {"same"}
    assert contents(folder) == before


def test_one_day_changes_one_line(folder: Path, xlsx: Path) -> None:
    before = contents(folder)
    column = "H"
    row = cell_of(xlsx, "协议", "hospital-to-police")[1:]
    assert openpyxl.load_workbook(xlsx)["协议"][f"{column}1"].value == "截止日期"
    change(xlsx, "协议", f"{column}{row}", "2030-12-31")
    changes = agreement_excel.plan(folder, xlsx)
    agreement_excel.apply(changes)
    [changed] = [each for each in changes if each.change == "changed"]
    assert (changed.agreement, changed.keys) == ("hospital-to-police", ["valid_until"])
    name = "hospital-to-police.yaml"
    after = contents(folder)
    assert after[name] == before[name].replace(b"2028-12-31", b"2030-12-31")
    assert {k: v for k, v in after.items() if k != name} == {
        k: v for k, v in before.items() if k != name
    }


def test_a_new_agreement_is_a_new_file(folder: Path, xlsx: Path) -> None:
    book = openpyxl.load_workbook(xlsx)
    book["协议"].append(["医保给窗口", "medical-insurance", "service-window", "insurance-enrolment",
                        "newborn-registration", "社会保险法", "2026-01-01", "2028-12-31"])  # fmt: skip
    book["字段"].append(["医保给窗口", "/enrolment/date"])
    book.save(xlsx)
    agreement_excel.apply(agreement_excel.plan(folder, xlsx))
    assert "医保给窗口" in {each.id for each in site.load(folder).agreements}
    assert (folder / "agreements/医保给窗口.yaml").read_text("utf-8").startswith("# 协议编号")


def test_a_row_that_is_gone_removes_nothing(folder: Path, xlsx: Path) -> None:
    book = openpyxl.load_workbook(xlsx)
    book["协议"].delete_rows(2, 100)
    book["字段"].delete_rows(2, 1000)
    book.save(xlsx)
    before = contents(folder)
    changes = agreement_excel.plan(folder, xlsx)
    agreement_excel.apply(changes)
    assert {each.change for each in changes} == {"absent"}
    assert contents(folder) == before


def test_damage_and_mistakes_are_told_by_cell_and_nothing_is_written(
    folder: Path, xlsx: Path
) -> None:
    change(xlsx, "协议", "G2", 46023)
    assert wrong(folder, xlsx) == [("xlsx.number", "协议!G2")]


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("B2", "hospitall", "xlsx.no-unit"),
        ("G2", "2026/1/1", "xlsx.value"),
        ("G2", "2026-02-30", "xlsx.day"),
        ("F2", None, "xlsx.value"),
        ("D2", "no-such-kind", "xlsx.no-kind"),
        ("H2", "2025-12-31", "xlsx.ends-before"),
        ("A2", "a b", "xlsx.value"),
    ],
)
def test_each_mistake_has_its_cell(
    folder: Path, xlsx: Path, cell: str, value: Any, code: str
) -> None:
    change(xlsx, "协议", cell, value)
    assert (code, f"协议!{cell}") in wrong(folder, xlsx)


def test_a_field_of_no_agreement_and_an_agreement_twice(folder: Path, xlsx: Path) -> None:
    change(xlsx, "字段", "A2", "hospital-to-polce")
    assert ("xlsx.no-agreement", "字段!A2") in wrong(folder, xlsx)
    first = openpyxl.load_workbook(xlsx)["协议"]["A2"].value
    change(xlsx, "协议", "A3", first)
    assert ("xlsx.twice", "协议!A3") in wrong(folder, xlsx)


@pytest.mark.parametrize("name", ["hub-to-window", ".hidden", "长" * 80])
def test_a_new_agreement_never_takes_a_file(folder: Path, xlsx: Path, name: str) -> None:
    path = folder / "agreements/hub-to-window.yaml"
    text = path.read_text("utf-8").replace("agreement: hub-to-window", "agreement: other")
    path.write_text(text, "utf-8")
    agreement_excel.export(folder, xlsx)
    cell = cell_of(xlsx, "协议", "other")
    for row in openpyxl.load_workbook(xlsx)["字段"].iter_rows():
        if row[0].value == "other":
            change(xlsx, "字段", row[0].coordinate, name)
    change(xlsx, "协议", cell, name)
    assert wrong(folder, xlsx) == [("xlsx.file-taken", f"协议!{cell}")]


def test_the_commands(folder: Path, xlsx: Path) -> None:
    run = CliRunner().invoke
    assert run(app, ["agreement", "export", "--xlsx", str(xlsx)]).exit_code == 0
    change(xlsx, "协议", "F2", "新的依据")
    before = contents(folder)
    done = run(app, ["agreement", "import", "--xlsx", str(xlsx), "--dry-run", "--json"])
    assert [row["keys"] for row in json.loads(done.output) if row["change"] == "changed"] == [
        ["basis"]
    ]
    assert contents(folder) == before
    assert run(app, ["agreement", "import", "--xlsx", str(xlsx)]).exit_code == 0
    assert contents(folder) != before


def test_the_mark_and_the_line_ends_of_notepad_stay(folder: Path, xlsx: Path) -> None:
    for path in (folder / "agreements").iterdir():
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    change(xlsx, "协议", "F2", "新的依据")
    before = contents(folder)
    agreement_excel.apply(agreement_excel.plan(folder, xlsx))
    after = contents(folder)
    [name] = [name for name in after if after[name] != before[name]]
    assert after[name].startswith(b"\xef\xbb\xbf")
    assert after[name].count(b"\xef\xbb\xbf") == 1
    assert after[name].count(b"\r\n") == after[name].count(b"\n")


def test_what_cannot_be_written_leaves_all_files(folder: Path, xlsx: Path) -> None:
    change(xlsx, "协议", "F2", "新的依据")
    change(xlsx, "协议", "F3", "新的依据")
    changes = agreement_excel.plan(folder, xlsx)
    before = contents(folder)
    last = [each for each in changes if each.change == "changed"][-1]
    lost = replace(last, path=folder / "agreements" / ("x" * 300))
    with pytest.raises(Fatal, match=r"file\.unwritable"):
        agreement_excel.apply([each if each is not last else lost for each in changes])
    assert contents(folder) == before


# --- whatever the agreement, however its file is written ------------------------------------------

NAME = st.text(st.sampled_from("abc汉字09._-"), min_size=1, max_size=8).filter(
    lambda t: t.strip("._-")
)
WORDS = (
    st.text(st.sampled_from("依据第七条 #:=+\"'，“x"), min_size=1, max_size=12)
    .map(str.strip)
    .filter(bool)
)
POINTER = st.lists(st.text("abc_*", min_size=1, max_size=5), min_size=1, max_size=3).map(
    lambda parts: "/" + "/".join(parts)
)
DAY = st.dates().map(lambda day: day.isoformat())
CONTENT = st.fixed_dictionaries(
    {
        "agreement": NAME, "provider": st.just("hub"), "receiver": st.just("hub"),
        "document": st.just("birth-record"), "purpose": NAME, "basis": WORDS,
        "fields": st.lists(POINTER, min_size=1, max_size=4, unique=True),
        "valid_from": DAY, "valid_until": DAY,
    }
).filter(lambda told: told["valid_from"] <= told["valid_until"])  # fmt: skip


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(CONTENT, min_size=1, max_size=3, unique_by=lambda c: c["agreement"]),
    st.booleans(),
    st.booleans(),
)
def test_whatever_the_agreements(
    tmp_path_factory: pytest.TempPathFactory, told: list[dict[str, Any]], flow: bool, windows: bool
) -> None:
    folder = tmp_path_factory.mktemp("site")
    (folder / "units").mkdir()
    shutil.copy(EXAMPLE / "units/hub.yaml", folder / "units")
    (folder / "agreements").mkdir()
    for number, content in enumerate(told):
        text = (
            commented_yaml.scalar(content) + "  # 注\n"
            if flow
            else commented_yaml.written(AGREEMENT, content)
        )
        text = text.replace("\n", "\r\n") if windows else text
        (folder / "agreements" / f"{number}.yaml").write_bytes(text.encode())
    before = contents(folder)
    agreement_excel.export(folder, folder / "a.xlsx")
    changes = agreement_excel.plan(folder, folder / "a.xlsx")
    agreement_excel.apply(changes)
    assert contents(folder) == before
    assert {each.change for each in changes} == {"same"}
