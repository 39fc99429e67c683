"""A query as the source: what it gives is read like a table; what is no plain SELECT is refused."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.errors import Fatal, Forbidden, Rejected
from tests.zhida.syncs.conftest import Town, both, counted, firm
from zhida import site, sync_check, sync_file

QUERY = """SELECT f."CODE", UPPER(f."NAME") AS "NAME", f."CAPITAL", f."SINCE", f."MTIME" FROM firm f
    JOIN kept k ON k.code = f."CODE" WHERE k.why LIKE '%:在册%' AND f."CODE" <> 'x;--'"""


def lay(town: Town, query: str = QUERY, **changes: Any) -> None:
    town.registry.run("CREATE TABLE kept (code VARCHAR(18), why VARCHAR(20))")
    town.sync(source={"system": "registry", "query": query}, **changes)


def keep(town: Town, *numbers: int) -> None:
    town.registry.put("kept", *((firm(n)[0], "甲:在册") for n in numbers))


@both
def test_what_it_gives_is_read_as_a_table_is(town: Town) -> None:
    lay(town)
    town.registry.put("firm", *(firm(n, name=f"a{n}") for n in range(20)))
    keep(town, *range(16))
    assert town.counts() == counted(read=16, applied=16)
    assert town.front.rows("firm_in")[3] == (
        "9132000003",
        "A3",
        "10000.50",
        "2020-01-05",
        "2026-01-04 00:03:00",
    )
    keep(town, 18)
    assert town.counts().applied == 1
    town.registry.put("firm", firm(30))
    keep(town, 30, 30)
    found = town.counts()
    assert (found.applied, found.quarantined) == (0, 2)  # twice, by the join


@both
def test_a_snapshot_of_it_finds_what_is_gone(town: Town) -> None:
    lay(town, mode="snapshot", stop={"drop": 50})
    town.registry.put("firm", *(firm(n) for n in range(10)))
    keep(town, *range(10))
    town.run()
    town.registry.run("DELETE FROM kept WHERE code = '9132000004'")
    assert town.counts() == counted(read=9, unchanged=9, gone=1, deleted=1)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("DELETE FROM firm", "DELETE"),
        ('SELECT * FROM firm; DROP TABLE firm', ";"),
        ('SELECT * FROM firm) AS q; SELECT (1', ")"),
        ('SELECT * FROM firm -- all', "--"),
        ('SELECT /* x */ * FROM firm', "/*"),
        ('SELECT * FROM firm WHERE "CODE" = :code', ":"),
        ('SELECT * FROM firm WHERE "CODE" = ?', "?"),
        ("SELECT * FROM firm WHERE \"CODE\" = 'a\\' OR 1=1'", "\\"),
        ('SELECT * INTO other FROM firm', "INTO"),
        ('SELECT * FROM firm FOR UPDATE', "FOR"),
        ('SELECT * FROM firm LIMIT 5', "LIMIT"),
        ('WITH x AS (DELETE FROM firm RETURNING *) SELECT * FROM x', "WITH"),
        ("SELECT", "SELECT"),
    ],
)  # fmt: skip
def test_what_is_no_plain_select_is_refused(town: Town, query: str, found: str) -> None:
    town.registry.put("firm", firm(1))
    lay(town, query)
    with pytest.raises(Fatal, match=r"tables\.query ") as told:
        town.run()
    assert str(told.value.facts["found"]).startswith(found)
    syncs = sync_file.load_all(town.site)
    wrong = sync_check.mistakes(site.load(town.site), syncs, syncs["firms"], town.now.date())
    assert [each.code for each in wrong] == ["tables.query"]
    assert len(town.registry.rows("firm")) == 1


@pytest.mark.parametrize("town", ["postgresql"], indirect=True)
def test_a_function_that_writes_can_t(town: Town) -> None:
    town.registry.run(
        "CREATE FUNCTION sneak() RETURNS TIMESTAMP LANGUAGE plpgsql AS"
        " $$ BEGIN DELETE FROM firm; RETURN now(); END $$"
    )
    town.registry.put("firm", firm(1))
    lay(town, 'SELECT "CODE", "NAME", sneak() AS "MTIME" FROM firm')
    with pytest.raises(Fatal, match=r"tables\.broken"):
        town.run()
    assert len(town.registry.rows("firm")) == 1


@both
def test_a_mistake_in_it_is_told_in_the_server_s_words(town: Town) -> None:
    lay(town, 'SELECT "CODE", "NAMEN" FROM nowhere')
    with pytest.raises(Fatal, match=r"tables\.query-broken .*nowhere"):
        town.run()


@pytest.mark.parametrize("town", ["postgresql"], indirect=True)
def test_columns_of_one_name_are_refused(town: Town) -> None:
    """SQLite gives the second another name by itself, which no agreement has."""
    lay(town, 'SELECT "CODE", "NAME" AS "CODE" FROM firm')
    with pytest.raises(Fatal, match=r"tables\.query-columns .*CODE"):
        town.run()


def test_its_columns_are_agreed_on_and_a_contract_like_any(town: Town) -> None:
    lay(town)
    town.registry.put("firm", firm(1))
    keep(town, 1)
    town.agree("/CODE", "/NAME")
    with pytest.raises(Forbidden, match=r"sync\.not-agreed"):
        town.run()
    town.agree()
    town.run()
    town.sync(
        source={
            "system": "registry",
            "query": QUERY.replace('"CODE", UPPER', '"CODE", k.why, UPPER'),
        }
    )
    with pytest.raises(Rejected, match=r"sync\.drift .*\+why"):
        town.run()
