"""Rows that say of themselves what was asked."""

from __future__ import annotations

from typing import Any

import pytest

from adapters._coded_record import about

SAME = {"/no": "/who"}


@pytest.mark.parametrize("asked", [{}, {"who": ""}, {"who": None}, {"other": "1"}])
@pytest.mark.parametrize("row", [{}, {"no": ""}, {"no": None}, {"no": "1"}])
def test_what_was_not_asked_is_said_by_no_row(asked: Any, row: Any) -> None:
    assert about([row], SAME, asked) == []


def test_every_word_must_be_the_same() -> None:
    rows = [{"no": "1", "name": "a"}, {"no": "1", "name": "b"}, {"no": "2", "name": "a"}, {}]
    same = SAME | {"/name": "/name"}
    assert about(rows, same, {"who": 1, "name": "a"}) == rows[:1]
