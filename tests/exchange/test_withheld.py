"""Who could mend a missing field is told: the agreement's units, or the source."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exchange import canonical, withheld
from exchange.errors import Invalid, Problem
from exchange.transfer import Transfer

CODE = "agreement.withheld-needed"


@pytest.fixture
def moved(desk: Any, peer: Any) -> Transfer:
    """The agreement lists some fields; ``/secret/a`` stays."""
    found: Transfer = desk.order(peer).transfers["birth"]
    return replace(found, withheld=["/secret/a"])


def explained(transfers: dict[str, Transfer], *problems: Problem) -> list[tuple[str, Any]]:
    with pytest.raises(Invalid) as caught, withheld.told(transfers):
        raise Invalid.of(problems)
    return [(each.code, each.facts.get("path")) for each in caught.value.problems]


def missing(path: str) -> Problem:
    return Problem("mapping.missing", {"path": path, "rule": "m:1"})


@pytest.mark.parametrize("path", ["/birth/secret/a", "/birth/secret", "/secret/a"])
def test_what_the_agreement_hid_is_not_asked_of_the_source(moved: Transfer, path: str) -> None:
    assert explained({"birth": moved}, missing(path)) == [(CODE, path)]


@pytest.mark.parametrize("path", ["/birth/other", "/birth/sec", "/other", "/death/secret/a"])
def test_what_the_source_lacks_is_asked_of_it(moved: Transfer, path: str) -> None:
    assert explained({"birth": moved}, missing(path)) == [("mapping.missing", path)]


def test_a_name_of_a_field_is_no_name_of_a_document(moved: Transfer) -> None:
    """Of several documents each has a name in the mapping."""
    assert explained({"birth": moved, "x": moved}, missing("/secret/a")) == [
        ("mapping.missing", "/secret/a")
    ]


def test_every_problem_keeps_its_place(moved: Transfer) -> None:
    other = Problem("mapping.unknown-code", {"path": "/birth/secret/a"})
    found = explained({"birth": moved}, other, missing("/birth/secret/a"), missing("/birth/b"))
    assert [code for code, _ in found] == [other.code, CODE, "mapping.missing"]


def test_a_question_keeps_back_more_than_its_agreement_does(moved: Transfer) -> None:
    """What it could have carried is not the agreement's doing."""
    wide = replace(moved, agreement=replace(moved.agreement, fields=("/secret/*",)))
    assert explained({"birth": wide}, missing("/birth/secret/a")) == [
        ("mapping.missing", "/birth/secret/a")
    ]


def test_an_identity_that_is_partly_hidden_is_told_in_two(moved: Transfer) -> None:
    told = Problem("effect.no-identity", {"operation": "x", "path": "birth/secret/a, birth/b"})
    assert explained({"birth": moved}, told) == [
        (CODE, "birth/secret/a"),
        ("effect.no-identity", "birth/b"),
    ]


def test_a_delivery_names_the_agreement(desk: Any, peer: Any) -> None:
    peer.prepare_fault = Invalid.of([missing("/birth/secret")])
    outcome = desk.deliver(peer)
    told = canonical.loads(str(outcome.facts["problems"]).encode())
    assert (outcome.state, outcome.code) == ("invalid", CODE)
    assert [(p["code"], p["agreement"]) for p in told] == [(CODE, desk.agreement.id)]


def test_so_does_an_identity_that_is_hidden(desk: Any, peer: Any) -> None:
    order = desk.order(peer)
    birth = order.transfers["birth"]
    number = birth.disclosed.pop("/number")
    assert number
    order.transfers["birth"] = replace(birth, withheld=["/number"], agreement=_hiding(birth))
    outcome = desk.delivery.deliver(order, peer, desk.follow("c1"))
    assert (outcome.state, outcome.code) == ("invalid", CODE)
    assert outcome.facts["path"] == "birth/number"


def _hiding(moved: Transfer) -> Any:
    fields = tuple(name for name in moved.agreement.fields if name != "/number")
    return replace(moved.agreement, fields=fields)
