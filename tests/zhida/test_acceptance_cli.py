"""``zhida acceptance``: figures beside the published ones, and an exit code when a clause was lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from matters import acceptance_file
from zhida.cli import app


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZHIDA_SITE", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "150")
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["acceptance", *words])


def test_the_table_tells_figure_published_and_basis() -> None:
    done = run("savings")
    assert done.exit_code == 0
    lines = [line.replace(" ", "") for line in done.stdout.splitlines()]
    assert "│共性材料压缩（件）│17│17│相符│推定（11/11项推定）│" in lines
    assert "│改革后的监管申报（次）│1│1│相符│公开（0/1项推定）│" in lines
    assert "没有一条不查" in done.stdout and "正式清单没有公布" in done.stdout


def test_programs_get_the_same() -> None:
    told = json.loads(run("savings", "--json").stdout)
    assert {each["figure"]: each["value"] for each in told["figures"]}["materials"] == 98


def test_a_clause_that_was_lost_is_a_problem_and_a_row(site: Path) -> None:
    folder = site / acceptance_file.FOLDER
    folder.mkdir(parents=True)
    text = acceptance_file.SHIPPED.read_text("utf-8")
    old = "clause: GB 50203-2011"
    assert text.count(old) == 1
    (folder / "after.yaml").write_text(text.replace(old, "clause: GB 1"), "utf-8")
    done = run("savings")
    assert done.exit_code == 1
    assert "GB 50203-2011" in done.stdout and "依据变了" in done.stdout
    assert "没有一条不查" not in done.stdout
    assert run("savings", "--json").exit_code == 1


def test_the_lists_are_shown_stage_by_stage() -> None:
    done = run("list")
    assert done.exit_code == 0
    places = [
        done.stdout.index(title) for title in ("基础施工", "主体施工", "验收准备", "联合验收")
    ]
    assert places == sorted(places)
    assert "19 项事项，98 件材料" in done.stdout and "中枢取得" in done.stdout
    assert "区质监站（受消防（住建）、人防部门委托）" in done.stdout
    assert "查什么" not in done.stdout


def test_one_item_is_shown_with_its_clauses() -> None:
    done = run("list", "--item", "line-check")
    assert "放线位置、标高与规划许可一致" in done.stdout and "主体施工" not in done.stdout
    assert run("list", "--item", "line-chek").exit_code != 0
