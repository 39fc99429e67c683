"""One value has one sequence of bytes, and what has none is refused with its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange import canonical
from exchange.errors import Invalid
from tests.memory import memory_of

text = st.text(st.characters(codec="utf-8"), max_size=12)
leaves = text | st.booleans() | st.integers(-canonical.EXACT, canonical.EXACT)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_what_is_written_is_read_back_and_written_the_same(value: Any) -> None:
    written = canonical.dumps(value)
    assert canonical.loads(written) == value
    assert canonical.dumps(canonical.loads(written)) == written


@given(st.dictionaries(text, leaves, min_size=2, max_size=6))
def test_the_order_of_insertion_leaves_no_trace(value: dict[str, Any]) -> None:
    backwards = dict(reversed(value.items()))
    assert canonical.dumps(backwards) == canonical.dumps(value)


@given(values, st.booleans(), st.booleans(), st.booleans())
def test_it_is_told_whether_the_bytes_are_the_canonical_ones(
    value: Any, escaped: bool, in_order: bool, spaced: bool
) -> None:
    signs = (", ", ": ") if spaced else (",", ":")
    told = json.dumps(value, ensure_ascii=escaped, sort_keys=in_order, separators=signs)
    found, same = canonical.read(told.encode())
    assert (found, same) == (value, told.encode() == canonical.dumps(value))


@given(values)
def test_any_json_reader_reads_the_same(value: Any) -> None:
    assert json.loads(canonical.dumps(value)) == value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": 1, "a": "出生"}, '{"a":"出生","b":1}'),
        ({"": True}, '{"":true}'),
        (["𠮷", "\u2028", "\x07", '"\\/'], '["𠮷","\u2028","\\u0007","\\"\\\\/"]'),
        ((1, 2), "[1,2]"),
        (2**53 - 1, "9007199254740991"),
    ],
)
def test_known_forms(value: Any, written: str) -> None:
    assert canonical.dumps(value).decode() == written


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"a": 1.0}, "canonical.not-exact"),
        ({"a": None}, "canonical.not-exact"),
        ({"a": 2**53}, "canonical.not-exact"),
        ({"a": -(2**53)}, "canonical.not-exact"),
        ({"a": b"x"}, "canonical.not-exact"),
        ({1: "a"}, "canonical.key-not-text"),
        ({"a": "\ud800"}, "canonical.not-text"),
        ({"\udc00": "a"}, "canonical.not-text"),
    ],
)
def test_what_has_no_exact_form_is_refused(value: Any, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        canonical.dumps(value)
    assert refused.value.code == code


def test_the_place_is_told_and_the_value_is_not() -> None:
    with pytest.raises(Invalid) as refused:
        canonical.dumps({"mother": {"id": [1, 3.35]}})
    assert refused.value.facts == {"path": "/mother/id/1", "type": "float"}
    assert "3.35" not in str(refused.value)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"a":{"b":1,"b":2}}',
        b'{"a":1.5}',
        b'{"a":1e2}',
        b'{"a":null}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":9007199254740992}',
        b'{"a":"\\ud800"}',
        b'{"\\ud800":1}',
        b"\xef\xbb\xbf{}",
        b"\xff",
        b"",
        b"{",
        b"{} {}",
        b"{'a':1}",
        b'{"a":01}',
        b"9" * 5000,
        b"[" * 100_000,
        b"[" * 70 + b"]" * 70,
        b'{"a":' * 900 + b"1" + b"}" * 900,
        "出生".encode("gbk"),
    ],
)
def test_json_with_two_readings_or_none_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        canonical.loads(data)


def test_depth_has_a_limit_on_both_ways() -> None:
    value: Any = "x"
    for _ in range(canonical.DEPTH):
        value = [value]
    assert canonical.loads(canonical.dumps(value)) == value
    with pytest.raises(Invalid, match=r"canonical\.too-deep"):
        canonical.dumps([value])
    deepest = canonical.DEPTH
    assert canonical.loads(b"[" * deepest + b"]" * deepest)
    with pytest.raises(Invalid, match=r"canonical\.too-deep"):
        canonical.loads(b"[" * (deepest + 1) + b"]" * (deepest + 1))


ODD = st.none() | st.floats() | st.integers(2**53 - 2, 2**53 + 1) | st.just("\ud800")
KEYS = text | st.just("\udfff") | st.integers(0, 3)


@given(st.dictionaries(KEYS, leaves | ODD, max_size=5))
def test_a_flat_record_is_written_as_a_nested_one_is(record: dict[Any, Any]) -> None:
    def outcome(value: Any) -> Any:
        try:
            return canonical.dumps(value).decode()
        except Invalid as error:
            return error.code

    nested = outcome([record])
    assert outcome(record) == nested.removeprefix("[").removesuffix("]")


def test_what_is_written_takes_no_more_memory_than_it_needs() -> None:
    assert memory_of(lambda: canonical.dumps({"a": 1})) < 200
