"""Values that order rows, as text and back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from connectors import tables_mark
from exchange.errors import Fatal


@pytest.mark.parametrize(
    "value",
    [
        *("a→b", 2**70, date(2026, 1, 5), datetime(2026, 1, 5, 8, 0, 0, 1)),
        *(datetime(2026, 1, 5, tzinfo=UTC), Decimal("1.50"), UUID(int=7)),
    ],
)
def test_a_mark_comes_back_as_it_was(value: Any) -> None:
    assert tables_mark.read(tables_mark.written(value)) == value
    assert type(tables_mark.read(tables_mark.written(value))) is type(value)


@pytest.mark.parametrize("value", [1.5, b"x", None, True])
def test_what_can_t_be_gone_through_again_is_told(value: Any) -> None:
    with pytest.raises(Fatal, match=r"tables\.order-type"):
        tables_mark.written(value)


def test_times_as_texts_are_looked_back_from_in_their_own_form() -> None:
    assert tables_mark.before("2026-01-05 00:00:30", 60) == "2026-01-04 23:59:30"
    assert tables_mark.before("2026-01-05", 60) == "2026-01-04"
    now = datetime(2026, 1, 5, tzinfo=UTC)
    assert tables_mark.not_after("2027-01-01 00:00:00", now) == "2026-01-05 08:00:00"
    assert tables_mark.not_after("2025-01-01 00:00:00", now) == "2025-01-01 00:00:00"
    assert tables_mark.not_after(7, now) == 7
