"""Bytes and text: nothing lost, nothing replaced, and a refusal names the character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Invalid
from mappings.encoding import _MOVED, decode, encode, normal_form

TEXT = st.text(st.characters(exclude_categories=["Cs"])).filter(
    lambda t: not t.startswith("\ufeff")
)


@pytest.mark.parametrize("character", ["㛃", "𬀩", "䶮", "㕔"])
def test_rare_characters_of_names_need_gb18030(character: str) -> None:
    assert decode(encode(f"张{character}", "GB18030"), "GBK") == f"张{character}"
    with pytest.raises(Invalid) as caught:
        encode(f"张{character}", "GBK")
    facts = caught.value.facts
    assert caught.value.code == "mapping.cannot-encode"
    assert (facts["character"], facts["position"]) == (f"U+{ord(character):04X}", 2)
    assert "张" not in str(caught.value)


def test_the_character_of_the_issue_is_named_by_its_code_point() -> None:
    with pytest.raises(Invalid, match=r"U\+2C029"):
        encode("𬀩", "gbk")


@given(TEXT)
def test_gb18030_carries_all_of_unicode_both_ways(text: str) -> None:
    assert decode(encode(text, "gb18030"), "gb18030") == normal_form(text)


@given(TEXT)
def test_gbk_gives_back_what_it_took_or_refuses(text: str) -> None:
    try:
        data = encode(text, "gbk")
    except Invalid:
        return
    assert decode(data, "gbk") == normal_form(text)


@pytest.mark.parametrize(("place", "old", "new"), [(p, *pair) for p, pair in _MOVED.items()])
def test_the_moved_characters_have_one_form(place: int, old: str, new: str) -> None:
    two_bytes = place.to_bytes(2, "big")
    assert decode(two_bytes, "gb18030") == new
    assert decode(new.encode("gb18030"), "gb18030") == new
    assert encode(old, "gb18030") == encode(new, "gb18030") == two_bytes


def test_there_are_eighteen_moved_characters() -> None:
    assert len(_MOVED) == len({new for _, new in _MOVED.values()}) == 18


def test_damaged_bytes_are_refused_with_their_place() -> None:
    with pytest.raises(Invalid) as caught:
        decode("张".encode("gbk") + b"\xff", "GBK")
    assert caught.value.code == "mapping.cannot-decode"
    assert caught.value.facts["offset"] == 2
    with pytest.raises(Invalid):
        decode("张小直".encode("gbk"), "UTF-8")


def test_a_byte_order_mark_is_not_part_of_the_text() -> None:
    assert decode(b"\xef\xbb\xbfX", "utf-8") == "X"


def test_an_unknown_label_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        decode(b"", "EBCDIC")
    assert caught.value.code == "mapping.unknown-encoding"


def test_a_lone_surrogate_cannot_be_written_anywhere() -> None:
    for label in ("utf-8", "gb18030", "gbk"):
        with pytest.raises(Invalid) as caught:
            encode("a\ud800", label)
        assert caught.value.facts["character"] == "U+D800"
