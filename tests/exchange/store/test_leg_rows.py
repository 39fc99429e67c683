"""The mode of a system: what was said last, and nothing for one of which nobody said anything."""

from __future__ import annotations

from exchange.store import leg_rows
from exchange.store.engine import Store
from exchange.store.leg_rows import LegRow

NOW = "2026-03-02T01:00:00.000000Z"


def test_what_was_said_last_holds(store: Store) -> None:
    with store.write() as connection:
        for mode in ("stopped", "shadow"):
            leg_rows.put(connection, LegRow("police", mode, NOW, "wang", "why"))
    with store.read() as connection:
        assert leg_rows.get(connection, "police") == LegRow("police", "shadow", NOW, "wang", "why")
        assert leg_rows.get(connection, "oa") is None
