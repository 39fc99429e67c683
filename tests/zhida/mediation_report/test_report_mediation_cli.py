"""The command: its files, its JSON, and days that are none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox import pki
from tests.zhida.mediation_report.dispute_town import Town
from zhida.cli import app


@pytest.fixture
def command(lived: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    told = {"ZHIDA_SITE": lived.folder / "site", "ZHIDA_VAR": lived.folder / "var", "COLUMNS": 300}
    told |= {"ZHIDA_KEY_PASSWORD": pki.secrets_of(lived.folder)["hub"]}
    for name, value in told.items():
        monkeypatch.setenv(name, str(value))
    yield lived


def zhida(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["report", "mediation", *words])
    assert done.exit_code == code, (done.output, done.exception)
    return done.stdout


def test_it_shows_the_tables(command: Town) -> None:
    told = zhida("--since", "2026-03-02", "--until", "2026-03-02")
    assert "劳动争议联合调处报表（2026-03-02 至 2026-03-02 登记" in told
    assert "50%（2 ÷ 4" in told and command.numbers[-1] in told
    assert "50%" not in zhida("--since", "2026-03-03")


def test_it_writes_what_is_wanted_and_says_what(command: Town, tmp_path: Path) -> None:
    told = zhida("--pack", str(tmp_path / "a"), "--training", str(tmp_path / "b"))
    assert str(tmp_path / "a" / "六不准.csv") in told.replace("\n", "")
    assert "培训案例 0 件；相同的不足 5 件而不给的 3 件" in told
    assert (tmp_path / "b" / "案例.csv").is_file()


def test_json_is_one_document(command: Town, tmp_path: Path) -> None:
    told = json.loads(zhida("--json", "--training", str(tmp_path)))
    assert told["outcomes"]["rate"] == 50
    assert told["training"] == {"cases": 0, "groups": 0, "withheld": 3, "going_on": 4, "k": 5}
    assert len(told["files"]) == 2


def test_a_day_that_is_none(command: Town) -> None:
    assert "2026-02-30" in CliRunner().invoke(app, ["report", "mediation", "--since", "2026-02-30"]).output  # fmt: skip
    zhida("--until", "today", code=2)
