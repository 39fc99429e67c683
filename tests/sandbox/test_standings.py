"""What holders say of firms: in order unless somebody said otherwise, and nothing where they do not say."""

from __future__ import annotations

from typing import Any

import requests

from sandbox.district import District
from sandbox.handle import Handle


def ask(system: Handle, holder: str, uscc: str) -> dict[str, Any]:
    body = {"uscc": uscc, "name": "示例"}
    answer = requests.post(f"{system.address}/service/{holder}", json=body, timeout=10)
    found: dict[str, Any] = answer.json()
    return found


def test_a_firm_is_in_order_until_somebody_says_otherwise(district: District) -> None:
    system = district.system("standings")
    assert ask(system, "tax", "T1")["data"].items() >= {"grade": "B", "taxClear": "1"}.items()
    system.ask("POST", "/standing", {"holder": "tax", "uscc": "T1", "taxClear": "0"})
    assert ask(system, "tax", "T1")["data"]["taxClear"] == "0"
    assert ask(system, "tax", "T2")["data"]["taxClear"] == "1"
    assert ask(system, "court", "T1")["data"]["dishonest"] == "0"


def test_what_a_holder_does_not_say_is_not_there(district: District) -> None:
    system = district.system("standings")
    system.ask("POST", "/standing", {"holder": "court", "uscc": "T3", "sued": ""})
    assert "sued" not in ask(system, "court", "T3")["data"]


def test_a_stranger_is_told_as_one_and_every_question_is_written_down(district: District) -> None:
    system = district.system("standings")
    system.ask("POST", "/unknown", {"holder": "registry", "uscc": "T4"})
    assert ask(system, "registry", "T4")["code"] == "4040"
    assert ask(system, "credit", "T4")["code"] == "0"
    asked = [(row["holder"], row["uscc"]) for row in system.books()]
    assert asked[-2:] == [("registry", "T4"), ("credit", "T4")]
