"""What is taken for one SELECT, and what is not: by sqlite's own parser as a second opinion."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import tables_select

GOOD = (
    "SELECT a FROM t",
    "select a, count(*) as n from t where b like '%;--%' group by a",
    'SELECT "for", "limit" FROM t',
    "SELECT a FROM (SELECT a FROM t WHERE b = 'it''s') x",
    "SELECT a::text FROM t WHERE b BETWEEN 1 AND 2.5",
    "SELECT 企业名称 FROM 登记 WHERE 状态 = '在册'",
)
PIECES = (
    *(
        "SELECT a FROM t",
        ")",
        "(",
        ";",
        "--",
        "/*",
        "*/",
        "'",
        '"',
        "`",
        " DROP TABLE t ",
        "\\",
        "#",
        "\n",
    ),
    *(
        " WHERE b = ",
        "1",
        "'x'",
        " UNION SELECT b FROM t",
        " AS q",
        " INTO t ",
        "?",
        ":a",
        "@a",
        "$1",
    ),
)


@pytest.mark.parametrize("query", GOOD)
def test_plain_ones_are_taken(query: str) -> None:
    assert tables_select.wrong(query) == ""


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=7).map("".join))
def test_what_is_taken_can_neither_leave_its_brackets_nor_end_early(query: str) -> None:
    """Put in brackets between two marks, whatever is taken is one statement with both marks, or none."""
    if tables_select.wrong(query):
        return
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE t (a, b)")
        connection.execute("INSERT INTO t VALUES (1, 'x')")
        try:
            told = connection.execute(
                f"SELECT 'mark', q.* FROM (SELECT 1) LEFT JOIN ({query}) AS q ON 1"
            )
        except sqlite3.Error:
            pass
        else:
            assert all(row[0] == "mark" for row in told)
        assert connection.execute("SELECT COUNT(*) FROM t").fetchone() == (1,)
