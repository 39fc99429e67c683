"""Cursors of several columns and queries on real servers: PostgreSQL, and MariaDB with a table in GBK."""

import contextlib
from datetime import UTC, date, datetime

import pytest

from connectors.tables_database import Database
from connectors.tables_keyset import Span
from connectors.tables_mark import before, read, written
from connectors.tables_source import SourceTable
from exchange.errors import Fatal
from exchange.ports import Endpoint
from tests.connectors.test_tables_servers import (  # noqa: F401  (fixtures)
    mariadb,
    postgres,
    server,
)

NOW = datetime(2026, 1, 8, 4, 0, tzinfo=UTC)
TIMES = ["08:00:00", "08:00:00", "08:00:00", "23:59:59", "00:00:00"]


@pytest.fixture
def permits(server):  # noqa: F811
    server.run(
        "drop table if exists permits",
        "create table permits (code varchar(20) primary key, who varchar(20), rq date, sj time, xh integer)",
        *(
            f"insert into permits values ('{n:03}', '张小直', '2026-01-0{4 + n % 5 // 4}', '{TIMES[n % 5]}', {n % 3})"
            for n in range(30)
        ),
    )
    return server


@contextlib.contextmanager
def opened(server, *cursor, **about):  # noqa: F811
    told = {"driver": server.driver, "database": "front", "timeout_s": 5}
    endpoint = Endpoint(f"127.0.0.1:{server.port}", "hub", "secret", clock=lambda: NOW)
    about = {"table": "permits", "key": ("code",), "cursor": cursor, **about}
    with contextlib.closing(SourceTable(Database(told, endpoint), about)) as found:
        found.choose(about.get("columns", ["code", "who"]))
        yield found


def through(source, span, limit):
    """Every page, its end kept as the store keeps it."""
    codes = []
    while page := source.page(span, limit):
        codes += [each.record["code"] for each in page]
        kept = tuple(read(written(mark)) for mark in page[-1].marks)
        span = Span(kept, span.low, span.high)
    return codes


@pytest.mark.parametrize("cursor", [("rq", "sj"), ("rq", "xh"), ("rq", "sj", "xh")])
@pytest.mark.parametrize("limit", [1, 4, 100])
def test_every_row_comes_once_in_whichever_pages(permits, cursor, limit):
    named = ", ".join((*cursor, "code"))
    wanted = [row[0] for row in permits.run(f"select code from permits order by {named}")]
    with opened(permits, *cursor) as source:
        newest = source.newest()
        assert through(source, Span(high=newest), limit) == wanted
    assert read(written(newest)) == newest


def test_looking_back_over_midnight(permits):
    [(count,)] = permits.run("select count(*) from permits where sj in ('23:59:59', '00:00:00')")
    with opened(permits, "rq", "sj") as source:
        newest = source.newest()
        assert newest[0] == date(2026, 1, 5)
        low = before(newest, 1)  # the second before the first of the 5th
        assert len(through(source, Span(low=low, high=newest), 4)) == count
        assert len(through(source, source.span("2026-01-05", "2026-01-05"), 4)) == 6


QUERY = """SELECT p.code, p.who, q.n, p.rq FROM permits p
    JOIN (SELECT xh, COUNT(*) AS n FROM permits GROUP BY xh) q ON q.xh = p.xh WHERE p.who LIKE '张%'"""


def test_a_query_is_read_like_a_table(permits):
    columns = ["code", "who", "n", "rq"]
    with opened(permits, "rq", table="query", query=QUERY, columns=columns) as source:
        kinds = {name: kind for name, (_, kind) in source.told().items()}
        assert kinds == {"code": "text", "who": "text", "n": "whole", "rq": "text"}
        first = {"code": "000", "who": "张小直", "n": 10, "rq": "2026-01-04"}
        assert source.page(Span(), 1)[0].record == first
        assert len(through(source, Span(high=source.newest()), 7)) == source.count() == 30
        assert source.missing([("003",), ("999",)]) == [("999",)]
        assert source.repeated(5) == set()


SNEAK = {
    "postgresql": "create or replace function sneak() returns int language sql"
    " as 'delete from permits returning 1'",
    "mysql": "create or replace function sneak() returns int modifies sql data"
    " begin delete from permits; return 1; end",
}


def test_behind_a_query_nothing_can_be_written(permits):
    permits.run(SNEAK[permits.driver])
    query = "SELECT code, who, sneak() AS n FROM permits"
    with (
        pytest.raises(Fatal, match=r"tables\.(query-)?broken"),
        opened(permits, table="query", query=query, columns=["code", "n"]) as source,
    ):
        source.page(Span(), 5)
    assert len(permits.run("select code from permits")) == 30


def test_what_the_server_says_about_a_query_is_told(permits):
    query = "SELECT code, whom FROM permits"
    with (
        pytest.raises(Fatal, match=r"tables\.query-broken .*whom"),
        opened(permits, table="query", query=query),
    ):
        raise AssertionError
