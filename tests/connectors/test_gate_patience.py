"""How long a gap is waited for, also if the cursor was damaged."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.gate_patience import Patience

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize("cursor", ["{", "[]", "7", '{"gap": 7}', '{"gap": "noon"}', "\0"])
def test_a_damaged_cursor_costs_one_more_wait(cursor):
    first = Patience(cursor, NOON, 60)
    assert not first.is_over("gap")
    assert Patience(first.written(), NOON + timedelta(seconds=60), 60).is_over("gap")
