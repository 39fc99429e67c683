"""A name stands for one file only, however a file system spells it."""

import unicodedata
from pathlib import Path

import pytest

from exchange.errors import Fatal
from mappings import named_files
from mappings.named_files import NamedFiles


def files(site: Path | None) -> NamedFiles:
    own = named_files.of_site(site, "things")
    return NamedFiles({"apple": "/shipped/apple.yaml"}, own, "x.none", "x.two")


def test_names_of_both_are_found(tmp_path: Path) -> None:
    (tmp_path / "things").mkdir()
    path = tmp_path / "things" / f"{unicodedata.normalize('NFD', 'café')}.yaml"
    for each in (path, *(path.with_name(n) for n in ("._apple.yaml", "~$apple.yaml", "b.yml"))):
        each.write_text("", "utf-8")
    found = files(tmp_path)
    assert found.names() == ("apple", "café")
    assert found.find("café") == found.find(unicodedata.normalize("NFD", "café")) == path
    assert found.find("apple") is None
    assert list(found.clashes()) == []


def test_a_name_for_two_and_a_name_for_none(tmp_path: Path) -> None:
    (tmp_path / "things").mkdir()
    (tmp_path / "things" / "apple.yaml").write_text("", "utf-8")
    found = files(tmp_path)
    assert [each.code for each in found.clashes()] == ["x.two"]
    for name, code in (("apple", "x.two"), ("aple", "x.none")):
        with pytest.raises(Fatal) as caught:
            found.find(name)
        assert caught.value.code == code
    assert caught.value.facts == {"name": "aple", "nearest": "apple"}


@pytest.mark.parametrize("site", [None, Path("/nowhere/at/all")])
def test_without_a_folder_there_are_the_shipped_ones(site: Path | None) -> None:
    assert files(site).names() == ("apple",)


def test_other_files_are_another_number(tmp_path: Path) -> None:
    (tmp_path / "things" / "deep").mkdir(parents=True)
    (tmp_path / "others").mkdir()
    folders = ("things", "things/deep")
    numbers = {named_files.content(tmp_path, *folders)}
    for place, text in (("a", "1"), ("a", "2"), ("b", "1"), ("deep/a", "1"), ("deep/ab", "")):
        (tmp_path / "things" / place).write_text(text, "utf-8")
        numbers.add(named_files.content(tmp_path, *folders))
    assert len(numbers) == 6
    (tmp_path / "others" / "a").write_text("not of these", "utf-8")
    assert named_files.content(tmp_path, *folders) in numbers
    assert named_files.content(None, "things") == named_files.content(tmp_path, "none")


def test_what_can_not_be_read_stops_nobody_who_does_not_need_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An editor's own copy belongs to who edits; a file may go between the look and the reading."""
    (tmp_path / "things").mkdir()
    before = named_files.content(tmp_path, "things")
    for name in (".a.csv.swp", "~$a.xlsx"):
        (tmp_path / "things" / name).write_text("", "utf-8")
    assert named_files.content(tmp_path, "things") == before
    (tmp_path / "things" / "a.csv").write_text("1", "utf-8")
    readable = named_files.content(tmp_path, "things")

    def refused(_: Path) -> bytes:
        raise PermissionError

    monkeypatch.setattr(Path, "read_bytes", refused)
    assert named_files.content(tmp_path, "things") not in (before, readable)
