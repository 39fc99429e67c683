"""Exact texts of a server, read and written as they are: the same values, to the letter, as by way of objects."""

import secrets
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column
from sqlalchemy import types as sql

from connectors import tables_copy, tables_fit
from connectors.tables_batch import Batch
from connectors.tables_database import Database
from connectors.tables_keyset import Span
from connectors.tables_row import exact
from connectors.tables_source import SourceTable
from connectors.tables_target import TargetTable
from exchange.ports import Endpoint
from exchange.records import Records

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str) | st.sampled_from(
    [
        "0",
        "-0",
        "-0.00",
        "00",
        "007",
        ".5",
        "5.",
        "+5",
        "1e5",
        "1.500",
        "1.005",
        "12345678901",
        "-99.99",
        "100",
        "1_0",
        "١",
        "1\n2",
        "\n",
    ]
)
DAYS = st.dates().map(str) | st.sampled_from(
    ["2026-13-01", "2026-02-30", "0000-00-00", "20260105", "2026-1-5", "2026-01-05\n", "infinity"]
)
MOMENTS = st.datetimes().map(datetime.isoformat) | st.sampled_from(
    [
        "2026-01-05 08:00:00",
        "2026-01-05T08:00:00.000000",
        "2026-01-05T08:00:00.5",
        "2026-01-05T08:00:00Z",
        "2026-01-05T08:00:00+08:00",
        "2026-01-05T24:00:00",
        "2026-01-05T08:00",
    ]
)
KINDS = {
    "wide": (sql.Numeric(), NUMBERS),
    "money": (sql.Numeric(14, 2), NUMBERS),
    "whole": (sql.Numeric(3, 0), NUMBERS),
    "below one": (sql.Numeric(2, 2), NUMBERS),
    "day": (sql.Date(), DAYS),
    "moment": (sql.DateTime(), MOMENTS),
}


@pytest.mark.parametrize("kind", KINDS)
@given(st.data())
def test_what_fits_as_a_text_is_what_fits_as_a_value(kind, data):
    column, texts = Column("a", KINDS[kind][0]), KINDS[kind][1]
    values = data.draw(st.lists(st.none() | texts | st.integers(-5, 5), min_size=1, max_size=6))
    records = Records(("a",), (values,))
    [ours], wrong = tables_fit.by_column([column], records, ["a"])
    [typed], as_values = tables_fit.by_column([column], records)
    assert list(ours) == [None if value is None else exact(value) for value in typed]
    assert {n: each.problems for n, each in wrong.items()} == {
        n: each.problems for n, each in as_values.items()
    }


TABLE = """CREATE TABLE {name} (id integer PRIMARY KEY, name text, code char(6), fee numeric(14,2), any_fee numeric,
    born date, seen timestamp, zoned timestamptz, ok boolean, big bigint)"""
COLUMNS = ("id", "name", "code", "fee", "any_fee", "born", "seen", "zoned", "ok", "big")
ROWS = [
    ("制表\t换行\n反斜\\杠\\N", "a", "10.50", "1E+3", "2020-02-29", "2026-01-05 08:00:00.5", True, 2**60),
    (None, None, None, None, None, None, None, None),
    ("\\.", "\\N", "-0.00", "NaN", "0001-01-01", "0001-01-01 00:00:00", False, -1),
    ("", "  x", "99999999999.99", "0.000000000000000000001", "9999-12-31", "9999-12-31 23:59:59.999999",
     True, 0),
    ("\r回车\x01\x7f", "é", "0", "-12345678901234567890.5", "1900-01-01", "2026-01-05 08:00:00.000001",
     None, None),
]  # fmt: skip


