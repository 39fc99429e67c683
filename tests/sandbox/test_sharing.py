"""The platform's headers with a foreign client (requests, hmac): what they cover and what not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from sandbox import sharing
from sandbox.handle import Handle


def _call(handle: Handle, path: str, secret: str, body: Any = None, **changed: str) -> Any:
    rid, rtime = sharing.RIDS[path], str(int(time.time() * 1000))
    signed = hmac.digest(secret.encode(), f"{sharing.SID}{rid}{rtime}".encode(), "sha256")
    told = {"rid": rid, "sid": sharing.SID, "rtime": rtime}
    told |= {"sign": base64.b64encode(signed).decode()} | changed
    headers = {f"gjgxjhpt_{name}": value for name, value in told.items()}
    return requests.post(handle.address + path, json=body, headers=headers, timeout=10).json()


def _secret(handle: Handle) -> str:
    told = _call(handle, "/secret", sharing.APP_KEY)["data"]
    assert 60 < told["secretEndTime"] / 1000 - time.time() <= sharing.SECRET_SECONDS
    state = hashlib.sha1(sharing.APP_KEY.encode()).digest()
    key = hashlib.sha1(state).digest()[:16]
    decryptor = Cipher(algorithms.AES(key), modes.ECB()).decryptor()
    padded = decryptor.update(base64.b64decode(told["secret"])) + decryptor.finalize()
    return padded[: -padded[-1]].decode()


def test_a_couple_is_told_only_to_whom_asks_for_both(sharing_door: Handle) -> None:
    secret = _secret(sharing_door)
    told = _call(sharing_door, "/service/marriage", secret, sharing.COUPLE)
    assert (told["code"], told["data"]["op_date"]) == ("0", "2019-05-20")
    other = sharing.COUPLE | {"cert_num_man": "110105194912310021"}
    assert _call(sharing_door, "/service/marriage", secret, other)["data"] is None


@pytest.mark.parametrize("changed", [{"rid": "r-insured"}, {"sid": "x"}, {"rtime": "1"}])
def test_each_header_counts(sharing_door: Handle, changed: dict[str, str]) -> None:
    secret = _secret(sharing_door)
    told = _call(sharing_door, "/service/marriage", secret, sharing.COUPLE, **changed)
    assert told["code"] in ("1002", "1004")


def test_a_secret_ends_when_it_is_taken_away(sharing_door: Handle) -> None:
    secret = _secret(sharing_door)
    sharing_door.ask("POST", "/rotate")
    assert _call(sharing_door, "/service/marriage", secret, sharing.COUPLE)["code"] == "1004"


def test_the_other_hub_wants_the_body_signed(sharing_door: Handle) -> None:
    body = {"certno": "320117202601050015", "page": 1, "size": 4}
    told = _call(sharing_door, "/service/insured", _secret(sharing_door), body)
    assert told["code"] == "1007"
