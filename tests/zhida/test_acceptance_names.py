"""Whatever separates them, and whatever signs are in them, titles are read back as what they name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Invalid
from matters import acceptance_file
from zhida import acceptance_names

SHIPPED = acceptance_file.load(acceptance_file.SHIPPED)
FIELDS = ("items", "materials", "parts", "checks")
SIGNS = st.sampled_from(["、", "，", ",", "；", ";", " ", "、 ", "\n"])


@given(st.data(), st.sampled_from(FIELDS))
def test_titles_and_ids_with_any_sign_between_them_are_what_they_name(
    data: st.DataObject, field: str
) -> None:
    known = acceptance_names.titles(SHIPPED, field)
    names = data.draw(st.lists(st.sampled_from(sorted(known)), max_size=5, unique=True))
    text = ""
    for name in names:
        ways = [name, known[name], acceptance_names.shown(name, known)]
        text += data.draw(st.sampled_from(ways)) + data.draw(SIGNS)
    assert acceptance_names.read(text, known) == names


def test_signs_of_the_other_width_are_the_same() -> None:
    known = acceptance_names.titles(SHIPPED, "items")
    title = next(each for each in known.values() if "（" in each)
    narrow = title.replace("（", "(").replace("）", ")")
    assert known[acceptance_names.read(narrow, known)[0]] == title


def test_part_of_a_title_is_nobody_s() -> None:
    known = {"fire": "消防验收"}
    assert acceptance_names.read("消防验收合格、消防", known) == ["消防验收合格", "消防"]


def test_a_title_of_two_is_refused() -> None:
    with pytest.raises(Invalid, match=r"acceptance\.ambiguous"):
        acceptance_names.read("甲", {"one": "甲", "two": "甲"})


def test_what_is_near_is_told_by_its_title_and_otherwise_what_there_is() -> None:
    known = acceptance_names.titles(SHIPPED, "checks")
    assert acceptance_names.nearest("绿地律", {"green": "绿地率"}) == "绿地率（green）"
    listed = acceptance_names.nearest("电梯井道", known)
    assert listed.count("（") >= acceptance_names.MOST
    assert listed.endswith("、…")
    assert acceptance_names.nearest("甲", {}) == "-"


def test_the_longest_title_is_meant() -> None:
    known = {"fire": "消防", "both": "消防、人防", "defence": "人防"}
    assert acceptance_names.read("消防、人防、人防，消防", known) == ["both", "defence", "fire"]
