"""A mask shows the form of a value and nothing of the value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.masks import mask


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("张小直", "汉×3"),
        ("32011719930312002X", "9×17 A"),
        ("２０26", "９×2 9×2"),
        ("YL01", "A×2 9×2"),
        ("2026-01", "9×4-9×2"),
        ("男", "汉"),
        ("a b\t", "a␣a␣"),
        (3350, "integer 9×4"),
        (1.5, "float"),
        (None, "null"),
        ([1], "list"),
        ("", "empty"),
    ],
)
def test_forms(value: object, shown: str) -> None:
    assert mask(value) == shown


@given(st.text(min_size=1))
def test_no_letter_digit_or_han_of_the_value_is_shown(text: str) -> None:
    told = set(mask(text)) - set("aA9汉９Ａ¿␣×…0123456789empty")
    assert not any(c.isalnum() for c in told)


def test_long_values_have_short_masks() -> None:
    assert len(mask("a1" * 10_000)) <= 41
