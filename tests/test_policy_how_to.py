"""docs/how-to/change-a-policy.md, report-grants.md and docs/tutorial-policy.md were tried: what they say is done, on a synthetic snapshot.

The clerk's edits are read off the page too: a value in Excel, a clause's words, examples at the end.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from matters import grants, policy_file
from matters.policy_decision import decide
from sandbox import policy_desk
from tests import how_to_files

ROOT = Path(__file__).resolve().parents[1]
TUTORIAL = ROOT / "docs/tutorial-policy.md"
_BLOCK = re.compile(r"^<!-- run: tests/test_policy_how_to\.py -->\n```sh\n(.*?)^```", re.M | re.S)
_CELL = re.compile(r"^\| `(/versions/\S+)` \| (.+?) \| (.+?) \|$", re.M)
_WORDS = re.compile(r"把「(.+?)」改成「(.+?)」")
_APPEND = re.compile(r"^<!-- append: (\S+) -->\n```yaml\n(.*?)^```", re.M | re.S)
FIRMS = 400
pytestmark = pytest.mark.timeout(600)


class Clerk:
    """A folder with a site, and the bureaus' lists of last night."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.site = folder, folder / "site"
        policy_desk.lay(folder, firms=FIRMS)
        self.bash(_BLOCK.findall(TUTORIAL.read_text("utf-8"))[0])

    def bash(self, script: str) -> str:
        """What it prints; it must succeed."""
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-c", "set -euo pipefail\n. ./env.sh\n" + script],
            cwd=self.folder,
            env={**os.environ, "COLUMNS": "160", "PATH": path, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr


def page(name: str) -> str:
    return (how_to_files.PAGES / f"{name}.md").read_text("utf-8")


@pytest.fixture(scope="module")
def clerk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clerk]:
    yield Clerk(tmp_path_factory.mktemp("clerk"))


def in_excel(file: Path, place: str, before: str, after: str) -> None:
    """The cell beside a place is typed anew."""
    book = load_workbook(file)
    (row,) = [each for each in book.worksheets[0].iter_rows() if each[0].value == place]
    (cell,) = [each for each in row if each.value == before]
    cell.value = after
    book.save(file)


def in_clause(file: Path, before: str, after: str) -> None:
    """In the newest version, which stands last."""
    head, found, tail = file.read_text("utf-8").rpartition(before)
    assert found
    file.write_text(head + after + tail, "utf-8")


def test_a_clerk_raises_a_cap_from_the_first_of_january(clerk: Clerk) -> None:
    text = page("change-a-policy")
    blocks = _BLOCK.findall(text)
    draft = clerk.folder / "草稿/rd-growth.yaml"
    clerk.bash(blocks[0] + blocks[1])
    assert not (clerk.site / "policies").exists(), "the site holds what held before"
    ((place, before, after),) = _CELL.findall(text)
    in_excel(draft.with_suffix(".xlsx"), place, before, after)
    told = clerk.bash(blocks[2])
    assert "policy.not-in-clauses" in told and "80 万元" in told
    ((old, new),) = _WORDS.findall(text)
    in_clause(draft, old, new)
    ((file, examples),) = _APPEND.findall(text)
    with (clerk.folder / file).open("a", encoding="utf-8") as open_file:
        open_file.write(examples)
    told = clerk.bash(blocks[3])
    assert "政策检查：1 份，✗ 错误，! 留意：无" in told
    assert "2026-12-31" in told and "80 万元" in told
    assert "80 万元" in draft.with_suffix(".html").read_text("utf-8")
    told = clerk.bash(blocks[4].partition("\n")[2])  # the snapshot is taken
    changes = told[told.index("谁得到，谁失去") :]
    assert "增加" in changes and "失去" not in changes[8:]
    assert draft.with_suffix(".svg").read_text("utf-8").startswith("<svg")
    clerk.bash(blocks[5])
    found = policy_file.load(clerk.site / "policies/rd-growth.yaml", grants.vocabulary(None))
    facts = next(e.facts for e in found.examples if e.title.startswith("新上限：再多"))
    fen = [decide(found, facts, on).total for on in (date(2026, 12, 31), date(2027, 1, 1))]
    assert fen == [50_000_000, 80_000_000]


def test_a_policy_from_scratch(clerk: Clerk) -> None:
    """The tutorial; its first block was run when the desk was laid."""
    how_to_files.write_page(TUTORIAL, clerk.folder)
    told = clerk.bash("".join(_BLOCK.findall(TUTORIAL.read_text("utf-8"))[1:]))
    assert "政策检查：1 份，✗ 错误，! 留意：无" in told
    assert "policy.example" in told and "5,001 元" in told
    found = re.search(r"新得到 +│ +(\d+) +│", told)
    assert found and int(found[1]) > 0, told
    assert "小微企业增员奖励" in told and "惠企政策" in told


def test_the_report_is_written_as_its_page_says(clerk: Clerk) -> None:
    told = clerk.bash("\n".join(_BLOCK.findall(page("report-grants"))))
    assert "奖补成效报表" in told and "还没有支付过" in told
    assert (clerk.folder / "奖补.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert (clerk.folder / "奖补.xlsx").stat().st_size > 1000
