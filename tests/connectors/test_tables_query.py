"""A query put in brackets: which types it has, and on which servers it may be asked."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy import types as sql
from sqlalchemy.exc import DBAPIError

from connectors import tables_query
from exchange.errors import Fatal


def test_a_server_whose_read_only_transactions_are_unknown_is_asked_nothing() -> None:
    engine: Any = SimpleNamespace(dialect=SimpleNamespace(name="oracle"))
    with pytest.raises(Fatal, match=r"tables\.query-dialect .*oracle"):
        tables_query.forbid_writing(engine)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_no_transaction_of_who_reads_by_queries_can_write(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/t.db"
    if kind == "postgresql":
        url = request.getfixturevalue("postgres").database("reads")
    writer, reader = create_engine(url), create_engine(url)
    with writer.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a INTEGER)")
    tables_query.forbid_writing(reader)
    for _ in range(2):  # the second in a connection that the pool has kept
        with reader.connect() as connection, pytest.raises(DBAPIError, match=r"read-?only"):
            connection.exec_driver_sql("INSERT INTO t VALUES (1)")
    with reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM t").scalar() == 0
    writer.dispose()
    reader.dispose()


def test_columns_keep_their_types_and_nothing_is_left_behind() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a NUMERIC(12,2), b DATE, c INTEGER)")
        connection.exec_driver_sql("INSERT INTO t VALUES (10.5, '2026-01-05', 7)")
        found = tables_query.table(connection, "SELECT a, b AS d, c + 1 AS e, ':x %' AS f FROM t")
        kinds = [type(each.type) for each in found.c]
        assert issubclass(kinds[0], sql.Numeric)
        assert issubclass(kinds[1], sql.Date)
        [row] = connection.execute(select(*found.c)).all()
        assert [str(value) for value in row] == ["10.50", "2026-01-05", "8", ":x %"]
        left = connection.exec_driver_sql("SELECT name FROM sqlite_temp_master").all()
        assert left == []
        with pytest.raises(Exception, match="readonly"):
            connection.exec_driver_sql("INSERT INTO t VALUES (1, NULL, 1)")
    engine.dispose()
