"""The pace is moved by one worker at a time."""

from __future__ import annotations

from exchange.store import pace_rows
from exchange.store.engine import Store


def test_who_read_an_old_stamp_moves_nothing(store: Store) -> None:
    with store.write() as connection:
        assert pace_rows.get(connection, "police") == ""
        assert pace_rows.move(connection, "police", before="", after="1")
        assert not pace_rows.move(connection, "police", before="", after="2")
        assert pace_rows.move(connection, "police", before="1", after="3")
        assert not pace_rows.move(connection, "police", before="1", after="4")
        assert pace_rows.get(connection, "police") == "3"
        assert pace_rows.get(connection, "insurance") == ""
