"""The front-end machine with a foreign client (requests): GBK, states, and lines of words."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from lxml import etree

from sandbox import resident_id
from sandbox.handle import Handle

OPENING = {
    "CRDNBR": "A17000001",
    "CLTNAM": "张小直",
    "CLTIDT": "01",
    "CLTIDN": resident_id.compose("320117", "20260105", 1),
    "AGTNAM": "李小达",
    "AGTIDN": resident_id.compose("320117", "19930312", 2),
    "AGTTEL": "19900000000",
    "AGTREL": "52",
}


def _message(function: str, section: str, fields: dict[str, str], login: str = "hub") -> bytes:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    head = f"<INFO><FUNNAM>{function}</FUNNAM><DATTYP>2</DATTYP><LGNNAM>{login}</LGNNAM></INFO>"
    text = f"<CMBSDKPGK>{head}<{section}>{inner}</{section}></CMBSDKPGK>"
    return f'<?xml version="1.0" encoding="GBK"?>{text}'.encode("gbk")


def _post(handle: Handle, body: bytes) -> str:
    return requests.post(handle.address, data=body, timeout=10).content.decode("gbk")


def _open(handle: Handle, reference: str, **changed: str) -> Any:
    fields = {"YURREF": reference} | OPENING | changed
    told = _post(handle, _message("SCOPNACT", "SCOPNACX", fields))
    return etree.fromstring(told.encode("gbk"))


def _told(root: Any, name: str) -> str:
    return str(root.findtext(f"SCOPNACZ/{name}"))


def test_an_account_is_a_row_with_a_luhn_number(bank_door: Handle) -> None:
    told = _open(bank_door, "C1")
    row = bank_door.books()[-1]
    assert (told.findtext("INFO/RETCOD"), _told(told, "REQSTS"), _told(told, "RTNFLG")) == (
        "0",
        "FIN",
        "S",
    )
    assert _told(told, "ACCNBR") == row["accnbr"]
    doubled = [int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(row["accnbr"]))]
    assert sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def test_a_reference_that_is_known_is_refused_and_opens_nothing(bank_door: Handle) -> None:
    _open(bank_door, "C2")
    before = len(bank_door.books())
    told = _open(bank_door, "C2")
    assert (_told(told, "RTNFLG"), _told(told, "ERRCOD")) == ("F", "NCB4241")
    assert len(bank_door.books()) == before


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"CLTIDN": "1"}, "CLTIDN不符合要求"),
        ({"YURREF": "C" * 31}, "YURREF不符合要求"),
        ({"WEIGHT": "3350"}, "WEIGHT不是开户要素"),
    ],
)
def test_what_is_wrong_and_what_a_bank_must_not_have_is_refused(
    bank_door: Handle, changed: dict[str, str], words: str
) -> None:
    before = len(bank_door.books())
    told = _open(bank_door, "C3", **changed)
    assert (_told(told, "RTNFLG"), _told(told, "ERRTXT")) == ("F", words)
    assert len(bank_door.books()) == before


def test_an_opening_under_review_waits_for_an_officer(bank_door: Handle) -> None:
    bank_door.ask("POST", "/review", {"on": True})
    told = _open(bank_door, "C4")
    bank_door.ask("POST", "/review", {"on": False})
    assert (_told(told, "REQSTS"), _told(told, "RTNFLG")) == ("AUT", "")
    assert told.findtext("SCOPNACZ/ACCNBR") is None
    assert bank_door.ask("POST", "/approve")["decided"] == 1
    asked = _post(bank_door, _message("SCQRYACT", "SCQRYACX", {"YURREF": "C4"}))
    assert "<RTNFLG>S</RTNFLG>" in asked


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"\xff\xff", "ErrMsg:报文不是GBK编码"),
        (b"no xml", "ErrMsg:报文不是合法的XML"),
        (b"<a/>", "ErrMsg:INFO不完整"),
        (_message("DCPAYMNT", "X", {}), "CDCServer:功能DCPAYMNT不存在"),
        (_message("SCOPNACT", "X", {}, login=""), "ErrMsg:INFO不完整"),
    ],
)
def test_trouble_is_a_line_of_words(bank_door: Handle, body: bytes, words: str) -> None:
    assert _post(bank_door, body) == words


@pytest.mark.parametrize("odd", ["-9", "CDCServer", "ErrMsg"])
def test_an_odd_answer_comes_after_the_account_was_opened(bank_door: Handle, odd: str) -> None:
    before = len(bank_door.books())
    bank_door.ask("POST", "/odd", {"answer": odd})
    fields = {"YURREF": f"C5{odd.strip('-').upper()}"} | OPENING
    told = _post(bank_door, _message("SCOPNACT", "SCOPNACX", fields))
    assert ("<RETCOD>-9</RETCOD>" if odd == "-9" else f"{odd}:") in told
    assert len(bank_door.books()) == before + 1
