"""What is drawn: enough, each once, and the same for the same seed."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from matters.acceptance_parts import Sampling
from matters.acceptance_sampling import draw, size

FLATS = Sampling("/project/flats", "套", 10, 3)


@given(
    of=st.integers(1, 3000), percent=st.integers(1, 100), least=st.integers(1, 20), seed=st.text()
)
def test_enough_of_them_each_once(of: int, percent: int, least: int, seed: str) -> None:
    told = Sampling("/project/flats", "套", percent, least)
    found = draw(told, of, seed)
    assert found is not None
    assert len(found.numbers) == len(set(found.numbers)) == size(told, of)
    assert len(found.numbers) * 100 >= of * percent
    assert len(found.numbers) >= min(least, of)
    assert set(found.numbers) <= set(range(1, of + 1))
    assert found == draw(told, of, seed)


def test_each_flat_is_drawn_about_as_often() -> None:
    """A thousand draws of 5 in 50: a hundred each, and by chance (binomial, σ 9.5) no more than 5 σ off."""
    told = Sampling("/project/flats", "套", 10, 3)
    found = (draw(told, 50, str(n)) for n in range(1000))
    counts = Counter(each for one in found if one for each in one.numbers)
    assert set(counts) == set(range(1, 51))
    assert all(52 < count < 148 for count in counts.values())


def test_what_nobody_has_counted_is_not_drawn_from() -> None:
    assert [draw(FLATS, count, "x") for count in (None, 0, True, "12")] == [None] * 4
