"""The archive of degrees: yes with the level, or no; nothing else is asked or told."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from sandbox.district import District
from sandbox.handle import BadAction, Handle

PERSON = "11010519491231002X"


@pytest.fixture
def degrees(district: District) -> Handle:
    return district.system("degrees")


def ask(degrees: Handle, **changed: str) -> dict[str, Any]:
    asked = {"applyNo": "RC1", "xm": "钱示例", "zjhm": PERSON, "zsbh": "A1"} | changed
    url = f"{degrees.address}/degree/verify"
    told: dict[str, Any] = requests.post(url, json=asked, timeout=10).json()
    return told


def test_a_certificate_is_found_for_its_owner_only(degrees: Handle) -> None:
    degrees.ask("POST", "/graduate", {"zsbh": "A1", "zjhm": PERSON, "cc": "本科"})
    found = ask(degrees)["data"]
    assert (found["found"], found["cc"], found["applyNo"]) == ("1", "本科", "RC1")
    other = ask(degrees, zjhm="440524188001010014")["data"]
    assert (other["found"], other["cc"]) == ("0", "")


def test_more_than_the_question_is_refused(degrees: Handle) -> None:
    assert ask(degrees, lxdh="19900000000")["code"] == "4000"
    assert ask(degrees, zjhm="110105194912310021")["code"] == "4000"


def test_a_level_that_there_is_not_is_no_graduation(degrees: Handle) -> None:
    with pytest.raises(BadAction):
        degrees.ask("POST", "/graduate", {"zsbh": "A2", "zjhm": PERSON, "cc": "初中"})
