"""``zhida incident``: an operator reads it out, takes it over, or wants quiet until tomorrow."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from exchange import times
from exchange.errors import Fatal, Forbidden, Invalid, Rejected
from exchange.incident import Trouble, begin, end
from exchange.store import ledger_rows
from zhida import operators
from zhida.cli import app


@pytest.fixture(scope="module")
def incident(town: Any) -> str:
    """The police do not answer."""
    trouble = Trouble("police", "system", "wire.refused", {"peer": "127.0.0.1:1"})
    with town.hub.store.write() as connection:
        begin(connection, trouble, town.clock())
    return "police-1"


@pytest.fixture
def run(town: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in (town.district.env | town.district.operator_env("wang")).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "240")

    def run(*words: str) -> Result:
        done = CliRunner().invoke(app, ["incident", *words])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    return run


def acts(town: Any) -> list[dict[str, Any]]:
    with town.hub.store.read() as connection:
        rows = ledger_rows.entries(connection, 0, 10_000)
    return [json.loads(row.body) for row in rows if row.kind == "operator"]


def test_the_list_says_whose_it_is_whom_to_call_and_whether_it_can_wait(
    run: Any, incident: str
) -> None:
    shown = run("list").output
    for text in (incident, "系统故障", "溧水区示例公安分局", "户政科技员 025-00000003", "可等"):
        assert text in shown
    [told] = json.loads(run("list", "--json").output)
    assert (told["incident"], told["code"], told["waiting"]) == (incident, "wire.refused", 0)


def test_one_is_shown_with_what_to_do(run: Any, incident: str) -> None:
    told = json.loads(run("show", incident, "--json").output)
    assert told["remedy"]
    assert told["remedy"][:8] in run("show", incident).output


def test_who_acknowledges_is_shown_and_stands_in_the_ledger(
    run: Any, town: Any, incident: str
) -> None:
    run("acknowledge", incident)
    assert json.loads(run("show", incident, "--json").output)["acknowledged_by"] == "wang"
    assert "wang 已知晓" in run("list").output
    told = acts(town)[-1]
    assert (told["action"], told["incident"], told["operator"]) == ("acknowledge", incident, "wang")
    signed = operators.verify(town.hub.site, told["token"], role="operate")
    assert signed.target == {"action": "acknowledge", "incident": incident}


def test_who_has_no_key_changes_nothing(
    run: Any, town: Any, incident: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(acts(town))
    monkeypatch.delenv("ZHIDA_OPERATOR")
    for words in (["acknowledge", incident], ["silence", incident, "--hours", "1"]):
        with pytest.raises(Forbidden, match=r"operator\.not-named"):
            run(*words)
    assert len(acts(town)) == before


def test_silence_is_given_in_hours_or_by_the_clock_on_the_wall_in_china(
    run: Any, town: Any, incident: str
) -> None:
    before = town.clock()
    day = (before.astimezone(times.CHINA) + timedelta(days=20)).date().isoformat()
    run("silence", incident, "--until", f"{day} 09:00")
    told = json.loads(run("show", incident, "--json").output)
    assert told["silenced_until"] == f"{day}T01:00:00.000000Z" == acts(town)[-1]["until"]
    made = json.loads(run("silence", incident, "--hours", "8", "--json").output)
    until = times.instant(made["silenced_until"])
    assert until >= before + timedelta(hours=8)


@pytest.mark.parametrize("words", [[], ["--hours", "1", "--until", "2030-01-02"]])
def test_silence_has_one_end(run: Any, incident: str, words: list[str]) -> None:
    with pytest.raises(Invalid, match=r"incident\.no-end"):
        run("silence", incident, *words)


def test_a_silence_is_seen_in_the_list_and_ends_neither_before_it_begins_nor_a_month_after(
    run: Any, town: Any, incident: str
) -> None:
    with pytest.raises(Invalid, match=r"incident\.past-end"):
        run("silence", incident, "--until", "2020-01-02 09:00")
    with pytest.raises(Invalid, match=r"incident\.far-end"):
        run("silence", incident, "--hours", "721")
    day = (town.clock().astimezone(times.CHINA) + timedelta(days=29)).date().isoformat()
    run("silence", incident, "--until", f"{day} 09:00")
    assert f"静默至 {day} 09:00" in run("list").output


def test_an_incident_that_does_not_exist_or_is_over_is_told(
    run: Any, town: Any, incident: str
) -> None:
    with pytest.raises(Fatal, match=r"incident\.unknown"):
        run("show", "police-99")
    with town.hub.store.write() as connection:
        end(connection, "police", "system", town.clock())
    with pytest.raises(Rejected, match=r"incident\.closed"):
        run("acknowledge", incident)
    assert json.loads(run("list", "--json").output) == []
    [told] = json.loads(run("list", "--all", "--json").output)
    assert told["closed_at"]
    town.audit()
