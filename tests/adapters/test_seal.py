"""Papers sealed elsewhere: asked after until they are, and believed by digest only."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest

from adapters import seal
from exchange.errors import Fatal, Invalid, Rejected, Unknown
from exchange.ports import Answer

PDF = b"%PDF-1.7\n%\xe5\x91\x8a\n%%EOF\n"
DER = b"\x30\x03\x02\x01\x01"
REQUEST = {
    "id": "c1/notice",
    "template": "T1",
    "seal": "S-320117-01",
    "title": "出生登记告知书",
    "format": "pdf",
    "fields": {"姓名": "张小直", "编号": "X320117001"},
}


def _ofd() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as parts:
        parts.writestr("OFD.xml", "<OFD/>")
    return made.getvalue()


def _b64(raw: bytes) -> str:
    return base64.encodebytes(raw).decode()


def _result(**changed: Any) -> dict[str, Any]:
    told = {
        "serial": "k1",
        "receipt": "YZ1",
        "state": "2",
        "file": _b64(PDF),
        "digest": hashlib.new("sm3", PDF).hexdigest().upper(),
        "certificate": _b64(DER),
        "sealedAt": "2026-01-08 09:30:00",
    }
    return {"code": "0", "data": told | changed}


@pytest.fixture
def platform(canned: Any) -> Iterator[Any]:
    opened: list[Any] = []

    def at(**options: Any) -> Any:
        opened.append(seal.open_system(options, canned.endpoint()))
        return opened[-1]

    yield at
    for adapter in opened:
        adapter.close()


def _prepared(adapter: Any, **changed: Any) -> Any:
    return adapter.prepare("seal_document", {"request": {**REQUEST, **changed}}, "k1")


def _asked(canned: Any, adapter: Any, answer: Any, **changed: Any) -> Answer | None:
    canned.answers.clear()
    canned.will_answer(orjson.dumps(answer), media="application/json")
    found: Answer | None = adapter.probe(_prepared(adapter, **changed))
    return found


def test_what_is_sent_carries_our_key_as_its_serial(canned: Any, platform: Any) -> None:
    canned.will_answer('{"code":0,"data":{"receipt":"YZ1"}}', media="application/json")
    adapter = platform(asked={"fields": "/form/values", "serial": "/no"})
    answer = adapter.submit(_prepared(adapter))
    assert (answer.reference, answer.waiting, answer.record) == ("YZ1", True, None)
    sent = orjson.loads(canned.requests[0][1])
    assert (sent["no"], sent["form"]["values"]) == ("k1", REQUEST["fields"])
    assert sent["seal"] == "S-320117-01"


def test_a_sealed_paper_is_a_document_of_digests(canned: Any, platform: Any) -> None:
    answer = _asked(canned, platform(), _result())
    assert answer is not None
    assert (answer.reference, answer.waiting) == ("YZ1", False)
    assert answer.record == {
        "serial": "k1",
        "receipt": "YZ1",
        "title": "出生登记告知书",
        "format": "pdf",
        "size": len(PDF),
        "sm3": hashlib.new("sm3", PDF).hexdigest(),
        "seal_certificate": hashlib.sha256(DER).hexdigest(),
        "sealed_at": "2026-01-08T09:30:00",
    }
    assert _b64(PDF).strip().encode() in answer.raw.replace(b"\\n", b"")
    assert answer.mapping_digest


def test_an_ofd_is_told_by_its_entry(canned: Any, platform: Any) -> None:
    file = _ofd()
    told = _result(file=_b64(file), digest=hashlib.sha256(file).hexdigest())
    answer = _asked(canned, platform(digest="sha256"), told, format="ofd")
    assert answer is not None
    assert answer.record is not None
    assert answer.record["sm3"] == hashlib.new("sm3", file).hexdigest()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"digest": "0" * 64}, "digest"),
        ({"digest": ""}, "digest"),
        ({"file": _b64(PDF[:-1])}, "digest"),
        ({"file": ""}, "form"),
        ({"file": "不是"}, "base64"),
        ({"file": "%%%%"}, "base64"),
        ({"file": _b64(_ofd())}, "form"),
        ({"file": _b64(b"%PDF-" + bytes(600))}, "size"),
        ({"certificate": ""}, "certificate"),
        ({"certificate": "-----BEGIN"}, "base64"),
    ],
)
def test_a_file_that_is_not_what_it_is_said_to_be_is_not_believed(
    canned: Any, platform: Any, changed: Any, reason: str
) -> None:
    with pytest.raises(Unknown) as caught:
        _asked(canned, platform(most_file_bytes=500), _result(**changed))
    assert caught.value.code == "seal.not-the-file"
    assert caught.value.facts == {"receipt": "YZ1", "reason": reason}


@pytest.mark.parametrize("file", [b"PK\x03\x04", b"PK\x05\x06" + bytes(18), _ofd()[:-10]])
def test_a_damaged_package_is_none(canned: Any, platform: Any, file: bytes) -> None:
    told = _result(file=_b64(file), digest=hashlib.new("sm3", file).hexdigest())
    with pytest.raises(Unknown):
        _asked(canned, platform(), told, format="ofd")


@pytest.mark.parametrize("state", ["0", 1])
def test_until_it_is_sealed_it_waits(canned: Any, platform: Any, state: Any) -> None:
    answer = _asked(canned, platform(), _result(state=state, file=""))
    assert answer is not None
    assert (answer.waiting, answer.record) == (True, None)


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (_result(state="3", reason="张小直的材料不全"), Rejected, "seal.refused"),
        (_result(state="9"), Unknown, "seal.unclear-state"),
        (_result(state="张小直"), Unknown, "seal.unclear-state"),
        (_result(serial="k2"), Unknown, "seal.another"),
        (_result(sealedAt="昨天"), Unknown, "coded.not-understood"),
        ({"code": "1001", "message": "张小直"}, Unknown, "coded.refused"),
        ({"code": "8"}, Unknown, "coded.unclear"),
    ],
)
def test_anything_else_is_what_the_platform_says_of_the_paper_or_unknown(
    canned: Any, platform: Any, answer: Any, kind: type[Exception], code: str
) -> None:
    with pytest.raises(kind) as caught:
        _asked(canned, platform(), answer)
    error: Any = caught.value
    assert error.code == code
    assert "张小直" not in repr(error.facts)
    if kind is Rejected:
        assert error.reason == "张小直的材料不全"


def test_a_serial_that_the_platform_does_not_know_is_not_there(canned: Any, platform: Any) -> None:
    assert _asked(canned, platform(), {"code": 404}) is None


@pytest.mark.parametrize(
    "changed",
    [{"format": "doc"}, {"fields": {}}, {"fields": {"a": "x" * 2001}}, {"title": "a\nb"}, {"x": 1}],
)
def test_a_request_that_makes_no_sense_is_not_sent(platform: Any, changed: Any) -> None:
    with pytest.raises(Invalid):
        _prepared(platform(), **changed)


def test_settle_time_is_the_platform_s(platform: Any) -> None:
    declared = seal.declared({"settle_s": 90})["seal_document"]
    assert (declared.settle, declared.irreversible) == (timedelta(seconds=90), True)
    with pytest.raises(Fatal, match=r"seal\.no-such-operation"):
        platform().fetch(_prepared(platform()))
    with pytest.raises(Fatal, match=r"seal\.no-such-operation"):
        platform().prepare("seal_documents", {}, "k1")


@pytest.mark.parametrize("form", ["ofd", "pdf"])
def test_a_paper_goes_through_the_platform(peer: Any, form: str) -> None:
    handle, endpoint = peer("seals")
    adapter = seal.open_system({}, endpoint)
    request = {"request": {**REQUEST, "format": form}}
    prepared = adapter.prepare("seal_document", request, uuid4().hex)
    assert adapter.probe(prepared) is None
    done = adapter.submit(prepared)
    assert adapter.probe(prepared).waiting
    handle.ask("POST", "/seal")
    sealed = adapter.probe(prepared)
    assert (sealed.reference, sealed.waiting) == (done.reference, False)
    assert sealed.record["receipt"] == done.reference
    handle.restart()
    assert adapter.probe(prepared).record["sm3"] == sealed.record["sm3"]
    other = adapter.prepare("seal_document", request, uuid4().hex)
    adapter.submit(other)
    handle.ask("POST", "/decline", {"reason": "内容有误"})
    with pytest.raises(Rejected) as caught:
        adapter.probe(other)
    assert caught.value.reason == "内容有误"
    adapter.close()


@pytest.mark.parametrize(
    ("state", "told"), [("3", "waiting"), ("9", "sealed"), ("1", "unclear"), ("2", "unclear")]
)
def test_a_state_means_what_the_site_says(
    canned: Any, platform: Any, state: str, told: str
) -> None:
    adapter = platform(states={"waiting": ["0", "3"], "sealed": ["9"]})
    if told == "unclear":
        with pytest.raises(Unknown, match=r"seal\.unclear-state"):
            _asked(canned, adapter, _result(state=state))
        return
    answer = _asked(canned, adapter, _result(state=state))
    assert answer is not None
    assert answer.waiting is (told == "waiting")


def test_a_state_under_two_names_is_a_mistake() -> None:
    states = {"waiting": ["0", "9"], "sealed": ["9"], "refused": ["3", "3"]}
    found = seal.mistakes({"states": states}, Path())
    assert [(at, p.code, dict(p.facts)) for at, p in found] == [
        ("/states", "seal.state-twice", {"state": "9"})
    ]
    assert seal.mistakes({"states": {"waiting": ["2"]}}, Path()) == []
