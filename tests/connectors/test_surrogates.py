import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from connectors import surrogates
from connectors.surrogates import paired


def test_the_examples_are_true():
    assert doctest.testmod(surrogates).failed == 0


@given(st.text(st.characters(min_codepoint=0x10000)), st.booleans())
def test_what_old_java_writes_is_read_as_the_character_that_it_means(text, decimal):
    units = text.encode("utf-16-be")
    numbers = [int.from_bytes(units[n : n + 2], "big") for n in range(0, len(units), 2)]
    written = "".join(f"&#{n};" if decimal else f"&#x{n:X};" for n in numbers)
    told = etree.fromstring(paired(f"<a>{written}</a>".encode()))
    assert (told.text or "") == text


@pytest.mark.parametrize(
    "raw",
    [
        b"<a>&#xDC29;&#xD870;</a>",
        b"<a>&#xD870;</a>",
        b"<a>&#xD870; &#xDC29;</a>",
        b"<a>&#55295;&#56320;</a>",
        b"<a>&#x738B;&#x67D0;</a>",
        b"<a>&amp;#xD870;&amp;#xDC29;</a>",
    ],
)
def test_what_is_no_pair_is_left_as_it_is(raw):
    assert paired(raw) == raw
    assert paired(b"<a/>") is not None
