"""The health platform as a process: one row a service, one form a certificate, lost answers found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from adapters import health
from exchange.errors import Fatal, Rejected, Retriable, Unknown
from exchange.ports import Prepared
from sandbox import health_sign

SERVICES = ("issue_voucher", "sign_certificate", "open_vaccination", "register_parenting")


@pytest.fixture
def platform(peer: Any) -> Iterator[Any]:
    handle, endpoint = peer("health")
    login = {"login": health_sign.APPLICATION, "password": health_sign.SECRET}
    adapter = health.open_system({"settings": {"timeout_s": 1}}, replace(endpoint, **login))
    yield handle, adapter
    adapter.close()


def _prepared(adapter: Any, operation: str, birth: Any, declaration: Any) -> Prepared:
    found = {"birth": birth, "declaration": declaration}
    inputs = {name: found[name] for name in adapter.operations[operation].needs}
    prepared: Prepared = adapter.prepare(operation, inputs, uuid4().hex)
    return prepared


def _rows(handle: Any, prepared: Prepared) -> list[Any]:
    return [row for row in handle.books() if row["serial"] == prepared.effect_key]


@pytest.mark.parametrize("operation", SERVICES)
def test_each_is_done_once_and_found_whichever_way_the_code_is_written(
    platform: Any, birth: Any, declaration: Any, operation: str
) -> None:
    handle, adapter = platform
    prepared = _prepared(adapter, operation, birth, declaration)
    assert adapter.probe(prepared) is None
    answer = adapter.submit(prepared)
    for _ in range(2):
        found = adapter.probe(prepared)
        assert (found.record, found.reference) == (answer.record, answer.reference)
    (row,) = _rows(handle, prepared)
    assert row["number"] == answer.reference
    assert answer.record["certificate"]["number"] == birth["certificate"]["number"]


def test_a_child_without_a_name_has_a_vaccination_record(
    platform: Any, birth: Any, declaration: Any
) -> None:
    handle, adapter = platform
    prepared = _prepared(adapter, "open_vaccination", birth, declaration)
    assert adapter.submit(prepared).record["clinic"]
    (row,) = _rows(handle, prepared)
    assert "childName" not in row["record"]


def test_one_blank_form_is_used_up_by_each_signing_and_none_by_a_question(
    platform: Any, birth: Any, declaration: Any
) -> None:
    handle, adapter = platform
    before = handle.ask("GET", "/blanks")
    prepared = _prepared(adapter, "sign_certificate", birth, declaration)
    handle.fault("reset", operation="birth/certificate/sign", stage="after", times=1)
    with pytest.raises(Unknown):
        adapter.submit(prepared)
    assert adapter.probe(prepared).record["child"] == {"name": declaration["child"]["name"]}
    adapter.submit(_prepared(adapter, "open_vaccination", birth, declaration))
    after = handle.ask("GET", "/blanks")
    assert (after["used"], after["left"]) == (before["used"] + 1, before["left"] - 1)


def test_without_a_blank_form_nothing_is_signed(
    platform: Any, birth: Any, declaration: Any
) -> None:
    handle, adapter = platform
    left = handle.ask("GET", "/blanks")["left"]
    handle.ask("POST", "/blanks", {"left": 0})
    prepared = _prepared(adapter, "sign_certificate", birth, declaration)
    with pytest.raises(Rejected) as caught:
        adapter.submit(prepared)
    handle.ask("POST", "/blanks", {"left": left})
    assert caught.value.reason == "空白出生医学证明已用完"
    assert _rows(handle, prepared) == []
    assert adapter.probe(prepared) is None


def test_a_name_with_a_letter_is_refused_with_the_platform_s_words(
    platform: Any, birth: Any, declaration: Any
) -> None:
    handle, adapter = platform
    declaration["child"]["name"] = "张小A"
    prepared = _prepared(adapter, "sign_certificate", birth, declaration)
    with pytest.raises(Rejected) as caught:
        adapter.submit(prepared)
    assert caught.value.reason == "新生儿姓名应使用规范汉字"
    assert _rows(handle, prepared) == []


def test_a_platform_that_is_busy_has_done_nothing(
    platform: Any, birth: Any, declaration: Any
) -> None:
    handle, adapter = platform
    handle.fault("once503")
    prepared = _prepared(adapter, "issue_voucher", birth, declaration)
    with pytest.raises(Retriable):
        adapter.submit(prepared)
    adapter.submit(prepared)
    assert len(_rows(handle, prepared)) == 1


def test_a_wrong_key_is_the_installation_s_fault(peer: Any, birth: Any, declaration: Any) -> None:
    _, endpoint = peer("health")
    login = {"login": health_sign.APPLICATION, "password": "wrong"}
    adapter = health.open_system({}, replace(endpoint, **login))
    with pytest.raises(Fatal) as caught:
        adapter.submit(_prepared(adapter, "issue_voucher", birth, declaration))
    adapter.close()
    assert caught.value.code == "generic.login-refused"


def test_the_platform_lists_each_service_by_our_serial_number(
    platform: Any, birth: Any, declaration: Any
) -> None:
    _, adapter = platform
    since = datetime.now(UTC) - timedelta(minutes=1)
    done = {each: _prepared(adapter, each, birth, declaration) for each in SERVICES}
    references = {each: adapter.submit(prepared).reference for each, prepared in done.items()}
    assert adapter.booked == set(SERVICES)
    for each, prepared in done.items():
        found = {e.effect_key: e for e in adapter.books(each, since, datetime.now(UTC))}
        entry = found[prepared.effect_key]
        assert (entry.reference, entry.state) == (references[each], "applied")
        assert not ({other.effect_key for other in done.values()} - {prepared.effect_key}) & set(
            found
        )
    assert list(adapter.books("issue_voucher", since - timedelta(days=9), since)) == []


def test_the_list_has_every_page(platform: Any, birth: Any, declaration: Any) -> None:
    _, adapter = platform
    since = datetime.now(UTC) - timedelta(minutes=1)
    prepared = [_prepared(adapter, "register_parenting", birth, declaration) for _ in range(101)]
    for each in prepared:
        adapter.submit(each)
    found = {e.effect_key for e in adapter.books("register_parenting", since, datetime.now(UTC))}
    assert {each.effect_key for each in prepared} <= found
