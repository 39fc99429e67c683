"""A hub that is not to be trusted: whatever it sends, nothing else is signed, and the unit sees it (G8)."""

from __future__ import annotations

import json
import ssl
from typing import Any

import pytest

pytestmark = pytest.mark.guarantee("G8")

NUMBER = "/certificate/number"
DIGEST = "9f" * 32


def good(signed: str, **more: Any) -> dict[str, Any]:
    return {"kind": "birth-record", "identity": {NUMBER: signed}} | more


ATTACKS = {
    "a digest to sign": lambda n: ("/query", {"digest": DIGEST, "key_id": "unit"}),
    "a door to sign at": lambda n: ("/sign", {"digest": DIGEST}),
    "a record to sign": lambda n: ("/query", good(n, record={"mother": {"name": "张三"}})),
    "a document to bless": lambda n: ("/births", {"document": "eyJ...~", "after": "0"}),
    "another kind": lambda n: ("/query", good(n) | {"kind": "citizen-id"}),
    "another system": lambda n: ("/query", good(n, system="oa")),
    "another unit": lambda n: ("/query", good(n, unit="public-security")),
    "a purpose": lambda n: ("/query", good(n, purpose="order-finance")),
    "everything": lambda n: ("/query", good(n) | {"identity": {NUMBER: "%"}, "like": True}),
    "a path upwards": lambda n: ("/query/../../signer.json", good(n)),
    "an encoded path": lambda n: ("/%71uery", good(n)),
    "a file as number": lambda n: ("/query", good(n) | {"identity": {"../../unit.key": n}}),
    "a path in the kind": lambda n: ("/query", good(n) | {"kind": "../birth-record"}),
    "a place behind all": lambda n: ("/changes", {"after": "-1"}),
    "a wrong place": lambda n: ("/changes", {"after": "1e3"}),
    "settings": lambda n: ("/settings", {"announces_to": ["sandbox hub"]}),
    "a long path": lambda n: ("/" + "q" * 5000, good(n)),
}


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_it_is_refused_nothing_is_signed_and_the_log_has_it(
    hospital: Any, signed: str, attack: str
) -> None:
    signings, refused = len(hospital.ledger("signed")), len(hospital.ledger("refused"))
    path, body = ATTACKS[attack](signed)
    status, told = hospital.post(json.dumps(body).encode(), path)
    assert status == 400, told
    assert len(hospital.ledger("signed")) == signings
    entries = hospital.ledger("refused")
    assert len(entries) == refused + 1
    assert entries[-1]["by"] == "sandbox hub"
    assert entries[-1]["path"] in ("/query", "/changes", "/births", "other")
    assert signed not in json.dumps(entries)
    assert "张三" not in json.dumps(entries, ensure_ascii=False)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "SIGN"])
def test_another_method_is_refused_and_noted(hospital: Any, method: str) -> None:
    refused = len(hospital.ledger("refused"))
    head = f"{method} /query HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n".encode()
    with hospital.connect("https", hospital.context("hub")) as connection:
        connection.sendall(head)
        assert connection.recv(100).startswith(b"HTTP/1.1 501")
    [entry] = hospital.ledger("refused")[refused:]
    assert entry["code"] == "http-501"


def test_a_giant_head_and_a_giant_body_are_refused_and_noted(hospital: Any) -> None:
    refused = len(hospital.ledger("refused"))
    for head in (
        b"POST /query HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
        b"POST /query HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}",
        b"POST /" + b"q" * 70_000 + b" HTTP/1.1\r\n\r\n",
    ):
        with hospital.connect("https", hospital.context("hub")) as connection:
            connection.sendall(head)
            assert connection.recv(100).split()[1] in (b"400", b"414")
    assert len(hospital.ledger("refused")) == refused + 3


def test_the_same_question_again_is_another_reading_and_no_other_signature(
    hospital: Any, signed: str
) -> None:
    reads, signings = len(hospital.ledger("read")), len(hospital.ledger("signed"))
    answers = {hospital.ask(signed) for _ in range(5)}
    assert len(answers) == 1
    assert len(hospital.ledger("read")) == reads + 5
    assert len(hospital.ledger("signed")) == signings


def test_what_is_not_there_is_no_attack(hospital: Any) -> None:
    refused = len(hospital.ledger("refused"))
    assert hospital.ask("X999999999") == ""
    assert len(hospital.ledger("refused")) == refused


def test_many_refusals_do_not_fill_the_disk(hospital: Any) -> None:
    """The last test of this module: from here on most are counted only."""
    context = hospital.context("hub")
    body = b"POST /sign HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"
    for _ in range(140):
        with hospital.connect("https", context) as connection:
            connection.sendall(body)
            assert connection.recv(100).startswith(b"HTTP/1.1 400")
    told = hospital.ledger("refused")
    assert 100 <= len(told) <= 102
    assert told[-1]["number"] == 128
    assert hospital.audit().problems == []


def test_who_has_no_certificate_is_not_even_heard(hospital: Any, signed: str) -> None:
    refused = len(hospital.ledger("refused"))
    request = b"POST /sign HTTP/1.1\r\nContent-Length: 0\r\n\r\n"
    with (
        pytest.raises((ssl.SSLError, ConnectionError)),
        hospital.connect("https", hospital.context("")) as connection,
    ):
        connection.sendall(request)
        if not connection.recv(100):
            raise ConnectionError
    assert len(hospital.ledger("refused")) == refused
