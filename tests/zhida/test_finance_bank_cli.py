"""``zhida finance openapi``: printed, or written to a file; without a site."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zhida import finance_openapi
from zhida.cli import app


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ZHIDA_SITE", raising=False)


def test_it_is_printed_as_json() -> None:
    done = CliRunner().invoke(app, ["finance", "openapi"])
    assert json.loads(done.stdout) == finance_openapi.document()


def test_it_is_written_to_a_file(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["finance", "openapi", "-o", "bank.json", "--json"])
    assert (done.exit_code, json.loads(done.stdout)) == (0, {"file": "bank.json"})
    told = (tmp_path / "bank.json").read_text("utf-8")
    assert json.loads(told) == finance_openapi.document()
    assert "订单融资" in told  # to be read by people too
