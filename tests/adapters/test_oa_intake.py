"""Reading several forms: what one error means for the others."""

from __future__ import annotations

from typing import Any

import pytest

from adapters import _oa_intake
from adapters._oa_desk import Desk
from adapters._oa_soap import SoapDesk
from connectors.memory import Memory
from exchange.errors import Invalid, Rejected, Retriable

FORM = _oa_intake.FormKind("birth-declaration", "oa_form_615_birth_declaration")


def _desk(answer: Any) -> Desk:
    return SoapDesk(Memory({"getWorkflowRequest": answer}), 900, 50)


def test_a_refused_read_is_an_arrival_with_the_answer_kept() -> None:
    def refuse(body: Any) -> Any:
        raise Rejected("soap.fault").answered(b"<Fault/>")

    (arrival,) = _oa_intake.arrivals(_desk(refuse), FORM, ["7"])
    assert (arrival.key, arrival.raw, arrival.record) == ("7", b"<Fault/>", None)
    assert isinstance(arrival.error, Rejected)


def test_a_form_that_is_hidden_from_us_is_an_arrival_with_an_error() -> None:
    (arrival,) = _oa_intake.arrivals(_desk(lambda body: {"canView": False}), FORM, ["7"])
    assert isinstance(arrival.error, Rejected)
    assert arrival.error.code == "oa.unreadable-form"


@pytest.mark.parametrize(
    "code",
    ["wire.answer-too-big", "soap.unreadable", "soap.doctype", "soap.encoding", "rest.unreadable"],
)
def test_a_form_that_cannot_be_received_is_invalid_and_not_asked_for_again_for_ever(
    code: str,
) -> None:
    def fail(body: Any) -> Any:
        raise Retriable(code)

    (arrival,) = _oa_intake.arrivals(_desk(fail), FORM, ["7"])
    assert isinstance(arrival.error, Invalid)
    assert arrival.error.code == "oa.form-not-received"
    assert arrival.error.facts == {"path": "/", "request": "7", "reason": code}


def test_nothing_to_read_is_no_error() -> None:
    assert _oa_intake.arrivals(_desk(None), FORM, []) == []


def test_only_if_all_are_lost_the_loss_is_told() -> None:
    def lose(body: Any) -> Any:
        raise Retriable("wire.refused")

    with pytest.raises(Retriable):
        _oa_intake.arrivals(_desk(lose), FORM, ["7", "8"])
