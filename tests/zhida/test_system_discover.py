"""``zhida system discover`` on the example site."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from zhida.cli import app

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = Path(shutil.copytree(ROOT / "sandbox" / "site", tmp_path / "site"))
    shutil.copytree(ROOT / "sandbox" / "wsdl", found / "wsdl")
    monkeypatch.setenv("ZHIDA_SITE", str(found))
    for name in ("OA", "POLICE", "HOSPITAL"):
        told = {"schema": "http", "host": "127.0.0.1", "port": 9}
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", json.dumps(told))
    return found


def run(*words: str) -> Any:
    return CliRunner().invoke(app, ["system", "discover", *words])


def test_the_operations_of_a_wsdl(folder: Path) -> None:
    done = run("oa", "--json")
    assert done.exit_code == 0, done.output
    assert "submitWorkflowRequest" in {each["name"] for each in json.loads(done.output)}
    assert "操作" in run("police").output


def test_an_openapi_document_of_the_site(folder: Path) -> None:
    (folder / "api.yaml").write_text("paths: {/a: {get: {summary: 查询}}}", "utf-8")
    [found] = json.loads(run("his", "--at", "api.yaml", "--json").output)
    assert (found["name"], found["title"]) == ("GET /a", "查询")


def test_a_system_that_does_not_exist(folder: Path) -> None:
    assert run("polce").exception.facts["nearest"] == "police"
