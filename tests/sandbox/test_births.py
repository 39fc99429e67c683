"""Invented births have right numbers."""

import re
from collections import Counter

import pytest

from sandbox.births import USCC, birth
from sandbox.resident_id import is_valid

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize("number", [1, 2, 7, 24, 999, 1000, 4999])
def test_parents_are_different_people_with_valid_numbers(number: int) -> None:
    facts, form = birth(number).facts, birth(number).form
    ids = {facts[parent]["id_number"] for parent in ("mother", "father")}
    assert len(ids) == 2
    assert all(is_valid(each) for each in ids)
    assert form["sbrsfz"] in ids
    assert form["cszmbh"] == facts["certificate"]["number"]


def test_no_day_has_more_children_than_the_register_has_numbers() -> None:
    births = [birth(number).facts for number in range(1, 5000)]
    assert len({facts["certificate"]["number"] for facts in births}) == len(births)
    assert all(re.fullmatch("[A-Z][0-9]{9}", f["certificate"]["number"]) for f in births)
    days = Counter((f["child"]["born"][:8], f["child"]["sex"]) for f in births)
    assert max(days.values()) == 500


def test_the_hospital_s_credit_code_is_valid() -> None:
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(USCC[:17]))
    assert ALPHABET[(31 - total % 31) % 31] == USCC[17]


def test_without_a_father_the_child_follows_the_mother() -> None:
    assert "father" not in birth(1, father=False).facts
    assert birth(1, father=False).form["lhfs"] == "1"
