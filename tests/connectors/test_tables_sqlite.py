"""SQLite's decimals are read as they lie there, and are told as they were before."""

import contextlib
import sqlite3
from datetime import UTC, datetime

import pytest

from connectors.tables_database import Database
from connectors.tables_keyset import Span
from connectors.tables_source import SourceTable
from exchange.ports import Endpoint

NOW = datetime(2026, 1, 8, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["NUMERIC(14,2)", "DECIMAL(14,2)"])
def test_no_value_is_rounded(tmp_path, kind):
    values = {1: "1.00", 2.5: "2.50", 1.005: "1.005", 100000000000.01: "100000000000.01"}
    with contextlib.closing(sqlite3.connect(tmp_path / "a.db")) as books, books:
        books.execute(f"CREATE TABLE a (n INTEGER PRIMARY KEY, c {kind})")
        books.executemany("INSERT INTO a (c) VALUES (?)", [(each,) for each in [*values, "soon"]])
    told = {"driver": "sqlite", "database": str(tmp_path / "a.db"), "timeout_s": 5}
    database = Database(told, Endpoint("", "", "", clock=lambda: NOW))
    with contextlib.closing(
        SourceTable(database, {"table": "a", "key": ("n",), "cursor": ()})
    ) as source:
        source.choose(["c"])
        assert source.told()["c"] == [kind.replace(",", ", "), "text"]
        found = [each.record["c"] for each in source.page(Span(), 9)]
    assert found == [*values.values(), "soon"]