class Two:
    """Two tables of one server, and who reads and writes them."""

    def __init__(self, server):
        self.url = server.database(f"texts-{secrets.token_hex(4)}").replace("+psycopg", "")
        self.endpoint = Endpoint(f"127.0.0.1:{server.port}", "postgres", server.password)
        for name in ("source", "target", "other"):
            self.run(TABLE.format(name=name))

    def run(self, statement, rows=()):
        with psycopg.connect(self.url) as connection:
            cursor = connection.cursor()
            if rows:
                cursor.executemany(statement, rows)
                return []
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def database(self):
        told = {"driver": "postgresql", "database": self.url.rpartition("/")[2], "timeout_s": 30}
        return Database(told, self.endpoint)

    def source(self):
        found = SourceTable(self.database(), {"table": "source", "key": ["id"], "cursor": ""})
        found.choose(COLUMNS)
        return closing(found)

    def target(self, name):
        about = {"table": name, "key": ["id"], "columns": list(COLUMNS)}
        return closing(TargetTable(self.database(), about))

    def fill(self, rows):
        marks = ", ".join(["%s"] * len(COLUMNS))
        told = [(n, *row[:6], "2026-01-05 00:00+00", *row[6:]) for n, row in enumerate(rows)]
        self.run(f"INSERT INTO source VALUES ({marks})", told)


@pytest.fixture
def two(postgres):
    return Two(postgres)


def test_a_page_of_texts_says_what_a_page_of_values_says(two):
    two.fill(ROWS)
    with two.source() as source:
        texts, typed = source._of_texts(Span(), 9), source._typed(Span(), 9)
    assert texts.whole is not None
    assert list(texts) == list(typed)
    assert len(texts) == len(ROWS)


@pytest.mark.parametrize("born", ["infinity", "0044-03-15 BC", "12026-01-05"])
def test_a_day_that_no_record_holds_is_left_to_the_slower_way(two, born):
    two.fill([*ROWS, ("x", "x", "1", "1", born, None, None, None)])
    with two.source() as source:
        assert source._of_texts(Span(), 9) is None


def test_what_is_written_as_texts_is_what_is_written_as_values(two, monkeypatch):
    finite = [row for row in ROWS if row[3] != "NaN"]
    two.fill(finite)
    with two.source() as source:
        records = source.page(Span(), 9).whole
    for name in ("target", "other"):
        if name == "other":
            monkeypatch.setattr(tables_copy, "_lines", lambda rows: None)
            monkeypatch.setattr("connectors.tables_text.is_fitting", lambda *told: False)
        with two.target(name) as into:
            into.prepare()
            fitted = into.fit(records)
            assert not fitted.wrong
            rows = {fitted.keys[n]: row for n, row in fitted.rows.items()}
            assert into.apply(Batch(name, "1", "", "now", rows=rows)) == {}
            known = into.known(list(rows))
            assert all(into.is_same(row, known[key]) for key, row in rows.items())
            assert into.told(rows[0,]) == into.told(known[0,])
    assert two.run("TABLE target ORDER BY id") == two.run("TABLE other ORDER BY id")
    same = "SELECT s::text = t::text FROM source s JOIN target t USING (id)"
    assert two.run(same) == [(True,)] * len(finite)


def test_lines_are_what_the_server_reads_back(two):
    rows = [(n, text, None) for n, text in enumerate(["a", "b c", "", "中"])]
    assert tables_copy._lines([*rows, (9, "tab\t", "x")]) is None
    with two.target("target") as into, into._begin() as connection:
        table = into._chosen.table
        columns = [table.c.id, table.c.name, table.c.code]
        tables_copy.insert(connection, table, columns, rows)
    assert two.run("SELECT id, name, code FROM target ORDER BY id") == rows


def test_values_of_two_forms_are_compared_as_values(two):
    with two.target("target") as into:
        ours = (1, "a", "b", "1.50", "2", "2026-01-05", "2026-01-05T08:00:00", None, True, 1)
        told = (Decimal("1.5"), Decimal(2), date(2026, 1, 5), datetime(2026, 1, 5, 8))
        theirs = (1, "a", "b    ", *told, None, True, 1)
        assert into.is_same(ours, theirs)
        assert not into.is_same(ours, (*theirs[:3], Decimal("1.51"), *theirs[4:]))


def test_rows_put_aside_are_found_by_the_index(two):
    two.run("INSERT INTO target (id) SELECT generate_series(1, 5000)")
    with two.target("target") as into, into._begin() as connection:
        asked = "SELECT current_setting('enable_hashjoin'), current_setting('enable_mergejoin')"
        assert tuple(connection.exec_driver_sql(asked).one()) == ("off", "off")
    two.run("ALTER TABLE target DROP CONSTRAINT target_pkey")
    with two.target("target") as into, into._begin() as connection:
        assert connection.exec_driver_sql(asked).one()[0] == "on"
        assert len(into._chosen.columns) == len(COLUMNS)
