"""Postings as readings: named by key and request, and known again once they were counted."""

from __future__ import annotations

import doctest

from tests.zhida import finance_stores
from tests.zhida.finance_town import Place
from tests.zhida.test_finance_access import handed_in, reading
from zhida import finance_access, finance_postings

place = finance_stores.place
RECORD = {"id": "DR-0123456789ABCDEF"}


def test_what_was_counted_is_known_again_by_its_bank_and_request(place: Place) -> None:
    name = finance_postings.name("k", RECORD)
    assert not finance_postings.is_again(place.hub, "bank-a", name)
    posted = reading(handed_in(place), name, act=finance_access.REQUEST)
    finance_access.allow(place.hub, place.rules, posted)
    assert finance_postings.is_again(place.hub, "bank-a", name)
    assert not finance_postings.is_again(place.hub, "bank-b", name)
    other = finance_postings.name("k", {"id": "DR-FFFFFFFFFFFFFFFF"})
    assert not finance_postings.is_again(place.hub, "bank-a", other)


def test_a_reading_is_no_posting(place: Place) -> None:
    finance_access.allow(place.hub, place.rules, reading(handed_in(place), "k"))
    assert not finance_postings.is_again(place.hub, "bank-a", "k")


def test_doctests() -> None:
    assert doctest.testmod(finance_postings) == (0, 1)
