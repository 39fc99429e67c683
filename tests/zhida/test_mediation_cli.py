"""``zhida mediation papers``: asked for by hand, what is lacking is a problem (``try`` is tested beside its rules)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sandbox import pki
from tests.zhida import paper_town
from tests.zhida.paper_town import TERMS, PaperTown
from zhida.cli import app


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    paper_town.write_site(tmp_path)
    monkeypatch.setenv("ZHIDA_SITE", str(tmp_path / "site"))
    monkeypatch.setenv("ZHIDA_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("ZHIDA_KEY_PASSWORD", pki.secrets_of(tmp_path)["hub"])
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["mediation", "papers", *words, "--json"])


def test_papers_are_asked_for_once_and_what_is_lacking_is_a_problem(folder: Path) -> None:
    with paper_town.installed():
        town = PaperTown(folder)
        case = town.register()
        town.tell(case, "agreed", "street", "streets", terms=TERMS)
        done = run()
        assert (done.exit_code, json.loads(done.stdout)) == (0, {"asked": 1, "lacking": 0})
        town.tell(case, "arbitration-accepted", "arbitration", "labour-arbitration")
        done = run("--since", "2026-01-01")
        assert (done.exit_code, json.loads(done.stdout)) == (1, {"asked": 0, "lacking": 1})
        assert len(town.cases()) == 1
        town.close()
