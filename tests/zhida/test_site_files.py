"""Files that would be passed over in silence, and names that only look the same."""

from __future__ import annotations

import doctest
import shutil
import unicodedata
from pathlib import Path

import pytest

from exchange.errors import Invalid
from zhida import site, site_files

EXAMPLE = Path(__file__).resolve().parents[2] / "sandbox" / "site"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "site"))


def codes(folder: Path) -> list[tuple[str, object]]:
    with pytest.raises(Invalid) as caught:
        site.load(folder)
    return [(each.code, each.facts.get("line")) for each in caught.value.problems]


@pytest.mark.parametrize("name", ["tax.yml", "税务.yaml.txt", "tax.YAML"])
def test_a_file_that_would_not_be_read_is_told(folder: Path, name: str) -> None:
    shutil.copy(folder / "units/hospital.yaml", folder / "units" / name)
    assert codes(folder) == [("site.stray-file", None)]


@pytest.mark.parametrize("kind", ["systems", "mappings", "notices"])
def test_a_folder_with_the_name_of_a_file_is_told(folder: Path, kind: str) -> None:
    (folder / kind / "x.yaml").mkdir(parents=True)
    assert codes(folder) == [("site.folder-not-file", None)]


def test_a_notice_that_would_not_be_read_is_told(folder: Path) -> None:
    (folder / "notices").mkdir()
    (folder / "notices" / "x.yml").write_text("text: x", "utf-8")
    assert codes(folder) == [("site.stray-file", None)]


@pytest.mark.parametrize("name", [".DS_Store", "~$tax.yaml", "说明.md", "tax.crt"])
def test_what_is_no_file_of_the_site_disturbs_nobody(folder: Path, name: str) -> None:
    (folder / "units" / name).write_text("x", "utf-8")
    assert site.load(folder)


def test_a_name_in_two_parts_is_told(folder: Path) -> None:
    name = unicodedata.normalize("NFD", "café.yaml")
    (folder / "units/hospital.yaml").rename(folder / "units" / name)
    assert ("site.name-not-nfc", None) in codes(folder)


def test_chinese_ids_and_file_names(folder: Path) -> None:
    (folder / "units/hospital.yaml").rename(folder / "units/妇幼保健院.yaml")
    for file in folder.rglob("*.yaml"):
        text = file.read_text("utf-8").replace("unit: hospital,", "unit: 妇幼保健院,")
        file.write_text(text.replace("unit: hospital\n", "unit: 妇幼保健院\n"), "utf-8")
    for file in (folder / "agreements").glob("*.yaml"):
        text = file.read_text("utf-8").replace("provider: hospital\n", "provider: 妇幼保健院\n")
        file.write_text(text.replace("receiver: hospital\n", "receiver: 妇幼保健院\n"), "utf-8")
    assert site.load(folder).matter("newborn").items["birth"].unit == "妇幼保健院"
    (folder / "matters/newborn.yaml").unlink()
    with pytest.raises(Invalid) as caught:  # the packaged matter still says hospital
        site.load(folder)
    assert {each.code for each in caught.value.problems} == {"site.no-system"}


DAMAGE = {
    "tab": ("unit: hub", "\tunit: hub", "mapping.tab"),
    "colon": ("unit: hub", "unit：hub", "mapping.full-width"),
    "number": ("unit: hub", "unit: 320117", "file.number"),
    "rounded": ("unit: hub", "unit: 3.2E+17", "mapping.rounded"),
    "nfd": ("unit: hub", unicodedata.normalize("NFD", "unit: café"), "file.not-nfc"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_named_with_its_line(folder: Path, damage: str) -> None:
    old, new, code = DAMAGE[damage]
    file = folder / "units/hub.yaml"
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    assert (code, 1) in codes(folder)


def test_windows_line_ends_are_fine(folder: Path) -> None:
    for file in folder.rglob("*.yaml"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert site.load(folder)


@pytest.mark.parametrize(("encoding", "code"), [("gbk", "file.not-utf8"), ("utf-16", "file.utf16")])
def test_notepads_other_encodings(folder: Path, encoding: str, code: str) -> None:
    file = folder / "units/hub.yaml"
    file.write_bytes(file.read_text("utf-8").encode(encoding))
    assert code in [told for told, _ in codes(folder)]


def test_a_full_width_comma_between_fields_is_no_field(folder: Path) -> None:
    file = folder / "agreements/window-to-police.yaml"
    text = file.read_text("utf-8")
    start = text.index("fields:")
    end = text.index("valid_from:")
    file.write_text(
        text[:start] + "fields: [/applicant/name，/mother/name]\n" + text[end:], "utf-8"
    )
    assert [code for code, _ in codes(folder)] == ["mapping.full-width"]


def test_a_day_as_excels_number_is_told_as_the_day(folder: Path) -> None:
    file = folder / "agreements/window-to-police.yaml"
    file.write_text(file.read_text("utf-8").replace('"2026-01-01"', "46023"), "utf-8")
    with pytest.raises(Invalid) as caught:
        site.load(folder)
    assert caught.value.facts["day"] == "2026-01-01"


def test_doctests() -> None:
    assert doctest.testmod(site_files).failed == 0


def test_files_of_documents_are_files_of_the_site(folder: Path) -> None:
    (folder / "documents").mkdir()
    (folder / "documents" / "餐.yml").write_text("title: 餐", "utf-8")
    assert codes(folder) == [("site.stray-file", None)]
