"""docs/how-to/change-a-policy.md and report-grants.md were tried: what they say is done, on a synthetic snapshot.

The clerk's edits are read off the page too: a value in Excel, a clause's words, examples at the end.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from exchange import times
from matters import grants, policy_file
from matters.policy_decision import decide
from sandbox import fact_books, fact_catalogue, fact_site, pki
from sandbox.enterprises import District
from tests import how_to_files

ROOT = Path(__file__).resolve().parents[1]
_BLOCK = re.compile(r"^<!-- run: tests/test_policy_how_to\.py -->\n```sh\n(.*?)^```", re.M | re.S)
_CELL = re.compile(r"^\| `(/versions/\S+)` \| (.+?) \| (.+?) \|$", re.M)
_WORDS = re.compile(r"把「(.+?)」改成「(.+?)」")
_APPEND = re.compile(r"^<!-- append: (\S+) -->\n```yaml\n(.*?)^```", re.M | re.S)
FIRMS = 1200
SITE = """site: clerk
title: 示例
unit: hub
suite: Ed25519
key: keys/hub.key
certificate: keys/hub.crt
trust: ../trust
matters: []
"""
pytestmark = pytest.mark.timeout(600)


class Clerk:
    """A folder with a site, and the bureaus' lists of last night."""

    def __init__(self, folder: Path) -> None:
        pki.make(folder, "Ed25519")
        self.folder, self.site = folder, folder / "site"
        (self.site / "site.yaml").write_text(SITE, "utf-8")
        (self.site / "units").mkdir()
        (self.site / "units/hub.yaml").write_text("unit: hub\ntitle: 示例数据局\n", "utf-8")
        made = fact_site.lay(self.site, folder / "books")
        self.connections = {f"AIRFLOW_CONN_{n.upper()}": told for n, told in made.items()}
        district = District(FIRMS, datetime.now(times.CHINA).date(), quiet=1)
        for holder, facts in fact_catalogue.by_holder(fact_catalogue.load()).items():
            fact_books.hand_over(folder / "books", holder, facts, district)
        (folder / "var").mkdir(mode=0o700)
        self.bash("zhida init")

    def bash(self, script: str) -> str:
        """What it prints; it must succeed."""
        told = {"ZHIDA_SITE": str(self.site), "ZHIDA_VAR": str(self.folder / "var")}
        told |= {"ZHIDA_KEY_PASSWORD": pki.secrets_of(self.folder)["hub"], "COLUMNS": "160"}
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-c", "set -euo pipefail\n" + script],
            cwd=self.folder,
            env={**os.environ, **told, **self.connections, "PATH": path, "PYTHONPATH": str(ROOT)},
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
    told = clerk.bash(blocks[4])
    changes = told[told.index("谁得到，谁失去") :]
    assert "增加" in changes and "失去" not in changes[8:]
    assert draft.with_suffix(".svg").read_text("utf-8").startswith("<svg")
    clerk.bash(blocks[5])
    found = policy_file.load(clerk.site / "policies/rd-growth.yaml", grants.vocabulary(None))
    facts = next(e.facts for e in found.examples if e.title.startswith("新上限：再多"))
    fen = [decide(found, facts, on).total for on in (date(2026, 12, 31), date(2027, 1, 1))]
    assert fen == [50_000_000, 80_000_000]


def test_a_policy_from_scratch(clerk: Clerk) -> None:
    text = page("change-a-policy")
    how_to_files.write("change-a-policy", clerk.folder)
    (clerk.site / "policies").mkdir(exist_ok=True)
    if not json.loads(clerk.bash("zhida snapshot list --json")):
        clerk.bash("zhida facts sync && zhida snapshot take")
    told = clerk.bash(_BLOCK.findall(text)[6])
    assert "政策检查：1 份，✗ 错误，! 留意：无" in told
    assert "小微企业增员奖励" in told and "惠企政策" in told
    dry = json.loads(
        clerk.bash("zhida policy dry-run first-jobs --on 2027-03-01 --json 2>/dev/null")
    )
    assert dry["after"]["passes"] > 0


def test_the_report_is_written_as_its_page_says(clerk: Clerk) -> None:
    told = clerk.bash("\n".join(_BLOCK.findall(page("report-grants"))))
    assert "奖补成效报表" in told and "还没有支付过" in told
    assert (clerk.folder / "奖补.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert (clerk.folder / "奖补.xlsx").stat().st_size > 1000
