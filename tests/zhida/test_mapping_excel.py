"""Every mapping file of ours goes to Excel and back; only what was changed is changed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from exchange.errors import Invalid
from zhida import mapping_excel
from zhida.cli import app

FILES = sorted((Path(__file__).resolve().parents[2] / "mappings" / "files").glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_there_and_back(path: Path, tmp_path: Path) -> None:
    assert mapping_excel.export(path, tmp_path / "a.xlsx") > 10
    assert mapping_excel.changed(tmp_path / "a.xlsx", path) is None


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    found = next(path for path in FILES if path.stem == "result_oa_form_615")
    return Path(shutil.copy(found, tmp_path / "m.yaml"))


@pytest.fixture
def xlsx(mapping: Path) -> Path:
    path = mapping.with_suffix(".xlsx")
    mapping_excel.export(mapping, path)
    return path


def change(xlsx: Path, place: str, value: Any, column: str = "C") -> None:
    book = openpyxl.load_workbook(xlsx)
    row = next(cells[0].row for cells in book["映射"].iter_rows() if cells[0].value == place)
    book["映射"][f"{column}{row}"] = value
    book.save(xlsx)


def codes(xlsx: Path, mapping: Path) -> set[str]:
    before = mapping.read_bytes()
    with pytest.raises(Invalid) as caught:
        mapping_excel.changed(xlsx, mapping)
    assert mapping.read_bytes() == before
    return {problem.code for problem in caught.value.problems}


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_one_title(mapping: Path, xlsx: Path, mark: bytes) -> None:
    mapping.write_bytes(mark + mapping.read_bytes())
    before = mapping.read_bytes().decode()
    change(xlsx, "/title", "新的标题")
    run = CliRunner().invoke
    words = ["mapping", "import", str(mapping), "--xlsx", str(xlsx), "--json"]
    assert json.loads(run(app, [*words, "--dry-run"]).output)["changed"] is True
    assert mapping.read_bytes().decode() == before
    assert run(app, words).exit_code == 0
    differing = [
        (old, new)
        for old, new in zip(
            before.splitlines(), mapping.read_bytes().decode().splitlines(), strict=True
        )
        if old != new
    ]
    assert [new for _, new in differing] == ["title: 新的标题"]


def test_what_would_be_no_mapping_is_not_written(mapping: Path, xlsx: Path) -> None:
    change(xlsx, "/fields/0/to", "no pointer")
    assert codes(xlsx, mapping) != set()


def test_a_place_that_was_changed(mapping: Path, xlsx: Path) -> None:
    change(xlsx, "/title", "/titel", "A")
    assert codes(xlsx, mapping) == {"xlsx.no-place"}


def test_a_place_twice_is_told_whichever_value_is_meant(mapping: Path, xlsx: Path) -> None:
    book = openpyxl.load_workbook(xlsx)
    book["映射"].append(["/title", "1", "新的标题"])
    book.save(xlsx)
    assert codes(xlsx, mapping) == {"xlsx.twice"}


def test_damage_by_excel(mapping: Path, xlsx: Path) -> None:
    change(xlsx, "/title", 320117202601050000)
    assert codes(xlsx, mapping) == {"xlsx.rounded"}


def test_a_file_that_is_no_mapping(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("a: 1\n")
    with pytest.raises(Invalid):
        mapping_excel.export(tmp_path / "x.yaml", tmp_path / "a.xlsx")


def test_a_mapping_of_a_site_s_own_kind(tmp_path: Path) -> None:
    for name in ("documents", "mappings"):
        (tmp_path / name).mkdir()
    (tmp_path / "documents" / "餐.yaml").write_text(
        "title: 助餐\ntype: object\nadditionalProperties: false\n"
        "properties: {card: {title: 身份证号, type: string}}\n",
        "utf-8",
    )
    path = tmp_path / "mappings" / "m.yaml"
    path.write_text(
        "mapping: m\ntitle: 旧\nfrom: [/a]\nto: 餐\nfields: [{to: /card, from: /a}]\n", "utf-8"
    )
    mapping_excel.export(path, tmp_path / "m.xlsx")
    change(tmp_path / "m.xlsx", "/title", "新")
    made = mapping_excel.changed(tmp_path / "m.xlsx", path)
    assert made is not None and "title: 新" in made.decode()
    change(tmp_path / "m.xlsx", "/fields/0/to", "/crad")
    assert codes(tmp_path / "m.xlsx", path) == {"mapping.unknown-name"}
