"""The sharing platform: its rotating secret, our signature over the body, lists to their end."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from adapters import sharing_platform
from exchange.errors import Fatal, Rejected, Retriable, Unknown, ZhidaError
from exchange.ports import Answer, Endpoint
from sandbox import sharing

WHO = """mapping: who
title: 查询
from: citizen-id
to: wire
fields:
  - {to: /certno, from: /citizen_id}
"""
PAGING = {"kind": "page", "field": "page", "size_field": "size", "size": 4, "total": "/data/total"}
SERVICE = {
    "title": "参保信息查询",
    "call": "POST /service/insured",
    "rid": "r-insured",
    "needs": {"citizen": "citizen-id"},
    "gives": "insurance-enrolment",
    "mapping": "who",
    "record": "insurance_output_enrolment",
    "rows": "/data/rows",
    "same": {"/certno": "/certno"},
    "paging": PAGING,
}
ROW = {
    "psn_no": "P1",
    "certno": "320117202601050015",
    "insutype": "390",
    "insuplc_admdvs": "320117",
    "insu_date": "2026-01-08",
}


def _options(gateway: str = "national", body: str = "hmac-sm3", **service: Any) -> dict[str, Any]:
    made = {name: value for name, value in {**SERVICE, **service}.items() if value is not None}
    secret = {"call": "POST /secret", "rid": "r-secret", "expired": ["1004"]}
    told: dict[str, Any] = {"gateway": gateway, "body_signature": body}
    told |= {"secret": secret} if gateway == "national" else {}
    codes = {"none": ["404"], "refused": ["1001"], "login": ["1002", "1007"]}
    return told | {"codes": codes, "services": {"find_insured": made}}


@pytest.fixture
def open_at(tmp_path: Path) -> Iterator[Any]:
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings/who.yaml").write_text(WHO, "utf-8")
    opened: list[Any] = []

    def at(address: str, options: Any, **extra: str) -> Any:
        place = Endpoint(address, sharing.SID, sharing.APP_KEY, extra=extra, site=tmp_path)
        opened.append(sharing_platform.open_system(options, place))
        return opened[-1]

    yield at
    for adapter in opened:
        adapter.close()


@pytest.fixture
def platform(peer: Any, open_at: Any) -> Any:
    handle, endpoint = peer("sharing")
    secret = {"body_secret": sharing.BODY_SECRET}
    return handle, open_at(endpoint.address, _options(), **secret)


def _ask(adapter: Any, citizen: Any) -> Answer:
    prepared = adapter.prepare("find_insured", {"citizen": citizen}, "")
    found: Answer = adapter.fetch(prepared)
    return found


def test_the_row_is_found_on_whatever_page_it_stands(platform: Any, citizen: Any) -> None:
    handle, adapter = platform
    before = len(handle.books())
    answer = _ask(adapter, citizen)
    assert answer.record is not None
    assert answer.record["citizen_id"] == citizen["citizen_id"]
    assert answer.raw.count(b"\n") == 2
    assert [row["rid"] for row in handle.books()[before:]] == ["r-insured"] * 3


def test_the_secret_rotates_in_the_midst_of_many_queries_and_none_fails(
    platform: Any, citizen: Any
) -> None:
    handle, adapter = platform
    failed: list[ZhidaError] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            try:
                _ask(adapter, citizen)
            except ZhidaError as error:
                failed.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(7.5)  # a secret is renewed after three seconds: twice in this time
    over.set()
    for thread in threads:
        thread.join(20)
    assert failed == []
    assert len(handle.books()) > 30


def test_a_secret_that_is_taken_away_at_once_is_renewed_and_the_question_asked_again(
    platform: Any, citizen: Any
) -> None:
    handle, adapter = platform
    _ask(adapter, citizen)
    for _ in range(3):
        handle.ask("POST", "/rotate")
        assert _ask(adapter, citizen).record is not None


def test_another_hub_refuses_what_was_not_signed_or_changed_on_its_way(
    peer: Any, open_at: Any, citizen: Any
) -> None:
    _, endpoint = peer("sharing")
    for options, extra in (
        (_options(body="none"), {}),
        (_options(), {"body_secret": "guess"}),
    ):
        with pytest.raises(Fatal) as caught:
            _ask(open_at(endpoint.address, options, **extra), citizen)
        assert (caught.value.code, caught.value.facts["code"]) == ("coded.login-refused", "1007")


def test_a_service_that_was_not_granted_is_the_administrator_s(
    peer: Any, open_at: Any, citizen: Any
) -> None:
    _, endpoint = peer("sharing")
    adapter = open_at(endpoint.address, _options(body="none", rid="r-marriage"))
    with pytest.raises(Fatal) as caught:
        _ask(adapter, citizen)
    assert caught.value.facts == {"operation": "find_insured", "code": "1002"}


@pytest.fixture
def tif(canned: Any, open_at: Any) -> Any:
    return lambda **more: open_at(canned.address, _options("tif", "none", **more))


def _answers(canned: Any, *values: Any) -> None:
    for value in values:
        canned.will_answer(orjson.dumps(value), media="application/json")


def _page(*rows: Any, total: int) -> Any:
    return {"code": 0, "data": {"total": total, "rows": list(rows)}}


def test_none_and_several_are_refusals_with_the_answer_kept(
    canned: Any, tif: Any, citizen: Any
) -> None:
    other = ROW | {"certno": "320117202601050023"}
    for page, code in (
        (_page(total=0), "coded.none"),
        (_page(other, total=1), "coded.none"),
        ({"code": "404"}, "coded.none"),
        (_page(ROW, ROW | {"psn_no": "P2"}, total=2), "coded.several"),
    ):
        canned.answers.clear()
        _answers(canned, page)
        with pytest.raises(Rejected) as caught:
            _ask(tif(), citizen)
        assert caught.value.code == code
        assert caught.value.raw


def test_a_list_that_is_not_whole_is_no_answer(canned: Any, tif: Any, citizen: Any) -> None:
    _answers(canned, _page(ROW, total=9), _page(total=9))
    with pytest.raises(Retriable):
        _ask(tif(), citizen)


def test_none_on_a_later_page_is_the_end_only_where_no_total_tells_of_more(
    canned: Any, tif: Any, citizen: Any
) -> None:
    _answers(canned, _page(ROW, total=3), {"code": "404"})
    with pytest.raises(Retriable) as caught:
        _ask(tif(), citizen)
    assert caught.value.facts == {"seen": 1, "total": 3}
    canned.answers.clear()
    _answers(canned, _page(ROW, total=3), {"code": "404"})
    untold = {name: told for name, told in PAGING.items() if name != "total"}
    assert _ask(tif(paging=untold), citizen).record is not None


@pytest.mark.parametrize("same", [None, {}])
def test_a_service_says_by_what_a_row_is_known(same: Any) -> None:
    schema = jsonschema_rs.validator_for(sharing_platform.OPTIONS)
    assert schema.is_valid(_options())
    assert not schema.is_valid(_options(same=same))


@pytest.mark.parametrize(
    "answer",
    [{"code": "7"}, {}, [], _page(ROW | {"insutype": "999"}, total=1)],
    ids=["code", "no-code", "list", "row"],
)
def test_what_cannot_be_understood_is_no_refusal(
    canned: Any, tif: Any, citizen: Any, answer: Any
) -> None:
    _answers(canned, answer)
    with pytest.raises(Unknown) as caught:
        _ask(tif(), citizen)
    assert citizen["citizen_id"] not in repr(caught.value.facts)


def test_one_row_without_pages_may_stand_alone(canned: Any, tif: Any, citizen: Any) -> None:
    _answers(canned, {"code": "0", "data": ROW})
    found = _ask(tif(rows="/data", paging=None), citizen)
    assert found.record is not None
    assert found.record["person_number"] == "P1"


def test_a_provincial_gateway_s_headers(canned: Any, tif: Any, citizen: Any) -> None:
    _answers(canned, {"code": "0", "data": ROW})
    _ask(tif(rows="/data", paging=None), citizen)
    headers = canned.headers[0]
    stamp, nonce = headers["x-tif-timestamp"], headers["x-tif-nonce"]
    assert re.fullmatch("[0-9]{10}", stamp)
    text = f"{stamp}{sharing.APP_KEY}{nonce}{stamp}"
    assert headers["x-tif-signature"] == hashlib.sha256(text.encode()).hexdigest()
    assert headers["x-tif-paasid"] == sharing.SID


def test_our_signature_covers_method_path_and_body(canned: Any, open_at: Any, citizen: Any) -> None:
    _answers(canned, {"code": "0", "data": ROW})
    options = _options("tif", rows="/data", paging=None)
    _ask(open_at(canned.address, options, body_secret="k1"), citizen)
    (_, raw), headers = canned.requests[0], canned.headers[0]
    digest = hashlib.new("sm3", raw).hexdigest()
    parts = (headers["x-zhida-time"], headers["x-zhida-nonce"], "POST", "/service/insured", "")
    context = HMAC(b"k1", hashes.SM3())
    context.update(".".join([*parts, digest]).encode())
    assert base64.b64decode(headers["x-zhida-body-sign"]) == context.finalize()


def test_a_missing_key_is_told_before_anything_is_sent(canned: Any, open_at: Any) -> None:
    with pytest.raises(Fatal) as caught:
        open_at(canned.address, _options("tif"))
    assert (caught.value.code, canned.requests) == ("rest.no-secret", [])


def test_nothing_is_changed_there_and_a_typo_is_answered(tif: Any, citizen: Any) -> None:
    adapter = tif()
    prepared = adapter.prepare("find_insured", {"citizen": citizen}, "")
    for act in (adapter.submit, adapter.probe):
        with pytest.raises(Fatal, match=r"sharing\.reads-only"):
            act(prepared)
    with pytest.raises(Fatal, match=r"sharing\.no-such-service") as caught:
        adapter.prepare("find_insure", {"citizen": citizen}, "")
    assert caught.value.facts["nearest"] == "find_insured"
