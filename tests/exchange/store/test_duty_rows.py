"""The newest hand-over counts, until its end."""

from __future__ import annotations

from exchange.store import duty_rows
from exchange.store.duty_rows import DutyRow
from exchange.store.engine import Store


def test_the_newest_hand_over_counts_until_its_end(store: Store) -> None:
    with store.write() as connection:
        assert duty_rows.last(connection, "5") is None
        duty_rows.put(connection, DutyRow("1", "wang", "li", "9"))
        duty_rows.put(connection, DutyRow("3", "zhao", "wang", "6"))
        told = [duty_rows.last(connection, at) for at in ("0", "2", "3", "6", "9")]
    assert [row and row.person for row in told] == [None, "wang", "zhao", "wang", None]
