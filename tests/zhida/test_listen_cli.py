"""``zhida listen --once``: which system could not be read, and why."""

from __future__ import annotations

import json
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from exchange.errors import Retriable
from zhida import listen
from zhida.cli import app
from zhida.intake import Intake
from zhida.listen import Tally


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The command over looks of which one failed."""

    def drained(*_: Any) -> Tally:
        tally = Tally()
        tally.add(Intake(error=Retriable("wire.refused", peer="10.0.0.8:5432")), "street-front-end")
        return tally

    monkeypatch.setattr(listen, "drain", drained)
    monkeypatch.setattr("zhida.hub.open_hub", lambda: nullcontext(SimpleNamespace()))
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(app, ["listen", "--once", *words])


def test_system_reason_and_remedy_are_told(run: Any) -> None:
    done = run()
    assert done.exit_code == 1
    assert "street-front-end：无法连接 10.0.0.8:5432" in done.output
    assert "[wire.refused]" in done.output
    assert "INFO" not in done.output


def test_so_they_are_in_json(run: Any) -> None:
    told = json.loads(run("--json").output)
    assert told["errors"] == 1
    [failed] = told["failed"]
    assert (failed["system"], failed["code"]) == ("street-front-end", "wire.refused")
