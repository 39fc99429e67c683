"""The marriage register as a process behind the platform's front: rotating secret, acts by couple."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from adapters import civil_affairs
from exchange.errors import Fatal, Rejected, Retriable, Unknown
from exchange.ports import Endpoint
from sandbox import civil, resident_id, sharing_gate

COUPLES = count(201, 2)
OPTIONS = {
    "gateway": "national",
    "secret": {"call": "POST /secret", "rid": civil.RIDS["/secret"], "expired": ["1004"]},
    "body_signature": "none",
    "call": "POST /service/marriage",
    "rid": civil.RIDS["/service/marriage"],
    "codes": {"refused": ["1001"], "login": ["1002"]},
    "settings": {"timeout_s": 1},
}


@pytest.fixture
def register(peer: Any) -> Iterator[Any]:
    handle, endpoint = peer("civil")
    opened: list[Any] = []

    def at(**options: Any) -> Any:
        place = Endpoint(endpoint.address, sharing_gate.SID, sharing_gate.APP_KEY)
        opened.append(civil_affairs.open_system({**OPTIONS, **options}, place))
        return opened[-1]

    yield handle, at
    handle.ask("POST", "/demand", {"names": False})
    for adapter in opened:
        adapter.close()


@pytest.fixture
def parents(birth: Any) -> Any:
    """Two people whom the register does not know yet."""
    number = next(COUPLES)
    birth["father"]["id_number"] = resident_id.compose("320117", "19910607", number)
    birth["mother"]["id_number"] = resident_id.compose("320117", "19930312", number + 1)
    return birth


def _enter(handle: Any, birth: Any, **act: str) -> None:
    couple = {
        "cert_num_man": birth["father"]["id_number"],
        "cert_num_woman": birth["mother"]["id_number"],
        "name_man": birth["father"]["name"],
        "name_woman": birth["mother"]["name"],
    }
    handle.ask("POST", "/act", couple | act)


def _ask(adapter: Any, birth: Any) -> Any:
    return adapter.fetch(adapter.prepare("verify_marriage", {"birth": birth}, "")).record


def test_a_couple_marries_divorces_and_marries_again(register: Any, parents: Any) -> None:
    handle, at = register
    adapter = at()
    assert _ask(adapter, parents)["married"] is False
    _enter(handle, parents)
    assert _ask(adapter, parents)["registered_on"] == "2019-05-20"
    _enter(handle, parents, op_type="IB", op_date="2022-02-02")
    assert _ask(adapter, parents)["married"] is False
    _enter(handle, parents, op_type="IA", op_date="2023-03-03")
    assert _ask(adapter, parents)["registered_on"] == "2023-03-03"


def test_only_two_numbers_cross_the_wire(register: Any, parents: Any) -> None:
    handle, at = register
    _enter(handle, parents)
    _ask(at(), parents)
    asked = [row for row in handle.wire() if row["direction"] == "in"][-1]["body"]
    assert parents["mother"]["id_number"].encode() in asked
    for name in (parents["mother"]["name"], parents["certificate"]["number"]):
        assert name.encode() not in asked


def test_names_are_refused_to_nobody_who_must_give_them(register: Any, parents: Any) -> None:
    handle, at = register
    handle.ask("POST", "/demand", {"names": True})
    _enter(handle, parents)
    with pytest.raises(Rejected) as caught:
        _ask(at(), parents)
    assert caught.value.reason == "姓名不能为空"
    assert _ask(at(names=True), parents)["married"] is True
    parents["mother"]["name"] = "王某某"
    assert _ask(at(names=True), parents)["married"] is False, "of another name it is another"


def test_a_secret_that_is_taken_away_is_renewed(register: Any, parents: Any) -> None:
    handle, at = register
    adapter = at()
    _enter(handle, parents)
    for _ in range(3):
        assert _ask(adapter, parents)["married"] is True
        handle.ask("POST", "/rotate")


def test_a_service_that_was_not_granted_is_the_administrator_s(register: Any, parents: Any) -> None:
    _, at = register
    with pytest.raises(Fatal) as caught:
        _ask(at(rid="r-other"), parents)
    assert caught.value.facts["code"] == "1002"


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("down", {}),
        ("reset", {"operation": "service/marriage", "times": 2}),
        ("once503", {"operation": "service/marriage", "times": 2}),
        ("html", {"operation": "service/marriage", "times": 2}),
        ("slow", {"operation": "service/marriage", "seconds": 2.0, "times": 1}),
    ],
)
def test_who_does_not_answer_makes_nobody_unmarried(
    register: Any, parents: Any, fault: str, told: Any
) -> None:
    handle, at = register
    adapter = at()
    _enter(handle, parents)
    assert _ask(adapter, parents)["married"] is True
    handle.fault(fault, **told)
    with pytest.raises((Retriable, Unknown)):
        _ask(adapter, parents)
    handle.clear()
    assert _ask(adapter, parents)["married"] is True
