"""The last sweep of a matter: a wait in which nothing was taken up is none."""

from __future__ import annotations

from exchange.store import sweep_rows
from exchange.store.engine import Store
from exchange.store.sweep_rows import SweepRow

AT = "2026-03-02T01:00:0{}.000000Z"


def test_a_wait_in_which_nothing_was_taken_up_leaves_the_length_of_the_last(store: Store) -> None:
    with store.write() as connection:
        assert sweep_rows.get(connection, "newborn") == SweepRow("newborn")
        sweep_rows.begin(connection, "newborn", AT.format(1))
        sweep_rows.end(connection, "newborn", AT.format(3))
        sweep_rows.end(connection, "newborn", AT.format(9))
        found = sweep_rows.get(connection, "newborn")
    assert found == SweepRow("newborn", AT.format(1), AT.format(9), 2000)


def test_one_that_died_under_way_is_not_taken_for_a_long_one(store: Store) -> None:
    with store.write() as connection:
        for second in (1, 5):
            sweep_rows.begin(connection, "newborn", AT.format(second))
        found = sweep_rows.get(connection, "newborn")
        assert found == SweepRow("newborn", AT.format(5), AT.format(1)), "none has ended since"
        sweep_rows.end(connection, "newborn", AT.format(6))
        assert sweep_rows.get(connection, "newborn").took_ms == 1000
