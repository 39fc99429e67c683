"""Every kind of work of the example's desks, from the documents to the record, done by its people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from adapters import desk
from exchange.errors import Rejected
from mappings.shapes import SHIPPED
from sandbox.births import birth as born
from sandbox.office import Office
from sandbox.officers import Officers
from tests.adapters.desk_operations import OPERATIONS

PREMIUM = {"year": 2026, "amount_fen": 40000}


@pytest.fixture(scope="module")
def documents() -> dict[str, Any]:
    parent = {"nationality": "156", "ethnicity": "01", "id_type": "01"}
    birth = {
        "certificate": {"number": "X320117001", "issuer": "溧水区示例妇幼保健院"},
        "child": {
            "sex": "1",
            "birth_date": "2026-01-05",
            "birth_time": "01:30",
            "order": 1,
            "multiple": False,
            "birth_place": {"division": "320117", "text": "南京市溧水区某医院"},
        },
        "mother": parent | {"name": "李小达", "id_number": "320117199303120025"},
        "father": parent | {"name": "张大直", "id_number": "320117199106070014"},
        "facility": {"name": "溧水区示例妇幼保健院", "uscc": "12320117MB00000191"},
    }
    applicant = {"name": "李小达", "id_number": "320117199303120025", "phone": "19900000000"}
    declaration = {
        "certificate": {"number": "X320117001"},
        "child": {"name": "张小直", "ethnicity": "01"},
        "household": {"follows": "father"},
        "applicant": applicant | {"relation": "mother"},
        "insurance": {"place": "320117"},
        "card": {"bank": "102"},
        "declared_on": "2026-01-07",
        "consent": True,
    }
    citizen = {"citizen_id": "320117202601050015", "name": "张小直", "sex": "1"}
    return {
        "birth": birth,
        "declaration": declaration,
        "citizen": citizen | {"birth_date": "2026-01-05", "ethnicity": "01"},
        "enrolment": {"person_number": "32011700000000000001", "premium": PREMIUM},
        "card": {"card_number": "A17000001"},
        "task": {"title": "办理", "content": "请办理"},
    }


@pytest.fixture
def people(peer: Any) -> Iterator[tuple[desk.People, Officers]]:
    """All desks of the example behind one adapter, and everybody who works there."""
    handle, endpoint = peer("oa")
    told = {"hub_user": 900, "check_node": "中枢核收", "operations": OPERATIONS}
    adapter = desk.open_system(told, endpoint)
    mine = born(1).facts | {"certificate": {"number": "X320117001", "issuer": "示例医院"}}
    couple = ("320117199303120025", "320117199106070014")
    answers = {"X320117001": {"fkyh": "103"}}
    officers = Officers(handle.address, Office({"X320117001": mine}, {couple}, answers=answers))
    officers.work()  # what other tests have left on their desks
    yield adapter, officers
    adapter.close()


TOLD: dict[str, dict[str, Any]] = {
    "birth_record": {"/child/length_mm": 505, "/child/gestation_days": 276, "/child/sex": "1"},
    "verify_marriage": {"/married": True, "/registered_on": "2019-05-20"},
    "issue_voucher": {"/certificate/number": "X320117001"},
    "sign_certificate": {"/child/name": "张小直", "/certificate/issuer": "溧水区示例妇幼保健院"},
    "open_vaccination": {"/clinic": "溧水区示例社区卫生服务中心"},
    "register_parenting": {"/certificate/number": "X320117001"},
    "register_birth": {"/citizen_id": "320117202601050015", "/name": "张小直", "/ethnicity": "01"},
    "apply_identity_card": {"/citizen_id": "320117202601050015"},
    "enrol": {"/premium/amount_fen": 40000, "/premium/year": 2026, "/kind": "390"},
    "settle_birth": {"/amount_fen": 305000},
    "pay_premium": {"/amount_fen": 40000, "/year": 2026},
    "order_card": {"/bank": "102", "/card_number": "A17000001"},
    "open_card_account": {"/card_number": "A17000001", "/account_tail": "0001"},
    "complete_declaration": {"/card/bank": "103", "/child/name": "张小直", "/consent": True},
}
"""What the records say, among other things."""


def _given(operation: str, documents: dict[str, Any]) -> dict[str, Any]:
    return {name: documents[name] for name in OPERATIONS[operation]["needs"]}


@pytest.mark.parametrize("operation", TOLD)
def test_it_is_filled_in_done_and_read_back(
    people: Any, documents: dict[str, Any], operation: str
) -> None:
    adapter, officers = people
    prepared = adapter.prepare(operation, _given(operation, documents), uuid4().hex)
    adapter.submit(prepared)
    assert adapter.probe(prepared).waiting
    assert officers.work() == 1
    done = adapter.probe(prepared)
    assert not done.waiting
    kind = OPERATIONS[operation]["gives"]
    SHIPPED.find(kind).validate(done.record)
    for path, value in TOLD[operation].items():
        assert _leaf(done.record, path) == value, path
    assert officers.work() == 0


def _leaf(record: Any, path: str) -> Any:
    for name in path.split("/")[1:]:
        record = record[name]
    return record


def test_all_kinds_of_work_are_tried() -> None:
    assert set(TOLD) == set(OPERATIONS)


REFUSED: dict[str, tuple[str, str, Any]] = {
    "order_card": ("declaration", "该银行不是本地社会保障卡合作银行", {"card": {"bank": "999"}}),
    "register_birth": ("declaration", "lhsfz不能为空", {"household": {"follows": "father"}}),
}


@pytest.mark.parametrize("operation", REFUSED)
def test_the_unit_s_rules_hold_at_its_desk(
    people: Any, documents: dict[str, Any], operation: str
) -> None:
    adapter, officers = people
    name, reason, changed = REFUSED[operation]
    given = _given(operation, documents)
    given[name] = given[name] | changed
    given |= {"birth": _alone(given["birth"])} if "birth" in given else {}
    prepared = adapter.prepare(operation, given, uuid4().hex)
    adapter.submit(prepared)
    officers.work()
    with pytest.raises(Rejected) as caught:
        adapter.probe(prepared)
    assert caught.value.reason == reason


def _alone(birth: dict[str, Any]) -> dict[str, Any]:
    return {name: told for name, told in birth.items() if name != "father"}


def test_that_no_marriage_is_found_is_an_answer_and_no_refusal(
    people: Any, documents: dict[str, Any]
) -> None:
    adapter, officers = people
    officers.office.couples.clear()
    prepared = adapter.prepare("verify_marriage", _given("verify_marriage", documents), uuid4().hex)
    adapter.submit(prepared)
    officers.work()
    assert adapter.probe(prepared).record["married"] is False
