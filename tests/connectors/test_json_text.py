from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import json_text
from exchange.errors import Invalid
from tests.memory import memory_of

exact = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def as_text(value):
    """Decimals compared by their digits: 1.0 is not 1.00 on paper."""
    if isinstance(value, dict):
        return {key: as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_text(inner) for inner in value]
    return (type(value).__name__ if isinstance(value, bool) else "", str(value))


@given(exact)
def test_what_is_written_is_read_back_digit_by_digit(value):
    assert as_text(json_text.read(json_text.written(value))) == as_text(value)


def test_numbers_beyond_every_float_stay_exact():
    text = b'{"id":12345678901234567890123,"amount":0.1000}'
    value = json_text.read(text)
    assert value == {"id": 12345678901234567890123, "amount": Decimal("0.1000")}
    assert json_text.written(value) == text


def test_all_places_that_cannot_be_written_are_told_at_once_and_without_values():
    with pytest.raises(Invalid) as raised:
        json_text.written({"a": [1.5], "b": "\ud800", "c": {1: 2}, "d": b"x", "e": Decimal("NaN")})
    assert [dict(problem.facts) for problem in raised.value.problems] == [
        {"path": "/a/0", "type": "float"},
        {"path": "/b", "type": "surrogate"},
        {"path": "/c/1", "type": "key"},
        {"path": "/d", "type": "bytes"},
        {"path": "/e", "type": "Decimal"},
    ]


@pytest.mark.parametrize(
    "raw", [b"", b"{", b'{"a":1,"a":2}', b"NaN", b"[Infinity]", b"\xff", b"1" * 5000]
)
def test_what_is_no_exact_json_is_refused(raw):
    with pytest.raises(ValueError):
        json_text.read(raw)


@pytest.mark.parametrize("charset", ["GBK", "gb2312", "GB18030"])
def test_gbk_labels_are_read_as_gb18030(charset):
    assert json_text.read('{"xm":"张㛃"}'.encode("gb18030"), charset) == {"xm": "张㛃"}


def test_a_byte_order_mark_is_no_part_of_the_value():
    assert json_text.read(b"\xef\xbb\xbf1") == 1


def test_a_peer_chooses_no_codec_that_costs_time():
    for label in ("punycode", "idna", "utf-7"):
        with pytest.raises(LookupError):
            json_text.read(b"{}", label)
    assert json_text.read('{"市":"㐂"}'.encode("gb18030"), "GB2312") == {"市": "㐂"}


def test_a_name_that_is_no_unicode_is_told_by_a_place_that_is():
    with pytest.raises(Invalid) as raised:
        json_text.written({"a\ud800": {"b": 1.5}})
    assert [dict(problem.facts) for problem in raised.value.problems] == [
        {"path": "/a?", "type": "surrogate"},
        {"path": "/a?/b", "type": "float"},
    ]


@given(
    st.dictionaries(
        st.text() | st.just("\ud800"),
        st.none() | st.integers() | st.text() | st.sampled_from([2**64, True, 0.5, "\udfff"]),
    )
)
def test_a_flat_record_is_written_as_a_nested_one_is(record):
    def outcome(value):
        try:
            return json_text.written(value).decode()
        except Invalid as error:
            return [each.code for each in error.problems]

    nested = outcome([record])
    assert outcome(record) == (nested[1:-1] if isinstance(nested, str) else nested)


def test_what_is_written_takes_no_more_memory_than_it_needs():
    assert memory_of(lambda: json_text.written({"a": 1})) < 200
    assert memory_of(lambda: json_text.written({"a": Decimal("1.0")})) < 200
