"""Keys as numbers of a system that keeps fewer characters, and back."""

from __future__ import annotations

import pytest

from adapters import _short_key


def test_our_key_fits_thirty_characters_and_comes_back() -> None:
    for key in ("0" * 32, "f" * 32, "0123456789abcdef" * 2):
        told = _short_key.shortened(key)
        assert len(told) <= 30
        assert told.isalnum()
        assert _short_key.whole(told) == key


@pytest.mark.parametrize("strange", ["", "2026", "AD7QB7YA", "张", "ad7qb7ya74ap6ah7ad7qb7ya74"])
def test_a_stranger_s_reference_stays_as_it_is(strange: str) -> None:
    assert _short_key.whole(strange) == strange
