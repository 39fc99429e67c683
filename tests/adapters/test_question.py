"""Asking after an effect: who refuses the question has not refused the effect."""

from __future__ import annotations

import pytest

from adapters import _question
from exchange.errors import Fatal, Invalid, Rejected, Retriable, Unknown, ZhidaError


def test_a_refused_question_leaves_the_effect_unknown_and_keeps_code_and_facts() -> None:
    with pytest.raises(Unknown) as caught, _question.asking():
        raise Rejected("soap.fault", status=500).answered(b"<Fault/>", "a person's name")
    assert (caught.value.code, caught.value.facts) == ("soap.fault", {"status": 500})


@pytest.mark.parametrize("kind", [Invalid, Retriable, Unknown, Fatal])
def test_other_errors_are_what_they_were(kind: type[ZhidaError]) -> None:
    with pytest.raises(ZhidaError) as caught, _question.asking():
        raise kind("a.code")
    assert type(caught.value) is kind


def test_what_was_answered_goes_on() -> None:
    with _question.asking():
        found = 1
    assert found == 1
