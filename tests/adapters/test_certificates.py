"""Certificates looked up: valid, revoked, none, and what counts as no answer at all."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import orjson
import pytest

from adapters import certificates
from exchange.errors import Fatal, Invalid, Rejected, Retriable, Unknown
from exchange.ports import Answer, Endpoint
from mappings.identifiers import e_certificate

HOLDER = "320117202601050015"
NUMBERS = count(1)
BODY = "1.2.156.3005.2.BIRTH.12320117MB1A000017.X320117001.001"
ROW = {
    "ZZBS": e_certificate.with_check(BODY),
    "ZZLXDM": "BIRTH",
    "ZZBH": "X320117001",
    "ZZMC": "出生医学证明",
    "ZZBFJG": "示例医院",
    "ZZBFRQ": "2026-01-06",
    "CZZTDM": HOLDER,
    "ZZYXQJZRQ": "长期",
    "ZZZT": "1",
}


def _query(**more: Any) -> dict[str, Any]:
    return {"query": {"holder": {"id_type": "111", "id": HOLDER}, "type": "BIRTH", **more}}


@pytest.fixture
def register(canned: Any) -> Iterator[Any]:
    adapter = certificates.open_system({}, canned.endpoint())
    yield adapter
    adapter.close()


def _found(adapter: Any, **more: Any) -> Answer:
    prepared = adapter.prepare("find_certificate", _query(**more), "")
    answer: Answer = adapter.fetch(prepared)
    return answer


def _answers(canned: Any, *rows: Any, code: Any = 0) -> None:
    canned.answers.clear()
    told = orjson.dumps({"code": code, "data": list(rows)})
    canned.will_answer(told, media="application/json")


def test_a_certificate_in_force(canned: Any, register: Any) -> None:
    _answers(canned, ROW)
    answer = _found(register)
    assert answer.record == {
        "identifier": ROW["ZZBS"],
        "identifier_check": "ok",
        "type": "BIRTH",
        "number": "X320117001",
        "name": "出生医学证明",
        "issuer": "示例医院",
        "issued_on": "2026-01-06",
        "holder_id": HOLDER,
        "state": "valid",
    }
    assert (answer.reference, bool(answer.mapping_digest)) == ("X320117001", True)
    asked = orjson.loads(canned.requests[0][1])
    assert asked == {"CZZTDM": HOLDER, "CZZTDMLXDM": "111", "ZZLXDM": "BIRTH"}


@pytest.mark.parametrize(
    ("identifier", "told"),
    [
        (ROW["ZZBS"][:-1] + ("0" if ROW["ZZBS"][-1] != "0" else "1"), "differs"),
        ("ZZ-0001", "other-form"),
    ],
)
def test_an_odd_identifier_is_told_and_rejects_nothing(
    canned: Any, register: Any, identifier: str, told: str
) -> None:
    _answers(canned, ROW | {"ZZBS": identifier})
    record = _found(register).record
    assert record is not None
    assert (record["identifier_check"], record["state"]) == (told, "valid")


def test_the_valid_one_counts_before_those_that_were_revoked(canned: Any, register: Any) -> None:
    revoked = ROW | {"ZZZT": "注销", "ZZBH": "X320117000"}
    _answers(canned, revoked, ROW, revoked)
    record = _found(register).record
    assert record is not None
    assert record["number"] == "X320117001"
    _answers(canned, revoked)
    record = _found(register).record
    assert record is not None
    assert record["state"] == "revoked"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], "coded.none"),
        ([ROW, ROW | {"ZZBH": "X320117002"}], "coded.several"),
        ([ROW | {"CZZTDM": "11010519491231002X"}], "certificates.other-holder"),
        ([ROW | {"ZZLXDM": "OTHER"}], "certificates.other-holder"),
    ],
)
def test_none_several_and_another_s_are_refusals(
    canned: Any, register: Any, rows: list[Any], code: str
) -> None:
    _answers(canned, *rows)
    with pytest.raises(Rejected) as caught:
        _found(register)
    assert caught.value.code == code
    assert caught.value.raw
    assert HOLDER not in repr(caught.value.facts)


def test_the_number_chooses(canned: Any, register: Any) -> None:
    _answers(canned, ROW, ROW | {"ZZBH": "X320117002"})
    assert _found(register, number="X320117002").reference == "X320117002"


@pytest.mark.parametrize(
    ("row", "path"),
    [({"ZZZT": "7"}, "/ZZZT"), ({"ZZBFRQ": "2026-02-30"}, "/ZZBFRQ"), ({"ZZBS": ""}, "/ZZBS")],
)
def test_a_row_that_cannot_be_understood_is_no_refusal(
    canned: Any, register: Any, row: Any, path: str
) -> None:
    _answers(canned, ROW | row)
    with pytest.raises(Unknown) as caught:
        _found(register)
    assert (caught.value.code, caught.value.facts["path"]) == ("coded.not-understood", path)


@pytest.mark.parametrize(
    ("code", "kind"),
    [("404", Rejected), (403, Rejected), ("503", Retriable), ("401", Fatal), ("1", Unknown)],
)
def test_codes(canned: Any, register: Any, code: Any, kind: type[Exception]) -> None:
    _answers(canned, code=code)
    with pytest.raises(kind):
        _found(register)


def test_a_site_brings_its_own_names(canned: Any, tmp_path: Path) -> None:
    (tmp_path / "mappings").mkdir()
    own = "mapping: ours\ntitle: 查询\nfrom: certificate-query\nto: wire\nfields:\n"
    own += "  - {to: /holder, from: /holder/id}\n"
    (tmp_path / "mappings/ours.yaml").write_text(own, "utf-8")
    options = {"mapping": "ours", "call": "POST /q", "rows": "/result", "codes": {"at": "/st"}}
    adapter = certificates.open_system(options, Endpoint(canned.address, site=tmp_path))
    canned.will_answer(orjson.dumps({"st": "200", "result": ROW}), media="application/json")
    assert _found(adapter).record is not None
    assert orjson.loads(canned.requests[0][1]) == {"holder": HOLDER}
    adapter.close()


def test_a_mapping_that_is_not_there_is_told_with_the_nearest(canned: Any) -> None:
    with pytest.raises(Fatal) as caught:
        certificates.open_system({"record": "register_certificat"}, canned.endpoint())
    assert caught.value.facts["nearest"] == "register_certificate"


def test_a_register_is_asked_and_nothing_is_done_there(canned: Any, register: Any) -> None:
    with pytest.raises(Fatal, match=r"certificates\.no-such-operation"):
        register.prepare("find_certificates", _query(), "")
    prepared = register.prepare("find_certificate", _query(), "")
    for act in (register.submit, register.probe):
        with pytest.raises(Fatal, match=r"certificates\.no-such-operation"):
            act(prepared)
    assert canned.requests == []


def test_a_question_without_its_holder_is_not_asked(register: Any) -> None:
    with pytest.raises(Invalid):
        register.prepare("find_certificate", {"query": {"type": "BIRTH"}}, "")


def test_the_register_revokes_and_renews(peer: Any) -> None:
    handle, endpoint = peer("licences")
    adapter = certificates.open_system({}, endpoint)
    old, new = f"X32011800{next(NUMBERS)}", f"X32011900{next(NUMBERS)}"
    handle.ask("POST", "/issue", {**ROW, "CZZTDM": HOLDER, "ZZBH": old})
    assert _found(adapter).reference == old
    handle.ask("POST", "/revoke", {"ZZBH": old})
    record = _found(adapter).record
    assert record is not None
    assert record["state"] == "revoked"
    handle.ask("POST", "/issue", {**ROW, "CZZTDM": HOLDER, "ZZBH": new})
    assert _found(adapter).reference == new
    adapter.close()
