"""Names of persons: when two spellings are one name, when somebody must look, when nobody can tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.encoding import decode
from mappings.names import Match, comparison_form, is_placeholder, match, same_name, weak_form

HAN = st.characters(categories=["Lo"], min_codepoint=0x4E00, max_codepoint=0x9FA5)
NAMES = st.text(HAN, min_size=2, max_size=13)
ANY = st.text() | st.text("张三·•． 　aB\u200b\ue863⼥?()（）有限责任公司", max_size=12)


@pytest.mark.parametrize(
    "dot", ["·", "•", "‧", "∙", "⋅", "・", "･", "．", ".", "﹒", "·", " · ", "··"]
)
def test_d05_every_dot_is_the_dot(dot: str) -> None:
    assert same_name(f"买买提{dot}小直", "买买提·小直")
    assert match(f"买买提{dot}小直", "买买提小直") is Match.ALIKE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张三", "张　三"),
        ("张三", " 张 三\t"),
        ("张三", "张\u200b三\ufeff"),
        ("女小直", "⼥小直"),
        ("领小直", "领小直"),
        ("領小直", "\uf9b4小直"),
        ("䶮小直", "\ue863小直"),
        ("\u9fb4小直", "\ue81e小直"),
        ("John Smith", "ＪＯＨＮ　ＳＭＩＴＨ"),
        ("John Smith", "john   smith "),
        ("Müller", "Mu\u0308ller"),
    ],
)
def test_one_name_in_two_spellings(one: str, other: str) -> None:
    assert match(one, other) is match(other, one) is Match.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张三", "张三㛃"),
        ("黄三", "黃三"),
        ("阿依·古丽", "阿依"),
        ("张三", "三张"),
        ("李四", "季四"),
    ],
)
def test_another_name_is_another_name(one: str, other: str) -> None:
    assert match(one, other) is Match.DIFFERENT


def test_a_latin_name_without_its_space_is_only_alike() -> None:
    assert match("John Smith", "JohnSmith") is Match.ALIKE
    assert match("张 John Smith", "张John Smith") is Match.SAME


@pytest.mark.parametrize("nothing", ["", " ", "/", "／", "NA", "N/A", "null", "未取名", "-"])
def test_d13_no_name_is_equal_to_nothing(nothing: str) -> None:
    assert match(nothing, nothing) is match(nothing, "张三") is Match.UNKNOWN
    assert not same_name(nothing, nothing)


@pytest.mark.parametrize("lost", ["张?", "张？", "张�", "张□", "张〓", "张*", "张＊", "张\ue000"])
def test_a_lost_character_is_neither_a_match_nor_a_difference(lost: str) -> None:
    assert match(lost, "张三") is match(lost, lost) is Match.UNKNOWN


def test_d19_twins_share_their_placeholder_and_are_two() -> None:
    for name in ("张某之子", "李某之女", "李某之次女", "王某之女婴", "赵某婴儿", "王某之大子"):
        assert is_placeholder(name)
        assert match(name, name) is Match.UNKNOWN
    for name in ("晏婴", "王子", "之南", "李之女贞"):
        assert not is_placeholder(name)


def test_d02_d03_a_name_from_an_old_police_system_is_found() -> None:
    """As bytes, where a system before GB 18030-2000 had only private characters."""
    old = decode("\ue863小直".encode("gb18030"), "gbk")
    new = decode("䶮小直".encode("gb18030"), "gb18030")
    assert old != new, "the stored name is not touched"
    assert same_name(old, new)


@given(ANY)
def test_the_form_of_a_form_is_the_form(text: str) -> None:
    assert comparison_form(comparison_form(text)) == comparison_form(text)
    assert weak_form(comparison_form(text)) == weak_form(text)


@given(NAMES, NAMES)
def test_ordinary_names_are_the_same_only_if_they_are(one: str, other: str) -> None:
    if match(one, other) is not Match.UNKNOWN:
        assert same_name(one, other) == (one == other)


@given(ANY, ANY)
def test_the_order_does_not_matter_and_same_is_transitive_by_form(one: str, other: str) -> None:
    assert match(one, other) is match(other, one)
    if match(one, other) is Match.SAME:
        assert comparison_form(one) == comparison_form(other) != ""
