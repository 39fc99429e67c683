"""What others say of our heads is kept once; how it stands with them changes."""

from __future__ import annotations

import pytest

from exchange.store import ledger_rows, outside_rows
from exchange.store.engine import Store
from exchange.store.outside_rows import STAMP, WITNESS, HeardRow, OutsideRow

STORES = ("sqlite", "postgresql")
AT = "2026-03-02T01:00:00.000000Z"


def row(holder: str, size: int, seal: str = "s") -> OutsideRow:
    kind = STAMP if holder == "time-stamp" else WITNESS
    return OutsideRow(holder, size, kind, f"head {size}", seal, at=AT, since=AT)


@pytest.mark.guarantee("G7")
def test_a_seal_is_written_once(store: Store) -> None:
    with store.write() as connection:
        assert outside_rows.put(connection, row("w", 5))
        assert outside_rows.put(connection, row("w", 3))
        assert outside_rows.put(connection, row("time-stamp", 5))
        assert not outside_rows.put(connection, row("w", 5, "another"))
    with store.read() as connection:
        assert outside_rows.newest(connection, "w") == row("w", 5)
        assert outside_rows.newest(connection, "w", below=4) == row("w", 3)
        assert outside_rows.newest(connection, "w", below=2) is None
        assert [(r.holder, r.size) for r in outside_rows.every(connection)] == [
            ("w", 3),
            ("time-stamp", 5),
            ("w", 5),
        ]
        assert outside_rows.count(connection, "w") == 2


def test_how_it_stands_is_what_was_said_last(store: Store) -> None:
    with store.write() as connection:
        assert outside_rows.heard(connection, "w") is None
        outside_rows.put_heard(connection, HeardRow("w", AT, "outside.silent", AT))
        outside_rows.put_heard(connection, HeardRow("w", AT))
        assert outside_rows.heard(connection, "w") == HeardRow("w", AT)


def test_the_oldest_head_that_waits(store: Store) -> None:
    from sqlalchemy import insert

    from exchange.store.tables import ledger_head

    with store.write() as connection:
        assert outside_rows.first_after(connection, 0) == ""
        for size in (3, 5, 9):
            connection.execute(insert(ledger_head), {"size": size, "at": f"t{size}", "token": "x"})
        assert [outside_rows.first_after(connection, n) for n in (0, 3, 9)] == ["t3", "t5", ""]
        assert ledger_rows.head_of(connection, 5) == "x"
        assert ledger_rows.head_of(connection, 4) == ""
