"""``zhida policy``: what commands write is told to programs in one JSON document, like that of the others."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.zhida.gifts import gifts, site
from zhida import policy_find
from zhida.cli import app


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    site(tmp_path)
    monkeypatch.setenv("ZHIDA_SITE", str(tmp_path))
    return tmp_path


def run(*words: str) -> dict:
    done = CliRunner().invoke(app, ["policy", *words, "--json"])
    assert done.exit_code == 0, (done.output, done.exception)
    return json.loads(done.stdout)


def test_renew_tells_the_version_and_its_file(folder: Path) -> None:
    draft = folder / "draft.yaml"
    told = run("renew", "gifts", "--since", "2027-01-01", "-o", str(draft))
    assert told == {
        "policy": "gifts",
        "version": "2027",
        "since": "2027-01-01",
        "file": str(draft),
    }
    made = gifts(draft.read_text("utf-8"))
    assert made.versions[-1].name == "2027" and made.versions[-1].since == date(2027, 1, 1)


def test_table_tells_which_policy_the_page_shows(folder: Path) -> None:
    page = folder / "a.html"
    told = run("table", "gifts", "-o", str(page))
    digest = policy_find.opened(folder, "gifts").digest
    assert told == {"policy": "gifts", "digest": digest, "file": str(page)}
    assert "<table" in page.read_text("utf-8")


def test_the_list_names_departments_and_programs_get_the_identifier(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "240")
    done = CliRunner().invoke(app, ["policy", "list"])
    assert "人力资源和社会保障部门" in done.output and "human-resources" not in done.output
    assert {row["department"] for row in run("list")} >= {"human-resources"}
    (folder / "units").mkdir(exist_ok=True)
    unit = "unit: human-resources\ntitle: 某区人社局\n"
    (folder / "units" / "human-resources.yaml").write_text(unit, "utf-8")
    assert "某区人社局" in CliRunner().invoke(app, ["policy", "list"]).output
