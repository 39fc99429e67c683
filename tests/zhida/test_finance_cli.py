"""``zhida finance``: letters with what is left of them, decisions with their reasons, and two who take one back."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from exchange.errors import Forbidden
from exchange.ports import utc_now
from sandbox import pki
from tests.zhida import finance_stores
from tests.zhida.finance_town import DATASETS, SELLER, Place
from zhida import finance_access, finance_letters
from zhida.cli import app
from zhida.finance_access import Reading

alone = finance_stores.place


@pytest.fixture
def place(alone: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    found = alone
    monkeypatch.setenv("ZHIDA_SITE", str(found.site))
    monkeypatch.setenv("ZHIDA_VAR", str(found.folder / "var"))
    monkeypatch.setenv("ZHIDA_KEY_PASSWORD", found.secret)
    monkeypatch.setenv("COLUMNS", "180")
    found.clock.now = utc_now()  # commands go by the machine's clock
    return found


def act_as(name: str, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIDA_OPERATOR", name)
    monkeypatch.setenv("ZHIDA_OPERATOR_KEY", str(place.folder / f"operators/{name}.key"))
    monkeypatch.setenv("ZHIDA_OPERATOR_PASSWORD", pki.secrets_of(place.folder)[name])


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["finance", *words])


def told(*words: str) -> Any:
    done = run(*words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def day(place: Place, later: int) -> str:
    return (place.today + timedelta(days=later)).isoformat()


def handed_in(place: Place, **changed: Any) -> str:
    days = {"valid_from": day(place, -10), "valid_until": day(place, 10)}
    token = place.firm.letter(**days | changed)
    return finance_letters.take(
        place.hub, place.rules, bank="bank-a", token=token, known=DATASETS
    ).id


def read(place: Place, letter: str, number: str, bank: str = "bank-a", *datasets: str) -> None:
    wanted = Reading(number, bank, letter, datasets or ("invoice",), "order-finance")
    with suppress(Forbidden):
        finance_access.allow(place.hub, place.rules, wanted)


def test_letters_tell_their_uses_and_their_state(place: Place) -> None:
    read(place, handed_in(place), "r1")
    handed_in(place, number="L2", valid_from=day(place, 5))
    handed_in(place, number="L3")
    found = {each["number"]: each for each in told("letters")}
    assert [found[n]["state"] for n in ("L1", "L2", "L3")] == ["valid", "not-yet", "valid"]
    assert (found["L1"]["uses"], found["L1"]["max_uses"], found["L1"]["grantor_uscc"]) == (
        1,
        10,
        SELLER,
    )
    table = run("letters").stdout
    assert (
        "示例银行甲" in table and "1/10" in table and "未到有效期" in table and "订单融资" in table
    )
    assert told("letters", "--bank", "bank-b") == []


def test_decisions_tell_their_reason_in_chinese(place: Place) -> None:
    letter = handed_in(place)
    read(place, letter, "r1")
    place.clock.skip(seconds=1)
    read(place, letter, "r2", "bank-a", "court")
    place.clock.skip(seconds=1)
    read(place, letter, "r3", "bank-b")
    found = told("reads")
    assert [(each["id"], each["granted"]) for each in found] == [
        ("r3", False),
        ("r2", False),
        ("r1", True),
    ]
    assert found[1]["code"] == "finance.letter-dataset"
    assert found[1]["reason"] == "授权书没有授权查询 court" and found[1]["remedy"]
    assert found[0]["number"] == ""  # it is not that bank's
    table = run("reads").stdout
    assert "授权书没有授权查询 court" in table and "准予" in table and "没有这份授权书" in table
    assert len(told("reads", "--letter", letter[:8], "--bank", "bank-a")) == 2
    assert len(told("reads", "--limit", "1")) == 1
    assert run("reads", "--letter", "zzzz").exit_code != 0


def test_two_people_take_a_letter_back(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = handed_in(place)
    act_as("wang", place, monkeypatch)
    done = run("revoke", letter[:10], "--reason", "企业来函要求撤回")
    assert done.exit_code == 0, done.output
    assert told("letters")[0]["state"] == "valid"
    [proposal] = place.entries("proposal")
    listed = CliRunner().invoke(app, ["proposal", "list"])
    assert "撤回企业授权书" in listed.stdout
    again = CliRunner().invoke(app, ["proposal", "approve", proposal["ref"]])
    assert again.exit_code != 0
    act_as("li", place, monkeypatch)
    done = CliRunner().invoke(app, ["proposal", "approve", proposal["ref"][:12]])
    assert done.exit_code == 0, done.output
    assert "撤回企业授权书" in done.stdout
    [found] = told("letters")
    assert (found["state"], found["revoked_by"]) == ("revoked", "operator")
    assert "已撤回" in run("letters").stdout


def test_the_watch_of_a_site_without_loans_says_so(place: Place) -> None:
    assert told("watch") == {}
    done = run("watch")
    assert done.exit_code == 0
    assert "没有贷后主题" in done.stdout
