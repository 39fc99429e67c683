"""The registry's own word: yes or no about a person, the contact that a firm has named, and who asked."""

from __future__ import annotations

from typing import Any

import requests

from sandbox.district import District
from sandbox.handle import Handle
from sandbox.uscc import compose

USCC = compose("320114", 4711)


def ask(registry: Handle, path: str, **body: str) -> dict[str, Any]:
    answer = requests.post(f"{registry.address}/open/{path}", json=body, timeout=10)
    found: dict[str, Any] = answer.json()
    return found


def test_a_person_is_the_firm_s_only_with_all_that_is_known(district: District) -> None:
    registry = district.system("registry")
    person = {"uscc": USCC, "idNo": "11010519491231002X", "name": "王示例", "role": "1"}
    assert ask(registry, "person/verify", **person)["data"]["match"] == "0"
    registry.ask("POST", "/people", person)
    assert ask(registry, "person/verify", **person)["data"]["match"] == "1"
    assert ask(registry, "person/verify", **{**person, "role": "2"})["data"]["match"] == "0"
    assert ask(registry, "person/verify", uscc=USCC)["code"] == "4000"


def test_the_contact_is_told_as_long_as_one_is_named(district: District) -> None:
    registry = district.system("registry")
    assert ask(registry, "firm/contact", uscc=USCC)["code"] == "4040"
    registry.ask("POST", "/contact", {"uscc": USCC, "mobile": "13800000000"})
    told = ask(registry, "firm/contact", uscc=USCC)
    assert told["data"] == {"uscc": USCC, "mobile": "13800000000"}
    registry.ask("POST", "/contact", {"uscc": USCC, "mobile": ""})
    assert ask(registry, "firm/contact", uscc=USCC)["code"] == "4040"
    assert [row["what"] for row in registry.books()].count("contact") == 3
