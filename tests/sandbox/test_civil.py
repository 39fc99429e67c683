"""The marriage register with a foreign client: acts by couple, behind the platform's headers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from sandbox import civil, resident_id, sharing_gate
from sandbox.handle import BadAction, Handle

NUMBERS = count(401, 2)


@pytest.fixture
def ask(civil_door: Handle) -> Callable[..., Any]:
    def call(path: str, secret: str, body: Any = None) -> Any:
        rid, rtime = civil.RIDS[path], str(int(time.time() * 1000))
        text = f"{sharing_gate.SID}{rid}{rtime}"
        signed = hmac.digest(secret.encode(), text.encode(), "sha256")
        told = {"rid": rid, "sid": sharing_gate.SID, "rtime": rtime}
        told["sign"] = base64.b64encode(signed).decode()
        headers = {f"gjgxjhpt_{name}": value for name, value in told.items()}
        return requests.post(civil_door.address + path, json=body, headers=headers, timeout=10)

    def asked(body: Any) -> Any:
        wrapped = call("/secret", sharing_gate.APP_KEY).json()["data"]["secret"]
        state = hashlib.sha1(sharing_gate.APP_KEY.encode()).digest()
        key = hashlib.sha1(state).digest()[:16]
        decryptor = Cipher(algorithms.AES(key), modes.ECB()).decryptor()
        padded = decryptor.update(base64.b64decode(wrapped)) + decryptor.finalize()
        return call("/service/marriage", padded[: -padded[-1]].decode(), body).json()

    return asked


@pytest.fixture
def couple() -> dict[str, str]:
    number = next(NUMBERS)
    man = resident_id.compose("320117", "19910607", number)
    return {
        "cert_num_man": man,
        "cert_num_woman": resident_id.compose("320117", "19930312", number + 1),
    }


def test_none_is_a_list_one_an_object_and_several_a_list_again(
    ask: Any, civil_door: Handle, couple: Any
) -> None:
    assert ask(couple) == {"code": "0", "message": "成功", "data": []}
    civil_door.ask("POST", "/act", couple | {"name_man": "王知达"})
    one = ask(couple)["data"]
    assert one == couple | {"op_type": "IA", "op_date": "2019-05-20"}, "no name is told"
    civil_door.ask("POST", "/act", couple | {"op_type": "IB", "op_date": "2022-02-02"})
    assert [row["op_type"] for row in ask(couple)["data"]] == ["IB", "IA"]


def test_who_is_married_to_another_is_not_married_to_this_one(
    ask: Any, civil_door: Handle, couple: Any
) -> None:
    civil_door.ask("POST", "/act", couple)
    assert ask(couple | {"cert_num_woman": "110105194912310021"})["data"] == []


def test_names_count_where_they_are_given_and_must_be_where_they_are_demanded(
    ask: Any, civil_door: Handle, couple: Any
) -> None:
    names = {"name_man": "王知达", "name_woman": "李小直"}
    civil_door.ask("POST", "/act", couple | names)
    assert ask(couple | names)["data"]["op_type"] == "IA"
    assert ask(couple | names | {"name_man": "王某"})["data"] == []
    civil_door.ask("POST", "/demand", {"names": True})
    assert ask(couple)["code"] == "1001"
    civil_door.ask("POST", "/demand", {"names": False})


def test_a_question_without_both_numbers_is_refused(ask: Any, couple: Any) -> None:
    assert ask({"cert_num_man": couple["cert_num_man"]})["code"] == "1001"


def test_an_act_that_is_none_is_not_entered(civil_door: Handle, couple: Any) -> None:
    with pytest.raises((BadAction, OSError)):
        civil_door.ask("POST", "/act", {"name_man": "王知达"} | {"cert_num_man": None})
