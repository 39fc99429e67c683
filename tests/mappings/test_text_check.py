"""The limits of a target's text: the quick way and the exact way say the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Invalid
from mappings.encoding import CODECS, encode
from mappings.faults import Fault
from mappings.plain_text import is_plain
from mappings.text_check import text_check

TEXT = st.text() | st.text("张小直·㛃𬀩\ue78d\ufe10\u3000\ufffda ", max_size=12)


@given(TEXT, st.sampled_from(["gbk", "gb18030", "utf-8", "ascii"]), st.integers(1, 30))
def test_a_text_passes_unchanged_exactly_if_it_is_plain_encodable_and_short(
    text: str, encoding: str, limit: int
) -> None:
    assert encoding in CODECS
    try:
        fits = is_plain(text) and len(encode(text, encoding)) <= limit
    except Invalid:
        fits = False
    try:
        assert text_check(encoding=encoding, max_bytes=limit)(text) == text
        passed = True
    except Fault:
        passed = False
    assert passed == fits


def test_characters_are_code_points() -> None:
    assert text_check(max_chars=2)("李𬀩") == "李𬀩"
    with pytest.raises(Fault) as caught:
        text_check(max_chars=1)("李𬀩")
    assert caught.value.facts == {"limit": 1, "length": 2, "unit": "characters"}


def test_values_that_are_not_text_pass() -> None:
    assert text_check(max_chars=1)(3350) == 3350
