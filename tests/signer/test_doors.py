"""Two doors: births come from the hospital's own system only, the hub may only ask."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from typing import Any

import pytest

from crypto import sd_jwt
from sandbox import mllp
from sandbox.hospital_message import message

pytestmark = pytest.mark.guarantee("G8")


def _refused(act: Callable[[], Any]) -> bool:
    try:
        act()
    except (ssl.SSLError, ConnectionError, TimeoutError):
        return True
    return False


@pytest.mark.parametrize("role", ["hub", ""])
def test_births_are_taken_from_the_hospital_s_system_only(hospital: Any, role: str) -> None:
    before = hospital.documents()
    forged = message(hospital.birth().facts, "FORGED")
    assert _refused(lambda: hospital.mllp(forged, role))
    assert hospital.documents() == before
    assert b"MSA|AA" in hospital.mllp(message(hospital.birth().facts, "OWN"))


def test_births_are_not_taken_in_the_clear(hospital: Any) -> None:
    def plain() -> None:
        with hospital.connect("mllp", None) as connection:
            connection.sendall(mllp.frame(message(hospital.birth().facts, "CLEAR")))
            mllp.receive(connection)

    before = hospital.documents()
    assert _refused(plain)
    assert hospital.documents() == before


@pytest.mark.parametrize("role", ["his", ""])
def test_questions_are_taken_from_the_hub_only(hospital: Any, signed: str, role: str) -> None:
    question = {"kind": "birth-record", "identity": {"/certificate/number": signed}}
    body = json.dumps(question).encode()
    head = f"POST /query HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n".encode()

    def ask() -> None:
        with hospital.connect("https", hospital.context(role)) as connection:
            connection.sendall(head + body)
            if not connection.recv(100):
                raise ConnectionError

    reads = len(hospital.ledger("read"))
    assert _refused(ask)
    assert len(hospital.ledger("read")) == reads


def test_each_answer_is_recorded_with_who_asked(hospital: Any, signed: str) -> None:
    before = len(hospital.ledger("read"))
    token = hospital.ask(signed)
    entries = hospital.ledger("read")[before:]
    document = sd_jwt.verify(token, hospital.key).always["jti"]
    assert [(e["ref"], e["by"]) for e in entries] == [(document, "sandbox hub")]


NUMBER = "/certificate/number"
GOOD = {"kind": "birth-record", "identity": {NUMBER: "X"}}


def _odd(signed: str) -> list[bytes]:
    """Questions that are none, with a number that would be answered in nearly all of them."""
    good = {"kind": "birth-record", "identity": {NUMBER: signed}}
    record = {"mother": {"name": "张三", "id_number": "1"}}
    odd: list[Any] = [
        None,
        [],
        [good],
        "X",
        7,
        {},
        {"kind": "birth-record"},
        good | {"kind": "citizen-id"},
        good | {"kind": ["birth-record"]},
        good | {"record": record},
        good | {"sign": True, "document": record},
        good | {"identity": {NUMBER: [signed]}},
        good | {"identity": {NUMBER: {"": signed}}},
        good | {"identity": {NUMBER: ""}},
        good | {"identity": {NUMBER: signed, "/mother/name": "张三"}},
        good | {"identity": [signed]},
        good | {"identity": signed},
        good | {"identity": {"certificate": {"number": signed}}},
    ]
    text = json.dumps(good)
    return [
        *(json.dumps(each).encode() for each in odd),
        b"",
        b"\xff\xfe",
        text.encode("utf-16"),
        text.encode("gbk") + b"\x80",
        text[:-1].encode(),
        (text + text).encode(),
        text.replace(signed, "\\ud800").encode(),
        text.replace('"kind"', '"kind": "birth-record", "kind"').encode(),
        f'{{"identity": {{"{NUMBER}": "a"}}, {text[1:]}'.encode(),
        b"[" * 60_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b"MSH|^~\\&|HIS\rPID|1\r",
        b"1" * 60_000,
    ]


def test_no_question_however_odd_changes_what_is_signed(hospital: Any, signed: str) -> None:
    before = hospital.ask(signed)
    reads, signings = len(hospital.ledger("read")), len(hospital.ledger("signed"))
    answers = [hospital.post(body) for body in _odd(signed)]
    assert answers == [(400, {"code": "question"})] * len(answers)
    assert len(hospital.ledger("read")) == reads
    assert len(hospital.ledger("signed")) == signings
    assert hospital.ask(signed) == before


@pytest.mark.parametrize("size", [70_000, 50_000_000])
def test_a_question_that_is_too_long_is_not_even_read(
    hospital: Any, signed: str, size: int
) -> None:
    head = f"POST /query HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n".encode()
    with hospital.connect("https", hospital.context("hub")) as connection:
        connection.sendall(head + b"[" * 1000)
        answer = connection.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 400")
    assert hospital.ask(signed)


def _raw(signed: str) -> list[bytes]:
    body = json.dumps({"kind": "birth-record", "identity": {NUMBER: signed}}).encode()
    size = f"{len(body)}".encode()
    smuggled = b"POST /query HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + b"\r\n\r\n" + body
    chunked = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    post = b"POST /query HTTP/1.1\r\nHost: a\r\n"
    return [
        post + b"Transfer-Encoding: chunked\r\n\r\n" + chunked,
        post + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled,
        post + b"Content-Length: 0\r\nContent-Length: " + size + b"\r\n\r\n" + smuggled,
        post + b"Content-Length: -1\r\n\r\n" + smuggled,
        post + b"Content-Length: +" + size + b"\r\n\r\n" + smuggled,
        post + "Content-Length: ٣\r\n\r\n".encode() + smuggled,
        post + b"Content-Length: 0, 0\r\n\r\n" + smuggled,
        post + b"\r\n" + smuggled,
        b"POST /sign HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n" + smuggled,
        b"POST /query/../sign HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n" + smuggled,
        b"POST /query?sign=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n" + smuggled,
    ]


def test_a_request_whose_end_can_be_read_in_two_ways_ends_the_connection(
    hospital: Any, signed: str
) -> None:
    reads = len(hospital.ledger("read"))
    for request in _raw(signed):
        with hospital.connect("https", hospital.context("hub")) as connection:
            connection.sendall(request)
            answer = b""
            while part := _received(connection):
                answer += part
        assert answer.startswith(b"HTTP/1.1 400"), request
        assert answer.count(b"HTTP/1.1") == 1, request
    assert len(hospital.ledger("read")) == reads


def _received(connection: Any) -> bytes:
    try:
        return bytes(connection.recv(65_536))
    except ConnectionError:
        return b""


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "SIGN"])
def test_there_is_no_other_method(hospital: Any, signed: str, method: str) -> None:
    body = json.dumps(GOOD | {"identity": {NUMBER: signed}}).encode()
    head = f"{method} /query HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
    head += f"Content-Length: {len(body)}\r\n\r\n"
    with hospital.connect("https", hospital.context("hub")) as connection:
        connection.sendall(head.encode() + body)
        answer = connection.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 501")
    assert b"~" not in answer


def test_the_signer_lives_on_and_has_logged_no_traceback(hospital: Any, signed: str) -> None:
    assert hospital.ask(signed)
    assert "Traceback" not in hospital.log()
    assert hospital.audit().problems == []
