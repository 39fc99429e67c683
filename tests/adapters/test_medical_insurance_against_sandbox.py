"""The insurance platform as a process: signed envelopes, both spellings, one row a child."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters import medical_insurance
from exchange.errors import Fatal, Rejected, Unknown
from exchange.ports import Prepared
from sandbox import resident_id

OPTIONS = {
    "institution": "H32011700001",
    "institution_name": "溧水区示例医保经办中心",
    "region": "320117",
    "operator": "hub",
    "operator_name": "数据直达中枢",
    "timeout_s": 5,
}


@pytest.fixture
def insurance(peer: Any, district: Any) -> Iterator[Any]:
    handle, endpoint = peer("insurance", secret=district.secrets["insurance"])
    adapter = medical_insurance.open_system(OPTIONS, endpoint)
    yield handle, adapter
    adapter.close()


def _prepared(adapter: Any, citizen: Any, declaration: Any, number: int) -> Prepared:
    citizen["citizen_id"] = resident_id.compose("320117", "20260105", number)
    inputs = {"citizen": citizen, "declaration": declaration}
    prepared: Prepared = adapter.prepare("enrol", inputs, f"{number:032}")
    return prepared


def _rows(handle: Any, prepared: Prepared) -> list[Any]:
    return [row for row in handle.books() if row["certno"] == prepared.body["certno"]]


def test_every_answer_is_understood_whichever_spelling_it_comes_in(
    insurance: Any, citizen: Any, declaration: Any
) -> None:
    handle, adapter = insurance
    for number in (11, 13, 15):
        prepared = _prepared(adapter, citizen, declaration, number)
        assert adapter.probe(prepared) is None
        answer = adapter.submit(prepared)
        for _ in range(2):
            assert adapter.probe(prepared).record == answer.record
        (row,) = _rows(handle, prepared)
        assert row["psn_no"] == answer.record["person_number"]
        assert row["grd_psn_name"] == "李小达"


def test_a_lost_answer_is_unknown_and_the_probe_finds_the_enrolment(
    insurance: Any, citizen: Any, declaration: Any
) -> None:
    handle, adapter = insurance
    prepared = _prepared(adapter, citizen, declaration, 21)
    handle.fault("reset", operation="9101", stage="after", times=1)
    with pytest.raises(Unknown):
        adapter.submit(prepared)
    assert adapter.probe(prepared).record["place"] == "320117"
    assert len(_rows(handle, prepared)) == 1


def test_a_refusal_carries_the_platform_s_words(
    insurance: Any, citizen: Any, declaration: Any
) -> None:
    handle, adapter = insurance
    prepared = _prepared(adapter, citizen, declaration, 31)
    handle.fault("refuse", operation="9101", reason="该人员已在异地参保", times=1)
    with pytest.raises(Rejected) as caught:
        adapter.submit(prepared)
    assert caught.value.reason == "该人员已在异地参保"
    assert _rows(handle, prepared) == []


def test_a_wrong_key_is_the_installation_s_fault_and_not_the_data_s(
    peer: Any, citizen: Any, declaration: Any
) -> None:
    _, endpoint = peer("insurance", secret="wrong")
    adapter = medical_insurance.open_system(OPTIONS, endpoint)
    with pytest.raises(Fatal) as caught:
        adapter.submit(_prepared(adapter, citizen, declaration, 41))
    adapter.close()
    assert caught.value.code == "insurance.login-refused"


def test_the_platform_lists_enrolments_by_our_serial_number(
    insurance: Any, citizen: Any, declaration: Any
) -> None:
    handle, adapter = insurance
    since = datetime.now(UTC) - timedelta(minutes=1)
    prepared = _prepared(adapter, citizen, declaration, 53)
    adapter.submit(prepared)
    found = list(adapter.books("enrol", since, datetime.now(UTC)))
    (row,) = _rows(handle, prepared)
    told = [entry for entry in found if entry.effect_key == prepared.effect_key]
    assert [(entry.reference, entry.state) for entry in told] == [(row["psn_no"], "applied")]
    assert list(adapter.books("enrol", since - timedelta(days=9), since)) == []


def test_a_change_of_the_person_s_data_is_found_by_what_it_says(
    insurance: Any, citizen: Any, declaration: Any
) -> None:
    handle, adapter = insurance
    first = _prepared(adapter, citizen, declaration, 51)
    adapter.submit(first)
    citizen["sex"] = "2"
    inputs = {"citizen": citizen, "declaration": declaration, "root": {"effect": "k"}}
    changed = adapter.prepare("amend_enrolment", inputs, "a" * 32)
    assert adapter.probe(changed) is None, "enrolled, and not changed yet"
    answer = adapter.submit(changed)
    assert adapter.probe(changed).record == answer.record
    assert [row["gend"] for row in _rows(handle, first)] == ["2"]


def test_an_enrolment_is_ended_by_number_alone(
    insurance: Any, citizen: Any, declaration: Any
) -> None:
    handle, adapter = insurance
    first = _prepared(adapter, citizen, declaration, 61)
    adapter.submit(first)
    only = {"citizen_id": citizen["citizen_id"]}
    ended = adapter.prepare(
        "revoke_enrolment", {"citizen": only, "root": {"effect": "k"}}, "b" * 32
    )
    assert set(ended.body) == {"certno", "insutype"}
    adapter.submit(ended)
    assert [row["state"] for row in _rows(handle, first)] == ["ended"]
    with pytest.raises(Rejected):
        adapter.submit(ended)
