"""Two sites by meaning: what was added, removed, changed; comments and secrets stay out."""

from __future__ import annotations

import doctest
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from exchange.addresses import HIDDEN
from exchange.errors import Invalid
from zhida import site_diff
from zhida.cli import app

EXAMPLE = Path(__file__).resolve().parents[2] / "sandbox" / "site"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "site"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def changes(folder: Path) -> list[tuple[str, str, str]]:
    return [(r["change"], r["file"], r["key"]) for r in site_diff.compare(EXAMPLE, folder)]


def test_a_copy_is_the_same_however_it_is_written(folder: Path) -> None:
    (folder / "systems/police.yaml").rename(folder / "systems/户政.yaml")
    for file in folder.rglob("*.yaml"):
        text = file.read_text("utf-8")
        file.write_bytes(b"\xef\xbb\xbf# x\r\n" + text.replace("\n", "\r\n").encode())
    edit(folder / "units/hub.yaml", "phone: 025-00000001", 'phone: "025-00000001"')
    assert changes(folder) == []


def test_keys_are_told_by_file(folder: Path) -> None:
    edit(folder / "systems/police.yaml", "settle_s: 5", "settle_s: 60")
    edit(folder / "systems/police.yaml", "  timeout_s: 20\n", "")
    edit(folder / "systems/oa.yaml", "concurrency: 4", "concurrency: 4\nrate: 1 per second")
    (folder / "operators/li.yaml").unlink()
    shutil.copy(folder / "units/hub.yaml", folder / "units/tax.yaml")
    edit(folder / "units/tax.yaml", "unit: hub", "unit: tax")
    assert changes(folder) == [
        ("removed", "operators/li", ""),
        ("added", "systems/oa", "/rate"),
        ("changed", "systems/police", "/options/settle_s"),
        ("removed", "systems/police", "/options/timeout_s"),
        ("added", "units/tax", ""),
    ]


def test_one_field_more_is_one_difference(folder: Path) -> None:
    edit(folder / "agreements/window-to-police.yaml", "fields:", "fields:\n  - /child/weight_g")
    assert changes(folder) == [("changed", "agreements/window-to-police", "/fields")]


@pytest.mark.parametrize("key", ["secret", "password", "access_token", "口令", "appKey"])
def test_a_secret_that_should_not_be_there_is_not_shown(folder: Path, key: str) -> None:
    edit(folder / "systems/police.yaml", "options:", f"options:\n  {key}: top-word")
    [row] = site_diff.compare(EXAMPLE, folder)
    assert "top-word" not in json.dumps(row)
    assert row["right"] == HIDDEN


@pytest.mark.parametrize("word", ["top-word", "p/top-word", "p@top-word"])
def test_nor_the_password_in_an_address(folder: Path, word: str) -> None:
    edit(folder / "site.yaml", "sqlite:///{var}/store.db", f"postgresql://zhida:{word}@db/zhida")
    [row] = site_diff.compare(EXAMPLE, folder)
    assert row["right"] == "postgresql://***@db/zhida"


def test_files_that_are_no_yaml_are_told_all_at_once(folder: Path) -> None:
    edit(folder / "units/hub.yaml", "unit: hub", "unit：hub")
    (folder / "units/hospital.yaml").write_bytes("title: 医院".encode("gbk"))
    with pytest.raises(Invalid) as caught:
        site_diff.compare(EXAMPLE, folder)
    assert {each.facts["file"] for each in caught.value.problems} == {"hub.yaml", "hospital.yaml"}


def test_the_command_ends_with_1_when_something_differs(folder: Path) -> None:
    run = CliRunner().invoke
    assert run(app, ["diff", str(EXAMPLE), str(folder)]).exit_code == 0
    edit(folder / "systems/police.yaml", "settle_s: 5", "settle_s: 60")
    done = run(app, ["diff", str(EXAMPLE), str(folder), "--json"])
    assert done.exit_code == 1
    [row] = json.loads(done.output)
    assert (row["left"], row["right"]) == ("5", "60")


_CONTENT = st.recursive(
    st.text(max_size=3) | st.integers() | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(_CONTENT, _CONTENT)
def test_the_same_leaves_only_for_the_same_content(left: object, right: object) -> None:
    first, second = (dict(site_diff._leaves(each, "")) for each in (left, right))
    assert (first == second) == (left == right)


def test_doctests() -> None:
    assert doctest.testmod(site_diff).failed == 0


def test_kinds_of_document_and_mappings_are_files_of_the_site_too(folder: Path) -> None:
    shape = "title: 餐\ntype: object\nproperties: {a: {title: 甲}}\n"
    for name, text in (("documents/meal.yaml", shape), ("mappings/x.yaml", "mapping: x")):
        (folder / name).parent.mkdir()
        (folder / name).write_text(text, "utf-8")
    assert changes(folder) == [("added", "documents/meal", ""), ("added", "mappings/x", "")]
    other = Path(shutil.copytree(folder, folder.parent / "other"))
    edit(other / "documents/meal.yaml", "甲", "乙")
    rows = site_diff.compare(folder, other)
    assert [(r["file"], r["key"]) for r in rows] == [("documents/meal", "/properties/a/title")]
    (other / "documents/meal.yaml").write_text("- title", "utf-8")
    assert {r["file"] for r in site_diff.compare(folder, other)} == {"documents/meal"}


def test_every_other_file_is_compared_by_its_bytes(folder: Path) -> None:
    other = Path(shutil.copytree(folder, folder.parent / "other"))
    for site, text in ((folder, "甲"), (other, "乙")):
        for name in ("notices/x.yaml", "wsdl/x.wsdl", "notes.txt"):
            (site / name).parent.mkdir(exist_ok=True)
            (site / name).write_text(f"text: {text}\n", "utf-8")
        (site / ".git").mkdir()
        (site / ".git" / "x").write_text(text, "utf-8")
    (other / "trust").mkdir(exist_ok=True)
    (other / "trust" / "more.pem").write_text("x", "utf-8")
    rows = site_diff.compare(folder, other)
    assert [(row["change"], row["file"], row["key"]) for row in rows] == [
        ("changed", "notes.txt", ""),
        ("changed", "notices/x", "/text"),
        ("added", "trust/more.pem", ""),
        ("changed", "wsdl/x.wsdl", ""),
    ]
    assert rows[0]["left"] != rows[0]["right"]


def test_a_folder_with_the_name_of_a_file_is_no_defect(folder: Path) -> None:
    (folder / "systems/x.yaml").mkdir()
    assert changes(folder) == []
