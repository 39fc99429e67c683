"""A site whose vendor differs writes over the plan what is different, and nothing of what it means."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest

from adapters import _unit_plan, bank, health, social_security
from exchange.errors import Rejected
from exchange.ports import Endpoint

REFUSED = {"when": [{"at": "/status", "equals": "NO"}], "text": "/reason"}
CHANGES: dict[str, Any] = {
    "issue_voucher": {"call": "POST /v2/birth", "answer": {"refused": REFUSED}},
}


def test_what_is_not_written_stays_as_it_is_shipped() -> None:
    plan = _unit_plan.told("health", CHANGES)
    shipped = _unit_plan.told("health")
    assert plan["issue_voucher"]["call"] == "POST /v2/birth"
    assert plan["issue_voucher"]["answer"]["busy"] == shipped["issue_voucher"]["answer"]["busy"]
    assert plan["open_vaccination"] == shipped["open_vaccination"]
    assert shipped["issue_voucher"]["call"] == "POST /birth/register"


def test_the_vendor_s_way_is_spoken(canned: Any, birth: Any) -> None:
    options = {"operations": CHANGES}
    assert health.mistakes(options, None) == []
    jsonschema_rs.validate(health.OPTIONS, options)
    adapter = health.open_system(options, Endpoint(canned.address, "hub", "secret"))
    told = {"status": "NO", "reason": "不在办理时间"}
    canned.will_answer(json.dumps(told), media="application/json")
    with pytest.raises(Rejected) as caught:
        adapter.submit(adapter.prepare("issue_voucher", {"birth": birth}, "k1"))
    adapter.close()
    assert caught.value.reason == "不在办理时间"
    assert canned.requests[-1][0] == "/v2/birth"


@pytest.mark.parametrize(
    ("changes", "place", "code"),
    [
        (
            {"issue_voucher": {"answer": {"succes": []}}},
            "/operations/issue_voucher/answer",
            "generic.options",
        ),
        (
            {"issue_voucher": {"mapping": "no_such_mapping"}},
            "/operations/issue_voucher/mapping",
            "mapping.no-such-mapping",
        ),
        (
            {"issue_voucher": {"answer": {"busy": [{"at": "/x", "absent": True}]}}},
            "/operations/issue_voucher/answer/busy",
            "generic.only-absent",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(changes: Any, place: str, code: str) -> None:
    ((at, problem),) = health.mistakes({"operations": changes}, None)
    assert (at, problem.code) == (place, code)


@pytest.mark.parametrize(
    "changes",
    [
        {"issue_voucher": {"idempotence": "natural"}},
        {"issue_voucher": {"identity": ["birth/child/sex"]}},
        {"sign": {"call": "POST /x"}},
    ],
)
def test_what_an_operation_means_is_not_the_site_s_to_change(changes: Any) -> None:
    assert not jsonschema_rs.is_valid(health.OPTIONS, {"operations": changes})


def test_a_bank_may_still_say_that_it_was_done_or_stored() -> None:
    answer = {"stored": [{"at": "/SCOPNACZ/REQSTS", "one_of": ["AUT"]}]}
    changes = {"open_card_account": {"answer": answer}}
    assert bank.mistakes({"bank": "102", "operations": changes}, None) == []
    wrong = {"order_card": {"books": {"at": {"at": "/aae036", "format": "yyyy"}}}}
    found = [problem.code for _, problem in social_security.mistakes({"operations": wrong}, None)]
    assert found == ["generic.bad-time"]


def test_what_a_request_cannot_do_without_is_told_so_that_agreements_can_be_checked() -> None:
    cards = social_security.needed({}, None)["order_card"]
    assert ("declaration/card/bank",) in {each.paths for each in cards}
    health_needs = health.needed({}, None)
    names = {each.paths for each in health_needs["sign_certificate"]}
    assert ("declaration/child/name",) in names
    assert not any(
        "declaration" in path for each in health_needs["open_vaccination"] for path in each.paths
    )
    opening = bank.needed({"bank": "102"}, None)["open_card_account"]
    assert ("card/card_number",) in {each.paths for each in opening}
