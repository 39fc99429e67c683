"""Whom a record is about: every number that proves itself, and no other text (G6)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Invalid
from mappings import subjects
from mappings.check_digits import gb32100_check, iso7064_mod_11_2
from mappings.identifiers import gb11643, gb32100

pytestmark = pytest.mark.guarantee("G6")

_CODE = st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9)
codes = st.builds(lambda d, t: f"91{d:06}{t}", st.integers(100000, 999999), _CODE).map(
    lambda head: head + gb32100_check(head)
)
numbers = st.builds(
    lambda area, day, order: f"{area}{day:%Y%m%d}{order:03}",
    st.integers(110000, 659000),
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.integers(0, 999),
).map(lambda head: head + iso7064_mod_11_2(head))


@given(codes, numbers)
def test_every_valid_number_is_found_in_whatever_field(code: str, number: str) -> None:
    fields = {"/a": code, "/b/0/c": number, "/n": 7, "/t": True}
    found = {(each.scheme, each.number, each.path) for each in subjects.named(fields)}
    assert ("gb32100", code, "/a") in found
    assert ("gb11643", number, "/b/0/c") in found


@given(st.text(min_size=1, max_size=30))
def test_what_is_found_elsewhere_than_in_an_identity_is_valid(text: str) -> None:
    for each in subjects.named({"/note": text}):
        assert gb11643.is_valid(each.number) or gb32100.is_valid(each.number)


@given(numbers)
def test_who_asks_may_write_it_as_people_do(number: str) -> None:
    wanted = set(subjects.asked(number))
    spaced = f" {number[:6]} {number[6:14]} {number[14:].lower()}\n"
    wide = number.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})
    assert set(subjects.asked(spaced)) == set(subjects.asked(wide)) == wanted
    assert ("gb11643", number) in wanted


def test_a_number_of_before_1999_is_the_same_person() -> None:
    old = [("gb11643", "130503196704010016")]
    assert subjects.asked("130503670401001") == old
    [found] = subjects.named({"/holder/id_number": "130503670401001"})
    assert found.number == "130503196704010016"


@pytest.mark.parametrize("wrong", ["", " ", "张三", "110105194912310021", "1234", "a" * 80])
def test_what_is_no_number_is_not_asked_for(wrong: str) -> None:
    with pytest.raises(Invalid, match=r"person\.number"):
        subjects.asked(wrong)


def test_a_passport_is_found_only_where_an_identity_stands() -> None:
    fields = {"/holder/passport": "E12345678", "/order/number": "E12345678", "/id_number/x": "E1"}
    assert [(e.scheme, e.path) for e in subjects.named(fields)] == [("other", "/holder/passport")]
