"""The health platform with a foreign client (requests): rows, forms, refusals, signatures."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import requests

from sandbox import health_sign, resident_id
from sandbox.handle import Handle

MOTHER = resident_id.compose("320117", "19930312", 2)
CHILD: dict[str, Any] = {
    "certificateNo": "X320117001",
    "childName": "张小直",
    "sex": "1",
    "birthDate": "2026-01-05",
    "birthTime": "01:30",
    "order": 1,
    "division": "320117",
    "place": "示例医院",
    "institution": {"name": "示例医院", "uscc": "12320117MB1A000017"},
    "mother": {"name": "李小达", "idType": "01", "idNo": MOTHER},
    "collector": {"name": "李小达", "idNo": MOTHER},
    "motherName": "李小达",
    "motherIdType": "01",
    "motherIdNo": MOTHER,
}


def _post(handle: Handle, path: str, told: dict[str, Any], **changed: str) -> Any:
    body = json.dumps(told).encode()
    marks = {"App": health_sign.APPLICATION, "Time": str(int(time.time() * 1000)), "Nonce": "n"}
    marks |= {name: value for name, value in changed.items() if name in marks}
    sign = health_sign.signature("".join(marks.values()), body)
    headers = {f"X-{name}": value for name, value in {**marks, "Sign": sign, **changed}.items()}
    return requests.post(handle.address + path, data=body, headers=headers, timeout=10).json()


def test_a_signing_is_a_row_and_uses_up_a_form(health_door: Handle) -> None:
    before = health_door.ask("GET", "/blanks")
    told = _post(health_door, "/birth/certificate/sign", CHILD | {"serialNo": "a1"})
    again = _post(health_door, "/business/query", {"serialNo": "a1", "service": "certificate"})
    assert told["data"] == again["data"]
    assert told["data"]["childName"] == "张小直"
    assert health_door.ask("GET", "/blanks")["left"] == before["left"] - 1
    assert health_door.books()[-1]["number"] == told["data"]["number"]


def test_the_same_signing_twice_is_two_rows_and_two_forms(health_door: Handle) -> None:
    rows, used = len(health_door.books()), health_door.ask("GET", "/blanks")["used"]
    for _ in range(2):
        _post(health_door, "/birth/certificate/sign", CHILD | {"serialNo": "a2"})
    assert len(health_door.books()) == rows + 2
    assert health_door.ask("GET", "/blanks")["used"] == used + 2


def test_a_record_is_opened_without_a_name(health_door: Handle) -> None:
    nameless = {name: value for name, value in CHILD.items() if name != "childName"}
    nameless |= {"institution": "示例医院", "serialNo": "a3"}
    assert str(_post(health_door, "/immunisation/open", nameless)["code"]) == "0"
    refused = _post(health_door, "/birth/certificate/sign", nameless)
    assert (refused["code"], refused["msg"]) == (1002, "childName不能为空")


def test_the_code_comes_as_text_and_as_number(health_door: Handle) -> None:
    path, told = "/parenting/register", CHILD | {"serialNo": "a4"}
    assert {type(_post(health_door, path, told)["code"]) for _ in range(2)} == {int, str}


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"App": "other"}, 3001), ({"Time": "1"}, 3002), ({"Sign": "00"}, 3001)],
)
def test_who_does_not_sign_is_not_let_in(
    health_door: Handle, changed: dict[str, str], code: int
) -> None:
    before = len(health_door.books())
    told = _post(health_door, "/birth/register", CHILD | {"serialNo": "a5"}, **changed)
    assert told["code"] == code
    assert len(health_door.books()) == before


@pytest.mark.parametrize(
    ("changed", "code", "words"),
    [
        ({"sex": "9"}, 1002, "sex格式不符合要求"),
        ({"division": "110000"}, 1002, "division格式不符合要求"),
        ({"childName": "Zhang"}, 1001, "新生儿姓名应使用规范汉字"),
        ({"mother": CHILD["mother"] | {"idNo": MOTHER[:-1] + "0"}}, 1001, "mother/idNo校验不通过"),
        ({"serialNo": ""}, 1002, "serialNo不能为空"),
    ],
)
def test_what_is_wrong_is_told(
    health_door: Handle, changed: dict[str, Any], code: int, words: str
) -> None:
    told = CHILD | {"serialNo": "a6"} | changed
    refused = _post(health_door, "/birth/certificate/sign", told)
    assert (refused["code"], refused["msg"]) == (code, words)


def test_a_stranger_s_serial_number_is_not_there(health_door: Handle) -> None:
    told = _post(health_door, "/business/query", {"serialNo": "none", "service": "register"})
    assert told["code"] == 404
