"""A real PostgreSQL is asked step by step; its rows stay as they are."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.checks import check
from exchange.ports import Endpoint
from tests.connectors.test_tables_servers import mariadb  # noqa: F401  (a fixture)

TABLE = {"births": {"table": "出生", "key": ["编号"], "status": "st"}}


@pytest.fixture(scope="module")
def front(postgres):
    postgres.database("front")
    for statement in (
        "CREATE ROLE hub LOGIN PASSWORD 'test-only'",
        "CREATE ROLE reader LOGIN PASSWORD 'test-only'",
        'CREATE TABLE "出生" ("编号" bigint PRIMARY KEY, st varchar(2))',
        """INSERT INTO "出生" VALUES (1, '0')""",
        "CREATE TABLE log (n int)",
        (
            "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
            " 'BEGIN INSERT INTO log VALUES (1); RETURN NULL; END'"
        ),
        'CREATE TRIGGER noted AFTER UPDATE ON "出生" FOR EACH STATEMENT EXECUTE FUNCTION note()',
        'GRANT SELECT, UPDATE ON "出生" TO hub',
        'GRANT SELECT ON "出生" TO reader',
    ):
        postgres.sql(statement, database="front")
    yield postgres
    postgres.drop("front")
    postgres.sql("DROP ROLE hub")
    postgres.sql("DROP ROLE reader")


def steps(server, *, login="hub", password="test-only", ahead_s=0, port=0, **more):
    options = {"driver": "postgresql", "database": "front", "tables": TABLE} | more
    endpoint = Endpoint(
        f"127.0.0.1:{port or server.port}",
        login,
        password,
        clock=lambda: datetime.now(UTC) + timedelta(seconds=ahead_s),
    )
    return {step.name: step for step in check("tables", options, endpoint)}


def codes(found):
    return {name: step.code or step.state for name, step in found.items()}


def test_all_is_well(front):
    found = steps(front)
    assert codes(found) == {
        "dns": "open", "tcp": "good", "tls": "open", "login": "good",
        "permission": "good", "clock": "good", "encoding": "good",
    }  # fmt: skip
    assert found["encoding"].note == "UTF8"
    assert front.sql('SELECT * FROM "出生"', database="front").split() == ["1|0"]
    assert front.sql("SELECT count(*) FROM log", database="front").split() == ["0"]


def test_a_wrong_password(front):
    found = codes(steps(front, password="wrong"))
    assert (found["login"], found["permission"]) == ("tables.refused", "open")


def test_a_database_that_is_not_there(front):
    assert codes(steps(front, database="nowhere"))["login"] == "tables.refused"


def test_who_may_read_but_not_mark(front):
    found = codes(steps(front, login="reader"))
    assert (found["login"], found["permission"], found["clock"]) == (
        "good",
        "tables.refused",
        "good",
    )
    behind = {"births": {"table": "出生", "key": ["编号"], "mark": "编号"}}
    assert codes(steps(front, login="reader", tables=behind))["permission"] == "good"


def test_a_table_and_a_column_that_are_not_there(front):
    wrong = {"births": {**TABLE["births"], "table": "出生表"}}
    assert steps(front, tables=wrong)["permission"].facts["nearest"] == "出生"
    wrong = {"births": {**TABLE["births"], "status": "state"}}
    assert codes(steps(front, tables=wrong))["permission"] == "tables.no-column"


@pytest.mark.parametrize("ahead_s", [-120, 120])
def test_a_clock_that_is_wrong(front, ahead_s):
    step = steps(front, ahead_s=ahead_s)["clock"]
    assert step.code == "wire.clock-skew"
    assert str(step.facts["seconds"]).startswith("+" if ahead_s < 0 else "-")


def test_an_encoding_in_which_chinese_is_damaged(front):
    front.sql(
        "CREATE DATABASE old TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"
    )
    found = steps(front, database="old", tables={})
    front.drop("old")
    assert (found["encoding"].code, found["permission"].state) == ("tables.encoding", "open")


def test_nobody_listens(front, free_port):
    found = codes(steps(front, port=free_port()))
    assert (found["tcp"], found["login"]) == ("wire.refused", "open")


def test_a_database_in_a_file_needs_no_network(tmp_path):
    file = tmp_path / "front.db"
    file.touch()
    options = {"driver": "sqlite", "database": str(file), "tables": {}}
    found = codes({s.name: s for s in check("tables", options, Endpoint(""))})
    assert {found[name] for name in ("dns", "tcp", "tls", "clock", "encoding")} == {"open"}
    assert found["login"] == "good"


def test_mariadb_with_a_database_in_gbk(mariadb):  # noqa: F811
    mariadb.run(
        "drop table if exists 申请", "create table 申请 (no bigint primary key, st varchar(2))"
    )
    options = {"driver": "mysql", "database": "front"}
    options["tables"] = {"apply": {"table": "申请", "key": ["no"], "status": "st"}}
    endpoint = Endpoint(f"127.0.0.1:{mariadb.port}", "hub", "secret")
    found = {step.name: step for step in check("tables", options, endpoint)}
    assert [found[name].state for name in ("tcp", "login", "permission", "clock")] == ["good"] * 4
    assert "生僻字" in found["encoding"].note
    refused = Endpoint(f"127.0.0.1:{mariadb.port}", "hub", "wrong")
    found = {step.name: step for step in check("tables", options, refused)}
    assert found["login"].code == "tables.refused"
