"""Columns as PostgreSQL's catalogue tells them; no row is read."""

import pytest

from connectors.discovery import discover
from exchange.errors import Fatal
from exchange.ports import Endpoint


@pytest.fixture(scope="module")
def front(postgres):
    postgres.database("found")
    for statement in (
        'CREATE TABLE "申请" ("编号" bigint PRIMARY KEY, "姓名" varchar(20) NOT NULL, fee numeric(12,2))',
        """COMMENT ON COLUMN "申请"."姓名" IS '申请人姓名'""",
        """INSERT INTO "申请" VALUES (1, '张示例', 1.5)""",
        'CREATE VIEW v AS SELECT "编号" FROM "申请"',
    ):
        postgres.sql(statement, database="found")
    yield postgres
    postgres.drop("found")


def found(server, wanted=""):
    options = {"driver": "postgresql", "database": "found"}
    endpoint = Endpoint(f"127.0.0.1:{server.port}", "postgres", server.password)
    return discover("tables", options, endpoint, wanted)


def test_tables_views_and_columns(front):
    told = {each.name: each.gives for each in found(front)}
    assert set(told) == {"申请", "v"}
    number, name, fee = told["申请"]
    assert (number.path, number.type, number.required) == ("编号", "BIGINT 主键", True)
    assert (name.type, name.required, name.title) == ("VARCHAR(20)", True, "申请人姓名")
    assert (fee.type, fee.required) == ("NUMERIC(12, 2)", False)
    assert "张示例" not in repr(told)


@pytest.mark.parametrize("wanted", ["申请", "public.申请"])
def test_one_table(front, wanted):
    [one] = found(front, wanted)
    assert one.name == wanted


def test_a_table_that_is_not_there(front):
    with pytest.raises(Fatal) as caught:
        found(front, "申请表")
    assert caught.value.facts["nearest"] == "申请"
