"""The premium front-end with forms glued by hand: signature, serial numbers, states, GBK."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import requests

from sandbox import tax_form
from sandbox.handle import Handle

Call = Callable[..., Any]


@pytest.fixture
def call(tax_door: Handle) -> Call:
    def send(path: str, data: Any, /, **changed: str) -> Any:
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
        form = {"data": text, "appKey": tax_form.APP_KEY, "requestTime": "20260108090000"}
        joined = "&".join(f"{name}={form[name]}" for name in sorted(form))
        signed = f"{joined}&key={tax_form.SECRET}".encode()
        form |= {"sign": hashlib.new("sm3", signed).hexdigest().upper()} | changed
        answer = requests.post(f"{tax_door.address}/sbf/{path}", data=form, timeout=10)
        assert answer.headers["Content-Type"] == "application/json;charset=GBK"
        return json.loads(answer.content.decode("gb18030"))

    return send


def _payment(**changed: str) -> dict[str, str]:
    who = {"jfrxm": "李小直", "jfrzjhm": "320117199602140025"}
    what = {"jylsh": uuid4().hex, "grbh": "P1", "jfnd": "2026", "jfje": "400.00"}
    return what | who | changed


def test_a_payment_is_a_row_with_a_voucher_and_the_payer_is_not_said_again(
    call: Call, tax_door: Handle
) -> None:
    asked = _payment()
    told = call("jf", asked)
    assert (told["code"], told["data"]["jfzt"]) == ("0000", "1")
    row = tax_door.books()[-1]
    assert (row["jylsh"], row["jfje"], row["sspzh"]) == (
        asked["jylsh"],
        "400.00",
        told["data"]["sspzh"],
    )
    assert "李小直" not in json.dumps(told, ensure_ascii=False)


def test_a_serial_number_is_known_again_and_a_person_is_not(call: Call, tax_door: Handle) -> None:
    asked, before = _payment(), len(tax_door.books())
    assert [call("jf", asked)["code"] for _ in range(2)] == ["0000", "2001"]
    assert call("jf", asked | {"jylsh": uuid4().hex})["code"] == "0000"
    assert len(tax_door.books()) == before + 2


@pytest.mark.parametrize(
    "changed",
    [{"jfje": "400"}, {"jfje": "400.001"}, {"jfje": "-1.00"}, {"jfnd": "26"}, {"jfrxm": ""},
     {"grbh": ""}, {"phone": "19900000001"}],
)  # fmt: skip
def test_what_is_not_in_the_interface_is_not_taken(
    call: Call, tax_door: Handle, changed: dict[str, str]
) -> None:
    before = len(tax_door.books())
    told = call("jf", _payment(**changed))
    assert told["code"] == "1002"
    assert told["msg"].startswith(next(iter(changed)))
    assert len(tax_door.books()) == before


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"sign": "0" * 64}, "9901"), ({"data": "{}"}, "9901"), ({"appKey": "x"}, "9902"),
     ({"requestTime": "2026-01-08"}, "9902")],
)  # fmt: skip
def test_what_was_changed_after_signing_is_noticed(
    call: Call, changed: dict[str, str], code: str
) -> None:
    assert call("jf", _payment(), **changed)["code"] == code


@pytest.mark.parametrize("data", ["", "[]", "x"])
def test_data_that_is_none_is_a_code(call: Call, data: str) -> None:
    assert call("jf", data)["code"] in ("1002", "9901")


def test_a_serial_number_is_asked_after(call: Call) -> None:
    asked = _payment()
    assert call("cx", {"jylsh": asked["jylsh"]})["code"] == "1404"
    paid = call("jf", asked)["data"]
    assert call("cx", {"jylsh": asked["jylsh"]})["data"] == paid


@pytest.mark.parametrize(("state", "told"), [("paid", "1"), ("failed", "2")])
def test_what_is_in_process_ends_as_it_is_told(
    call: Call, tax_door: Handle, state: str, told: str
) -> None:
    tax_door.ask("POST", "/slow")
    asked = _payment()
    assert call("jf", asked)["data"]["jfzt"] == "0"
    tax_door.ask("POST", "/finish", {"state": state, "reason": "余额不足"})
    found = call("cx", {"jylsh": asked["jylsh"]})["data"]
    assert (found["jfzt"], bool(found["sspzh"])) == (told, state == "paid")
    assert found["sbyy"] == ("" if state == "paid" else "余额不足")
    tax_door.ask("POST", "/slow", {"slow": False})


def test_a_span_is_listed_in_pages(call: Call) -> None:
    for _ in range(3):
        call("jf", _payment())
    span = {"kssj": "2020-01-01 00:00:00", "jssj": "2090-01-01 00:00:00"}
    first = call("dz", span | {"yh": 1, "myts": 2})["data"]
    second = call("dz", span | {"yh": 2, "myts": 2})["data"]
    assert len(first["mx"]) == 2
    assert first["zs"] == second["zs"] >= 3
    assert first["mx"][0] != second["mx"][0]
    empty = {"kssj": "2020-01-01 00:00:00", "jssj": "2020-01-02 00:00:00"}
    assert call("dz", empty | {"yh": 1, "myts": 2})["data"] == {"zs": 0, "mx": []}
    assert call("dz", {"kssj": "gestern"})["code"] == "1002"
