"""Records in columns are the same records."""

import doctest

from hypothesis import given
from hypothesis import strategies as st

from exchange import records
from exchange.records import Records, column, picked


@given(st.lists(st.tuples(st.none() | st.text(), st.none() | st.integers()), min_size=1), st.data())
def test_they_are_what_they_are_one_by_one(rows, data):
    plain = [{n: v for n, v in zip("ab", row, strict=True) if v is not None} for row in rows]
    told = Records(("a", "b"), list(zip(*rows, strict=True)))
    assert list(told) == plain
    assert list(told[1:]) == plain[1:]
    numbers = data.draw(st.lists(st.integers(0, len(rows) - 1)))
    assert list(picked(told, numbers)) == list(picked(plain, numbers))
    for name in ("a", "b", "c"):
        assert list(column(told, name)) == list(column(plain, name))


def test_the_examples_hold():
    assert doctest.testmod(records).failed == 0
