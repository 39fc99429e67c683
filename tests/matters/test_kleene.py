"""Three values: an unknown is whatever makes no difference, or the outcome is unknown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import pytest

from matters import kleene
from matters.kleene import Truth


def filled(parts: Sequence[Truth]) -> Iterator[list[bool]]:
    """Every way in which the unknown could turn out."""
    for chosen in product(*([part] if part is not None else [True, False] for part in parts)):
        yield list(chosen)


@pytest.mark.parametrize("parts", list(product([True, False, None], repeat=3)))
def test_known_only_if_it_is_so_however_the_unknown_turns_out(parts: tuple[Truth, ...]) -> None:
    for found, plain in ((kleene.every, all), (kleene.some, any)):
        outcomes = {plain(each) for each in filled(parts)}
        assert found(parts) == (outcomes.pop() if len(outcomes) == 1 else None)


def test_the_opposite() -> None:
    assert [kleene.opposite(part) for part in (True, False, None)] == [False, True, None]
