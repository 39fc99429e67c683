"""The portal's own word: what it takes, what it holds open, what it sends once."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import requests

from sandbox import portal_rules
from sandbox.district import District
from sandbox.handle import Handle
from sandbox.uscc import compose


@pytest.fixture
def portal(district: District) -> Handle:
    return district.system("portal")


def ask(portal: Handle, path: str, body: dict[str, Any]) -> dict[str, Any]:
    url = f"{portal.address}/open/{path}"
    told: dict[str, Any] = requests.post(url, json=body, timeout=10).json()
    return told


def question(**changed: Any) -> dict[str, Any]:
    made = {"serialNo": uuid4().hex, "awardNo": f"A-{uuid4().hex[:8]}", "kind": "full"}
    made |= {"uscc": compose("320114", 7), "entName": "示例公司", "policyName": "企业上市奖补"}
    return made | {"amount": "500000.50"} | changed


@pytest.mark.parametrize(
    ("field", "value"),
    [("amount", "5e5"), ("amount", "1.5"), ("kind", "none"), ("uscc", "9" * 18), ("serialNo", "")],
)
def test_what_is_not_in_order_is_not_taken(portal: Handle, field: str, value: str) -> None:
    assert ask(portal, "confirm/ask", question(**{field: value}))["code"] == "4001"
    assert portal_rules.complaint("question", question(**{field: value}))


def test_a_question_that_is_sent_twice_is_there_twice(portal: Handle) -> None:
    asked = question()
    for _ in range(2):
        assert ask(portal, "confirm/ask", asked)["code"] == "0"
    rows = [row for row in portal.books() if row["serialNo"] == asked["serialNo"]]
    assert len(rows) == 2


def test_an_answer_counts_once_and_only_for_who_was_asked(portal: Handle) -> None:
    asked = question()
    ask(portal, "confirm/ask", asked)
    assert portal.ask("POST", "/answer", {"awardNo": "another", "reason": "x"})["answered"] == 0
    told = {"awardNo": asked["awardNo"], "reason": "放弃"}
    assert portal.ask("POST", "/answer", told)["answered"] == 1
    assert portal.ask("POST", "/answer", told | {"reason": "又放弃"})["answered"] == 0
    found = ask(portal, "query", {"serialNo": asked["serialNo"]})["data"]
    assert (found["state"], found["reason"]) == ("3", "放弃")


def test_nobody_s_number_is_told_to_be_nobody_s(portal: Handle) -> None:
    assert ask(portal, "query", {"serialNo": "f" * 32})["code"] == "4040"


def test_who_had_the_money_sent_back_always_tells_another_account(portal: Handle) -> None:
    assert ask(portal, "confirm/ask", question(kind="account", attempt="2"))["code"] == "0"
    every = {"silent": 1, "declines": 1}
    assert portal.ask("POST", "/answer_all", every)["answered"] == 1


def test_of_all_who_are_asked_some_say_nothing_and_some_decline(portal: Handle) -> None:
    portal.ask("POST", "/answer_all", {})
    for _ in range(12):
        assert ask(portal, "confirm/ask", question())["code"] == "0"
    asked = [row for row in portal.books() if row["kind"] == "question" and row["state"] == "1"]
    for again in (10, 0):  # who is silent stays silent
        habits = {"silent": 6, "declines": 4}
        assert portal.ask("POST", "/answer_all", habits)["answered"] == again
    states = {row["id"]: row["state"] for row in portal.books()}
    for row in asked:
        number = row["id"]
        wanted = "1" if number % 6 == 0 else "3" if number % 4 == 0 else "2"
        assert states[number] == wanted
    portal.ask("POST", "/answer_all", {})
