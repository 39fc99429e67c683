"""Shipped plans: each is right by the generic adapter's own rules, and fits its operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from adapters import _unit_changes, _unit_plan
from adapters import bank as bank_
from adapters import health as health_
from adapters import social_security as social_security_
from adapters._treasury_options import OPERATIONS
from adapters._unit_plan import ByPlan
from exchange.errors import Fatal, Invalid
from exchange.ports import Endpoint, Operation, Reply

DECLARED: Mapping[str, Mapping[str, Operation]] = {
    "bank": bank_.declared({"bank": "102"}),
    "health": health_.declared({}),
    "social_security": social_security_.declared({}),
    **{f"treasury_{c}": {each.name: each for each in told} for c, told in OPERATIONS.items()},
}
PLANS = [(name, each) for name, known in DECLARED.items() for each in known]


@pytest.mark.parametrize(("name", "each"), PLANS)
def test_a_plan_is_what_a_site_could_write_for_the_generic_adapter(name: str, each: str) -> None:
    told, operation = _unit_plan.told(name)[each], DECLARED[name][each]
    assert list(_unit_changes.of_operation(operation, told, None)) == []


@pytest.mark.parametrize("name", DECLARED)
def test_a_plan_tells_of_its_operations_and_no_others(name: str) -> None:
    assert _unit_plan.told(name).keys() == DECLARED[name].keys()


@pytest.mark.parametrize(("name", "each"), PLANS)
def test_every_operation_can_be_asked_after_and_is_listed_in_books(name: str, each: str) -> None:
    told = _unit_plan.told(name)[each]
    assert DECLARED[name][each].idempotence == "probe"
    assert {"there", "not_there"} <= told["probe"].keys()
    assert "books" in told


@pytest.mark.parametrize(("name", "each"), PLANS)
def test_what_must_agree_are_fields_of_the_documents(name: str, each: str) -> None:
    needs = DECLARED[name][each].needs
    for pair in _unit_plan.told(name)[each].get("agree", ()):
        assert all(path.split("/")[1] in needs for path in pair)


def test_the_site_s_time_to_settle_counts() -> None:
    assert health_.declared({"settle_s": 7})["sign_certificate"].settle.total_seconds() == 7


class Nobody:
    """A wire that must not be used."""

    def call(self, operation: str, body: Any) -> Reply:
        raise AssertionError(operation)

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def health() -> ByPlan:
    return ByPlan(_unit_plan.told("health"), DECLARED["health"], Nobody(), Endpoint("http://x"))


def _told(error: Invalid) -> list[tuple[str, str]]:
    return [(problem.code, str(problem.facts["path"])) for problem in error.problems]


def test_documents_of_two_children_are_told_with_everything_else(
    health: ByPlan, birth: Any, declaration: Any
) -> None:
    declaration["certificate"]["number"] = "X320117002"
    del declaration["child"]["name"], birth["child"]["birth_time"]
    inputs = {"birth": birth, "declaration": declaration}
    with pytest.raises(Invalid) as caught:
        health.prepare("sign_certificate", inputs, "k1")
    assert _told(caught.value) == [
        ("plan.disagree", "/birth/certificate/number"),
        ("mapping.missing", "/declaration/child/name"),
        ("mapping.missing", "/birth/child/birth_time"),
    ]


def test_documents_of_two_children_alone_stop_it(
    health: ByPlan, birth: Any, declaration: Any
) -> None:
    declaration["certificate"]["number"] = "X320117002"
    inputs = {"birth": birth, "declaration": declaration}
    with pytest.raises(Invalid) as caught:
        health.prepare("sign_certificate", inputs, "k1")
    assert _told(caught.value) == [("plan.disagree", "/birth/certificate/number")]


def test_what_an_agreement_withholds_disagrees_with_nothing(
    health: ByPlan, birth: Any, declaration: Any
) -> None:
    del declaration["certificate"]
    inputs = {"birth": birth, "declaration": declaration}
    assert health.prepare("sign_certificate", inputs, "k1").mapping_digest


def test_another_operation_is_none(health: ByPlan) -> None:
    with pytest.raises(Fatal) as caught:
        health.prepare("sign", {}, "k1")
    assert caught.value.code == "generic.no-such-operation"
