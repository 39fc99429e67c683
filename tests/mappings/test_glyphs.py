"""One written character in all its codes, and nothing made equal that is a character of its own."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.encoding import _MOVED
from mappings.glyphs import _table, is_private, unified


@pytest.mark.parametrize(
    ("old", "modern"),
    [
        ("\ue863", "䶮"),
        ("\ue81e", "\u9fb4"),
        ("\ue864", "\u9fbb"),
        ("\ue816", "\U00020087"),
        ("\ue831", "\U000215d7"),
        ("\ue81a", "㑳"),
        ("⼥", "女"),
        ("⻰", "龙"),
        ("\u2e9f", "母"),
        ("\uf9b4", "領"),
        ("\U0002f804", "你"),
        ("Ａ７ｘ", "A7x"),
        ("葛\U000e0100", "葛"),
        ("张\u200b三\ufeff", "张三"),
    ],
)
def test_a_character_in_an_old_or_odd_code_is_the_character(old: str, modern: str) -> None:
    assert unified(old) == modern


def test_the_eighty_private_characters_of_gbk_all_have_a_place() -> None:
    region = [chr(code) for code in range(0xE815, 0xE865)]
    made = [unified(each) for each in region]
    assert not any(map(is_private, made))
    assert len(set(made)) == 80
    for place, (old, new) in _MOVED.items():
        assert unified(old) == unified(new), hex(place)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("黄", "黃"),
        ("禄", "祿"),
        ("龙", "龍"),
        ("吴", "吳"),
        ("己", "已"),
        ("张", "章"),
        ("﨎", "垒"),
    ],
)
def test_characters_of_their_own_stay_apart(one: str, other: str) -> None:
    assert unified(one) != unified(other)


def test_a_vendors_own_character_is_kept_and_known_as_such() -> None:
    assert unified("张\ue000") == "张\ue000"
    assert is_private(unified("\uf8ff"))


@given(st.text())
def test_doing_it_twice_changes_nothing(text: str) -> None:
    assert unified(unified(text)) == unified(text)


@given(st.text(st.characters(categories=["Lo"], min_codepoint=0x3400, max_codepoint=0x9FFF)))
def test_ordinary_characters_are_left_alone(text: str) -> None:
    assert unified(text) == unicodedata.normalize("NFKC", text)


def test_every_target_of_the_table_is_final() -> None:
    for made in _table().values():
        assert made is None or unified(made) == unified(unified(made))
