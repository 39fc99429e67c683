import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from connectors.rest_signed_text import encoded, sorted_text, stamped

AT = datetime(2026, 12, 31, 16, 0, 0, 999_999, UTC)


def test_local_times_are_those_of_china():
    assert stamped(AT, "yyyyMMddHHmmss") == "20270101000000"
    assert stamped(AT, "yyyy-MM-dd HH:mm:ss") == "2027-01-01 00:00:00"
    assert stamped(AT, "yyyyMMddHHmmssSSS") == "20270101000000999"


def test_milliseconds_are_exact():
    assert stamped(AT, "ms") == "1798732800999"
    assert stamped(AT, "s") == "1798732800"


def test_parameters_are_sorted_by_code_point_not_by_locale():
    pairs = [("b", "1"), ("B", "2"), ("a_b", "3"), ("aB", "4"), ("姓名", "张"), ("b", "0")]
    assert sorted_text(pairs, {}, "sign") == "B=2&aB=4&a_b=3&b=1&b=0&姓名=张"


def test_what_is_empty_or_excluded_is_left_out_if_the_peer_says_so():
    pairs = [("b", ""), ("a", "0"), ("input", "{}"), ("sign", "old")]
    assert sorted_text(pairs, {"exclude": ["input"]}, "sign") == "a=0"
    form = {"skip_empty": False, "separator": "", "equals": ""}
    assert sorted_text(pairs, form, "sign") == "a0binput{}"


@given(st.binary(min_size=1, max_size=40))
def test_hexadecimal_in_either_case(raw):
    assert encoded(raw, "hex").upper() == encoded(raw, "HEX")
    assert re.fullmatch("([0-9A-F]{2})+", encoded(raw, "HEX"))
