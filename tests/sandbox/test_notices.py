"""The doors for messages with a foreign client (requests): signatures, tokens, what is sent twice."""

from __future__ import annotations

import hashlib
import time
from typing import Any

import requests

from sandbox import notices
from sandbox.handle import Handle

SMS = {"mobile": "19900000000", "content": "已办结", "serial": "s1"}


def _sms(handle: Handle, secret: str = notices.SECRET, **changed: str) -> Any:
    text = f"{notices.APPLICATION}1767574860000{secret}"
    sign = hashlib.new("sm3", text.encode()).hexdigest()
    told = {"X-App": notices.APPLICATION, "X-Time": "1767574860000", "X-Sign": sign}
    url = f"{handle.address}/sms/send"
    return requests.post(url, json=SMS | changed, headers=told, timeout=10).json()


def test_one_serial_is_one_message(notices_door: Handle) -> None:
    before = len(notices_door.books())
    first = _sms(notices_door)
    assert _sms(notices_door) == first
    assert _sms(notices_door, content="另一件")["code"] == "1002"
    assert len(notices_door.books()) == before + 1


def test_a_wrong_signature_is_not_let_in(notices_door: Handle) -> None:
    before = len(notices_door.books())
    assert _sms(notices_door, "guess", serial="s2")["code"] == "3001"
    assert len(notices_door.books()) == before


def _token(handle: Handle, secret: str = notices.CORPORATION_SECRET) -> Any:
    told = {"corpid": notices.CORPORATION, "corpsecret": secret}
    return requests.get(f"{handle.address}/cgi-bin/gettoken", told, timeout=10).json()


def _send(handle: Handle, token: str, **changed: Any) -> Any:
    body = {"touser": "li", "agentid": notices.AGENT, "text": {"content": "已办结"}}
    url = f"{handle.address}/cgi-bin/message/send?access_token={token}"
    return requests.post(url, json=body | changed, timeout=10).json()


def test_a_token_runs_out_and_the_same_text_is_sent_once_if_asked(notices_door: Handle) -> None:
    assert _token(notices_door, "guess")["errcode"] == 40001
    token = _token(notices_door)["access_token"]
    first = _send(notices_door, token, enable_duplicate_check=1)
    assert _send(notices_door, token, enable_duplicate_check=1) == first
    assert _send(notices_door, token)["msgid"] != first["msgid"]
    assert _send(notices_door, token, touser="nobody")["errcode"] == 81013
    time.sleep(notices.TOKEN_SECONDS + 0.2)
    assert _send(notices_door, token)["errcode"] == 42001
