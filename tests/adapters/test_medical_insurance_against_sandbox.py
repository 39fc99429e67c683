"""The insurance platform as a process: signed envelopes, both spellings, one row a child."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from adapters import medical_insurance
from exchange.errors import Fatal, NotYet, Rejected, Unknown
from exchange.ports import Prepared
from exchange.times import CHINA
from sandbox import resident_id

MOTHERS = count(102, 2)

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


# --- premiums, and children who were insured before they were born --------------------------------


@pytest.fixture
def mother() -> Iterator[Any]:
    """Another one each time: her stay is in the platform's books for good."""
    yield {"name": "李小达", "id_number": resident_id.compose("320117", "19930312", next(MOTHERS))}


def test_an_enrolment_tells_what_is_due_and_says_the_same_when_asked(
    insurance: Any, citizen: Any, declaration: Any
) -> None:
    handle, adapter = insurance
    prepared = _prepared(adapter, citizen, declaration, 71)
    answer = adapter.submit(prepared)
    year = datetime.now(CHINA).year
    assert answer.record["premium"] == {"year": year, "amount_fen": 40000}
    assert adapter.probe(prepared).record == answer.record
    handle.ask("POST", "/premium", {"amount": "0.01"})
    other = adapter.submit(_prepared(adapter, citizen, declaration, 73))
    assert other.record["premium"]["amount_fen"] == 1
    handle.ask("POST", "/premium", {"amount": "400.00"})


def test_a_child_known_before_its_birth_is_merged_and_owes_no_second_premium(
    insurance: Any, citizen: Any, declaration: Any, mother: Any
) -> None:
    handle, adapter = insurance
    declaration["applicant"] |= mother
    temporary = handle.ask("POST", "/expect", {"grd_certno": mother["id_number"]})["psn_no"]
    prepared = _prepared(adapter, citizen, declaration, 81)
    assert adapter.probe(prepared) is None, "the platform does not know the number of its life yet"
    answer = adapter.submit(prepared)
    assert "premium" not in answer.record
    assert adapter.probe(prepared).record == answer.record
    (known,) = [row for row in handle.ask("GET", "/expected") if row["psn_no"] == temporary]
    assert known["merged_into"] == answer.record["person_number"]
    twin = adapter.submit(_prepared(adapter, citizen, declaration, 83))
    assert "premium" in twin.record, "one number for the time being is one child"


def test_a_number_for_the_time_being_that_has_run_out_merges_nothing(
    insurance: Any, citizen: Any, declaration: Any, mother: Any
) -> None:
    handle, adapter = insurance
    declaration["applicant"] |= mother
    told = {"grd_certno": mother["id_number"], "until": "2026-01-01"}
    handle.ask("POST", "/expect", told)
    assert "premium" in adapter.submit(_prepared(adapter, citizen, declaration, 85)).record


# --- the expenses of a birth ----------------------------------------------------------------------


def _application(adapter: Any, birth: Any, declaration: Any, mother: Any) -> Prepared:
    number = f"X{320117600 + next(MOTHERS)}"
    birth["mother"] |= mother
    birth["certificate"]["number"] = declaration["certificate"]["number"] = number
    inputs = {"birth": birth, "declaration": declaration}
    prepared: Prepared = adapter.prepare("settle_birth", inputs, uuid4().hex)
    return prepared


def _stay(handle: Any, mother: Any, amount: str = "3200.50") -> None:
    told = {"certno": mother["id_number"], "psn_name": mother["name"], "fund_pay_sumamt": amount}
    handle.ask("POST", "/stay", told)


def _settled(handle: Any, prepared: Prepared) -> list[Any]:
    rows = handle.ask("GET", "/settlements")
    return [row for row in rows if row["evtsn"] == prepared.effect_key]


def test_what_a_stay_cost_is_paid_once_and_found_again(
    insurance: Any, birth: Any, declaration: Any, mother: Any
) -> None:
    handle, adapter = insurance
    declaration["expense"] = {"account": "6225880000000001"}
    prepared = _application(adapter, birth, declaration, mother)
    _stay(handle, mother)
    assert adapter.probe(prepared) is None
    answer = adapter.submit(prepared)
    assert answer.record["amount_fen"] == 320050
    found = adapter.probe(prepared)
    assert (found.record, found.reference) == (answer.record, answer.reference)
    (row,) = _settled(handle, prepared)
    assert row["bankacct"] == "6225880000000001"


def test_a_lost_answer_about_money_is_unknown_and_the_probe_finds_it(
    insurance: Any, birth: Any, declaration: Any, mother: Any
) -> None:
    handle, adapter = insurance
    prepared = _application(adapter, birth, declaration, mother)
    _stay(handle, mother)
    handle.fault("reset", operation="9105", stage="after", times=1)
    with pytest.raises(Unknown):
        adapter.submit(prepared)
    assert adapter.probe(prepared).record["amount_fen"] == 320050
    assert len(_settled(handle, prepared)) == 1


@pytest.mark.parametrize(
    ("says", "leaf"), [("refuse", Rejected), ("not-yet", NotYet), ("wait", None)]
)
def test_without_the_mother_s_stay_it_is_as_the_platform_says(
    insurance: Any, birth: Any, declaration: Any, mother: Any, says: str, leaf: Any
) -> None:
    handle, adapter = insurance
    prepared = _application(adapter, birth, declaration, mother)
    handle.ask("POST", "/no-stay", {"says": says})
    if leaf is None:
        waiting = adapter.submit(prepared)
        assert (waiting.waiting, adapter.probe(prepared).waiting) == (True, True)
        _stay(handle, mother, "0.00")
        found = adapter.probe(prepared)
        assert (found.record["amount_fen"], found.reference) == (0, waiting.reference)
    else:
        with pytest.raises(leaf):
            adapter.submit(prepared)
        assert adapter.probe(prepared) is None
        _stay(handle, mother)
        assert adapter.submit(prepared).record["amount_fen"] == 320050
    handle.ask("POST", "/no-stay", {"says": "refuse"})


def test_the_platform_lists_settlements_by_our_serial_number(
    insurance: Any, birth: Any, declaration: Any, mother: Any
) -> None:
    handle, adapter = insurance
    since = datetime.now(UTC) - timedelta(minutes=1)
    prepared = _application(adapter, birth, declaration, mother)
    _stay(handle, mother)
    reference = adapter.submit(prepared).reference
    found = list(adapter.books("settle_birth", since, datetime.now(UTC)))
    told = [each for each in found if each.effect_key == prepared.effect_key]
    assert [(each.reference, each.state) for each in told] == [(reference, "applied")]
