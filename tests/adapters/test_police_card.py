"""A first identity card: nobody gets one who does not want it."""

from __future__ import annotations

from typing import Any

import pytest

from adapters import _police_card
from adapters._police_wire import Row
from exchange.errors import Invalid, Unknown

ROW = Row("0", "S32011700000001", "受理成功", {"GMSFHM": "320117202601050015", "SLRQ": "20260108"})


@pytest.fixture
def inputs(citizen: Any, declaration: Any) -> dict[str, Any]:
    declaration["identity_card"] = {"wanted": True}
    return {"citizen": citizen, "declaration": declaration}


def test_the_guardian_applies_with_our_key(inputs: Any) -> None:
    prepared = _police_card.prepared(inputs, "k1")
    assert "<postid>k1</postid><gmsfhm>320117202601050015</gmsfhm>" in prepared.body["arg0"]
    assert "<sbrxm>李小达</sbrxm>" in prepared.body["arg0"]
    assert prepared.mapping_digest


def test_a_card_that_is_not_wanted_and_what_else_is_wrong_is_told(inputs: Any) -> None:
    inputs["declaration"]["identity_card"]["wanted"] = False
    inputs["declaration"]["certificate"]["number"] = "X320117002"
    del inputs["declaration"]["applicant"]["phone"]
    with pytest.raises(Invalid) as caught:
        _police_card.prepared(inputs, "k1")
    assert [(each.code, each.facts["path"]) for each in caught.value.problems] == [
        ("police.card-not-wanted", "/declaration/identity_card/wanted"),
        ("police.another-certificate", "/declaration/certificate/number"),
        ("mapping.missing", "/declaration/applicant/phone"),
    ]


def test_not_wanted_alone_stops_it(inputs: Any) -> None:
    inputs["declaration"]["identity_card"]["wanted"] = False
    with pytest.raises(Invalid) as caught:
        _police_card.prepared(inputs, "k1")
    assert caught.value.code == "police.card-not-wanted"


def test_where_an_agreement_withholds_the_wish_the_matter_has_asked(inputs: Any) -> None:
    del inputs["declaration"]["identity_card"]
    assert _police_card.prepared(inputs, "k1").effect_key == "k1"


def test_an_application_that_was_taken_is_a_document(inputs: Any) -> None:
    answer = _police_card.accepted(ROW, b"raw", _police_card.prepared(inputs, "k1"))
    assert answer.record == {
        "citizen_id": "320117202601050015",
        "number": "S32011700000001",
        "accepted_on": "2026-01-08",
    }
    assert answer.reference == "S32011700000001"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"GMSFHM": "320117202601050031"}, "police.answer-about-another"),
        ({"SLRQ": "2026"}, "police.answer-not-understood"),
    ],
)
def test_an_answer_that_does_not_fit_is_unknown(inputs: Any, changed: Any, code: str) -> None:
    row = Row(ROW.code, ROW.serial, ROW.message, {**ROW.fields, **changed})
    with pytest.raises(Unknown) as caught:
        _police_card.accepted(row, b"raw", _police_card.prepared(inputs, "k1"))
    assert caught.value.code == code
