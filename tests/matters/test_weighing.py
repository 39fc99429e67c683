"""Yes, no, or what would have to be stated."""

from __future__ import annotations

from typing import Any

import pytest

from matters.weighing import weigh

SHELTER = {"equal": {"/project/shelter": True}}
TALL = {"at_least": {"/project/height": 54}}


@pytest.mark.parametrize(
    ("when", "fields", "word", "missing"),
    [
        (None, {}, "yes", ()),
        (SHELTER, {"/project/shelter": True}, "yes", ()),
        (SHELTER, {"/project/shelter": False}, "no", ()),
        (SHELTER, {}, "unknown", ("/project/shelter",)),
        ({"all": [SHELTER, TALL]}, {"/project/height": 10}, "no", ()),
        ({"any": [SHELTER, TALL]}, {"/project/height": 10}, "unknown", ("/project/shelter",)),
        ({"present": "/project/shelter"}, {}, "no", ()),
    ],
)  # fmt: skip
def test_the_word(when: Any, fields: Any, word: str, missing: tuple[str, ...]) -> None:
    assert weigh(when, fields) == (word, missing)
