"""Rows under salts of their own; a part is what was put into it, or it is refused."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.dataset_leaf import Salted, pack, salt, unpack
from exchange.errors import Fatal, Invalid

ROWS = st.lists(
    st.dictionaries(st.text(max_size=5), st.integers(-(2**53) + 1, 2**53 - 1) | st.text() | st.booleans()),
    max_size=6,
)  # fmt: skip


def digest(data):
    return hashlib.sha256(data).digest()


@given(ROWS)
def test_what_was_packed_is_unpacked(rows):
    salted = salt(rows)
    assert unpack(pack(salted)) == salted
    assert [each.record for each in salted] == rows


def test_two_rows_that_say_the_same_have_other_leaves():
    one, other = salt([{"a": 1}, {"a": 1}])
    assert one.body == other.body
    assert one.leaf(digest) != other.leaf(digest)


def test_the_leaf_is_of_salt_and_row():
    assert Salted(b"s" * 16, b"{}").leaf(digest) == digest(b"\x00" + b"s" * 16 + b"{}")


@pytest.mark.parametrize("value", [1.5, None, 2**53])
def test_a_value_without_an_exact_form_is_refused(value):
    with pytest.raises(Invalid, match="canonical"):
        salt([{"a": value}])


@pytest.mark.parametrize("cut", [1, 15, 18, 21])
def test_a_part_that_was_cut_is_refused(cut):
    with pytest.raises(Fatal, match="part-broken"):
        unpack(pack(salt([{"a": 1}]))[:cut])
