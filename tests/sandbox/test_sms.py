"""The gateway's own word: approved texts only, once for a number, delivered when the network says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from sandbox import sms
from sandbox.district import District
from sandbox.handle import Handle

MOBILES = iter(f"137{number:08}" for number in range(1, 10_000))


@pytest.fixture
def gateway(district: District) -> Handle:
    return district.system("sms")


def ask(gateway: Handle, path: str, body: dict[str, Any]) -> dict[str, Any]:
    told = {"appId": sms.ACCOUNT, "appKey": sms.SECRET} | body
    answer = requests.post(f"{gateway.address}/api/sms/{path}", json=told, timeout=10)
    found: dict[str, Any] = answer.json()
    return found


def message(**changed: Any) -> dict[str, Any]:
    made = {"msgId": uuid4().hex, "mobile": next(MOBILES), "templateId": "GS20260117"}
    return made | {"params": {"policy": "企业上市奖补"}, "outId": "91320114MA1XGRNT0T"} | changed


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"templateId": "GS1"}, "1103"),
        ({"params": {}}, "1103"),
        ({"params": {"policy": "甲", "amount": "5"}}, "1103"),
        ({"params": {"policy": "甲" * 41}}, "1103"),
        ({"mobile": "025-00000000"}, "1101"),
        ({"msgId": "1"}, "1100"),
        ({"appKey": "x"}, "1001"),
    ],
)
def test_what_is_not_in_order_is_not_sent(
    gateway: Handle, changed: dict[str, Any], code: str
) -> None:
    sent = message(**changed)
    assert ask(gateway, "send", sent)["code"] == code
    assert all(row["msgId"] != sent["msgId"] for row in gateway.books())


def test_one_number_is_one_message(gateway: Handle) -> None:
    sent = message()
    first, again = ask(gateway, "send", sent), ask(gateway, "send", sent)
    assert (first["code"], first["data"]) == ("0", again["data"])
    assert sum(row["msgId"] == sent["msgId"] for row in gateway.books()) == 1
    other = ask(gateway, "send", {**sent, "params": {"policy": "另一项"}})
    assert other["code"] == "1109"


def test_the_network_s_report_comes_later(gateway: Handle) -> None:
    sent = message()
    ask(gateway, "send", sent)
    asked = {"msgId": sent["msgId"]}
    assert ask(gateway, "report", asked)["data"]["state"] == "WAIT"
    gateway.ask("POST", "/report", {"mobile": sent["mobile"], "state": "DELIVRD"})
    told = ask(gateway, "report", asked)["data"]
    assert (told["state"], len(told["doneDate"])) == ("DELIVRD", 10)
    span = {"begin": "2020-01-01 00:00:00", "end": "2099-01-01 00:00:00", "page": 1, "size": 1000}
    assert sent["msgId"] in {row["msgId"] for row in ask(gateway, "reports", span)["data"]["rows"]}
    assert ask(gateway, "report", {"msgId": uuid4().hex})["code"] == "1404"


def test_who_answers_stop_gets_no_more_and_is_handed_over_without_a_telephone(
    gateway: Handle, district: District
) -> None:
    sent = message()
    ask(gateway, "send", sent)
    reply = {"mobile": sent["mobile"], "content": "退订"}
    assert gateway.ask("POST", "/reply", reply)["opted_out"] is True
    assert ask(gateway, "send", message(mobile=sent["mobile"]))["code"] == "1102"
    folder: Path = district.directory / "sms/replies"
    texts = [file.read_text("utf-8") for file in folder.glob("*.json")]
    assert any(json.loads(text)["outId"] == sent["outId"] for text in texts)
    assert not any(sent["mobile"] in text for text in texts)
    nobody = {"mobile": next(MOBILES), "content": "TD"}
    assert gateway.ask("POST", "/reply", nobody)["opted_out"] is False
