"""Every error is told in the words of the item, and none leaves a call (G2)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from exchange.errors import (
    Fatal,
    Forbidden,
    Invalid,
    NotYet,
    Problem,
    Rejected,
    Retriable,
    Unknown,
    ZhidaError,
)
from exchange.outcome import ABSENT, Outcome, of_acting, of_call, of_invalid, of_preparing
from exchange.ports import Answer, Prepared


def raising(error: BaseException) -> Callable[[], Any]:
    def call() -> Any:
        raise error

    return call


@pytest.mark.parametrize(
    ("error", "state", "sick"),
    [
        (Retriable("a.b"), "ready", True),
        (NotYet("a.b"), "ready", False),
        (Fatal("a.b"), "ready", True),
        (Forbidden("a.b"), "ready", True),
        (Unknown("a.b"), "unknown", True),
        (Rejected("a.b"), "refused", False),
        (Invalid("a.b"), "invalid", False),
        (ZhidaError("a.b"), "unknown", True),
        (KeyError("secret value"), "unknown", True),
        (RecursionError(), "unknown", True),
        (OSError(5, "x"), "unknown", True),
    ],
)
def test_each_error_has_its_state(error: Exception, state: str, sick: bool) -> None:
    outcome = of_call(raising(error))
    assert (outcome.state, outcome.sick, outcome.answer) == (state, sick, None)
    assert "secret" not in outcome.facts_json


def test_the_caller_says_what_lost_and_unsent_mean() -> None:
    assert of_call(raising(Unknown("a.b")), lost="stored", unsent="x").state == "stored"
    assert of_call(raising(Retriable("a.b")), lost="x", unsent="stored").state == "stored"


def test_an_interrupt_passes() -> None:
    with pytest.raises(KeyboardInterrupt):
        of_call(raising(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        of_preparing(raising(KeyboardInterrupt()))


def test_answers_are_applied_stored_or_absent() -> None:
    assert of_call(lambda: Answer(b"x")).state == "applied"
    assert of_call(lambda: Answer(b"x", waiting=True)).state == "stored"
    assert of_call(lambda: None) is ABSENT


def test_how_long_the_target_kept_us_waiting_is_told_whatever_came() -> None:
    def late(error: Exception | None) -> Answer:
        time.sleep(0.02)
        if error:
            raise error
        return Answer(b"x")

    for error in (None, Unknown("wire.timeout"), Rejected("a.b"), KeyError()):
        assert of_acting(partial(late, error)).took >= 0.02
    assert Outcome("applied", took=1.0) == Outcome("applied"), "it is no part of what came about"


def test_only_what_was_done_or_refused_now_is_an_act() -> None:
    assert of_acting(lambda: Answer(b"x")).acted
    assert of_acting(raising(Rejected("a.b"))).acted
    assert not of_acting(raising(Unknown("a.b"))).acted
    assert not of_call(lambda: Answer(b"x")).acted
    assert of_acting(lambda: None) is ABSENT


@pytest.mark.parametrize("leaf", [1.5, None, 2**53, "\ud800", object()])
def test_an_answer_that_cannot_be_kept_counts_as_lost(leaf: Any) -> None:
    outcome = of_call(lambda: Answer(b"x", record={"a": leaf}))
    assert (outcome.state, outcome.code, outcome.sick) == ("unknown", "delivery.defect", True)


def test_a_refusal_keeps_what_the_peer_said() -> None:
    refusal = Rejected("peer.no", result="2").answered(b"<no/>", "材料不符")
    outcome = of_call(raising(refusal))
    assert outcome.refusal is refusal
    assert json.loads(outcome.facts_json) == {"result": "2"}


@pytest.mark.parametrize(
    ("error", "state", "sick"),
    [
        (Invalid("a.b"), "invalid", False),
        (Rejected("a.b"), "refused", False),
        (Fatal("a.b"), "ready", True),
        (Forbidden("a.b"), "ready", True),
        (Retriable("a.b"), "ready", True),
        (Unknown("a.b"), "ready", True),  # nothing was sent, whatever it is called
        (KeyError("x"), "parked", False),
    ],
)
def test_before_sending_nothing_is_unknown(error: Exception, state: str, sick: bool) -> None:
    outcome = of_preparing(raising(error))
    assert isinstance(outcome, Outcome)
    assert (outcome.state, outcome.sick) == (state, sick)


def test_a_message_that_can_be_made_is_given_back() -> None:
    prepared = Prepared("register", "e1", b"body")
    assert of_preparing(lambda: prepared) is prepared


def test_all_problems_of_a_record_are_told_at_once() -> None:
    problems = [Problem("a.b", {"path": "/x"}), Problem("c.d", {"path": "/y", "code": "own"})]
    outcome = of_invalid(Invalid.of(problems))
    assert outcome.code == "a.b"
    assert json.loads(str(outcome.facts["problems"])) == [
        {"code": "a.b", "path": "/x"},
        {"code": "c.d", "path": "/y"},
    ]


def test_facts_that_a_peer_brought_in_are_kept_in_some_form() -> None:
    outcome = of_call(raising(Rejected("a.b", text="\udfff", number=10**40, flag=True)))
    assert json.loads(outcome.facts_json) == {"text": "?", "number": "1" + "0" * 40, "flag": True}
