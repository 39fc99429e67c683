"""Values survive, or are told: what leaves a table arrives in the other as it was (G14)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.zhida.syncs.conftest import Town, both, counted

TABLE = """CREATE TABLE {name} (id {id} PRIMARY KEY, name VARCHAR(60), code CHAR(8), long NUMERIC(20,0),
    big BIGINT, fee NUMERIC(14,2), born DATE, seen TIMESTAMP, small SMALLINT)"""
WHEN = "2026-01-04 23:59:59"
ROWS: list[tuple[Any, ...]] = [
    ("𠮷野家", "00420000", "12345678901234567890", 2**60 + 1, "0.10", "2000-02-29", 7),
    ("制表\t换行\n反斜\\杠\\N", "Ａ１", "0", -(2**62), "-99999999.99", "1900-01-01", -1),
    ("", "  x", None, None, None, None, None),
    (
        "'; DROP TABLE x; --",
        '"',
        "99999999999999999999",
        9007199254740993,
        "1234567890.10",
        None,
        0,
    ),
    ("é vs e\u0301", "\\.", "42", 1, "7.00", "9999-12-31", 1),
]


def lay(town: Town, kind: str = "INTEGER") -> None:
    town.registry.run(TABLE.format(name="source", id=kind))
    town.front.run(TABLE.format(name="target", id=kind))
    rows = [
        (number, *row[:2], row[2], row[3], row[4], row[5], WHEN, row[6])
        for number, row in enumerate(ROWS, 1)
    ]
    town.registry.put("source", *rows)
    columns = ("id", "name", "code", "long", "big", "fee", "born", "seen", "small")
    town.agree(*(f"/{name}" for name in columns))
    place = {"system": "front", "table": "target"}
    town.sync(
        source={"system": "registry", "table": "source"},
        key=["id"],
        cursor={"column": "seen"},
        targets=[place],
    )


def told(town: Town, base: str, table: str) -> list[tuple[Any, ...]]:
    found = town.bases[base].run(f"SELECT * FROM {table} ORDER BY id")
    return [tuple(str(v).removesuffix(".000000") for v in row) for row in found]


@both
@pytest.mark.guarantee("G14")
def test_rare_values_arrive_as_they_left(town: Town) -> None:
    # SQLite's decimals are doubles: what they can't hold is another matter.
    plain = [row for row in ROWS if row[2] in (None, "0", "42")]
    exact = plain if town.kind == "sqlite" else ROWS
    lay(town)
    kept = {number for number, row in enumerate(ROWS, 1) if row in exact}
    town.registry.run(f"DELETE FROM source WHERE id NOT IN ({', '.join(map(str, kept))})")
    assert town.counts() == counted(read=len(kept), applied=len(kept))
    assert told(town, "front", "target") == told(town, "registry", "source")
    assert town.counts() == counted(read=len(kept), unchanged=len(kept))


@both
def test_a_number_that_the_target_s_column_can_t_hold_is_told(town: Town) -> None:
    lay(town)
    town.front.run("DROP TABLE target")
    narrow = TABLE.format(name="target", id="INTEGER").replace("NUMERIC(14,2)", "NUMERIC(4,2)")
    town.front.run(narrow)
    town.registry.run("DELETE FROM source WHERE id IN (1, 4)")
    found = town.counts()
    assert (found.read, found.applied, found.invalid) == (3, 2, 1)
    assert [row[0] for row in told(town, "front", "target")] == ["3", "5"]
