"""What a peer wrote, before it may stand in a fact (facts reach logs in clear)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import _fact


@pytest.mark.parametrize("code", ["0", "-2", "E_0042", "A" * 16])
def test_a_code_stays_as_it_is(code: str) -> None:
    assert _fact.code(code) == code


@pytest.mark.parametrize(
    "text", ["", "张小直", "Zhang Xiaozhi", "320117202601050015", "7\n", "1.2", "１", "a" * 17]
)
def test_what_is_no_code_is_a_question_mark(text: str) -> None:
    assert _fact.code(text) == "?"


@given(st.text(max_size=40))
def test_only_short_plain_codes_ever_pass(text: str) -> None:
    told = _fact.code(text)
    assert told == "?" or (told == text and told.isascii() and 0 < len(told) <= 16)
