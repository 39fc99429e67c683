"""docs/how-to/code-lists.md was tried: its commands, its list, its crosswalk, its mapping rule."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mappings import site_codes
from mappings.identifiers import catalogue
from zhida.cli import app

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "how-to" / "code-lists.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", PAGE, re.M | re.S)
FILES = [body for language, body in BLOCKS if not language]
COMMANDS = [
    shlex.split(line, comments=True)[1:]
    for language, body in BLOCKS
    for line in body.splitlines()
    if language == "sh" and line.startswith("zhida code")
]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "codes" / "crosswalks").mkdir(parents=True)
    (tmp_path / "codes" / "助餐补贴类别.csv").write_text(FILES[0], "utf-8")
    walk = tmp_path / "codes" / "crosswalks" / "助餐补贴类别__gb_t_2261_1.csv"
    walk.write_text(FILES[1], "utf-8")
    monkeypatch.setenv("ZHIDA_SITE", str(tmp_path))
    return tmp_path


def test_the_files_of_the_page_are_right(site: Path) -> None:
    assert len(FILES) == 2
    assert list(site_codes.problems(site)) == []
    lists = site_codes.of(site)
    assert lists.scheme("助餐补贴类别").code("全补") == "A"
    assert lists.crosswalk("助餐补贴类别__gb_t_2261_1").to("B") == "2"


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_commands_of_the_page_work(site: Path, words: list[str]) -> None:
    done = CliRunner().invoke(app, words, input="11010519491231002X\n")
    ended = "--as-of" in words
    assert done.exit_code == (1 if ended else 0), done.output
    assert done.output.strip()
    assert not ended or "320104" in done.output


def test_every_warning_is_on_the_page() -> None:
    folder = Path(catalogue.__file__).parent
    source = "".join(file.read_text("utf-8") for file in folder.glob("*.py"))
    doubts = {f"identifier.{found}" for found in re.findall(r'doubt\("([a-z-]+)"', source)}
    assert doubts
    assert {code for code in doubts if f"`{code}`" not in PAGE} == set()
