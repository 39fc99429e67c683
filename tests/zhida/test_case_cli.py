"""``zhida case show``: fields by title with their pointers, and what each item waits for."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from zhida.cli import app


@pytest.fixture
def show(town: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in town.district.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "300")

    def run(certificate: str) -> str:
        done = CliRunner().invoke(app, ["case", "show", town.case(certificate).id])
        assert done.exit_code == 0, done.output
        return done.output

    return run


def test_fields_stand_by_title_with_the_pointer_that_was_signed(town: Any, show: Any) -> None:
    certificate = town.bear(831)
    town.finish(certificate)
    told = show(certificate)
    assert "母亲 身份证件号码 /mother/id_number" in told
    assert "出生记录，用于新生儿出生一件事" in told and "协议 hospital-to-police" in told
    assert "等：" not in told


def test_what_waits_says_for_what(town: Any, show: Any) -> None:
    certificate = town.bear_ready(832)
    told = show(certificate)
    assert "等：出生登记" in told, told
    town.finish(certificate)
