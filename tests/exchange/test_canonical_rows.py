"""Many records at once are written to the byte as one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange import canonical
from exchange.canonical_rows import bodies
from exchange.errors import Invalid
from exchange.records import Records

TEXTS = st.text(st.characters(exclude_categories=()), max_size=8)
VALUES = st.none() | TEXTS | st.booleans() | st.integers(-(2**54), 2**54) | st.just(1.5)
WIDE = 0x110000


@st.composite
def tables(draw):
    names = draw(st.lists(TEXTS, min_size=1, max_size=4, unique=True))
    rows = draw(st.integers(0, 5))
    one_kind = st.lists(TEXTS, min_size=rows, max_size=rows)
    mixed = st.lists(VALUES, min_size=rows, max_size=rows)
    return Records(names, [draw(one_kind | mixed) for _ in names])


def one_by_one(records):
    try:
        return [canonical.dumps(each) for each in records]
    except Invalid as error:
        return error.code, error.facts


@given(tables())
def test_the_bytes_are_those_of_the_reference(records):
    try:
        found = bodies(records)
    except Invalid as error:
        found = error.code, error.facts
    assert found == one_by_one(records)


def test_every_character_is_written_as_by_the_reference():
    told = [chr(each) for each in range(WIDE) if not 0xD800 <= each < 0xE000]
    some = [told[at : at + 1024] for at in range(0, len(told), 1024)]
    texts = ["".join(each) for each in some] + told[:0x3000]
    records = Records(("a",), (texts,))
    assert bodies(records) == one_by_one(records)


@pytest.mark.parametrize("value", ["\ud800", 2**53, -(2**53), 0.5, b"x"])
def test_what_has_no_exact_form_is_refused_as_by_the_reference(value):
    records = Records(("a", "b"), (["x", "y"], ["z", value]))
    with pytest.raises(Invalid) as found:
        bodies(records)
    assert (found.value.code, found.value.facts) == one_by_one(records)
