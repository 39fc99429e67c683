"""Rows that we write and look up, on SQLite: once, exactly, and told what is wrong."""

import json
import sqlite3

import jsonschema_rs
import pytest

from connectors import tables
from exchange.errors import Fatal, Invalid, Rejected, Retriable, Unknown
from exchange.ports import Endpoint

BIRTHS = "create table births (no varchar(20) primary key, name varchar(5) not null, st varchar(2), n integer)"
ROW = {"no": "01", "name": "张小直", "st": "0"}


class Place:
    def __init__(self, file):
        self.file, self.open = file, []

    def run(self, *statements):
        connection = sqlite3.connect(self.file)
        with connection:
            rows = [connection.execute(each).fetchall() for each in statements][-1]
        connection.close()
        return rows

    def wire(self, **about):
        told = {"driver": "sqlite", "database": str(self.file), "timeout_s": 1}
        told |= {"tables": {"出生": {"table": "births", "key": ["no"], **about}}}
        jsonschema_rs.validate(tables.CALL_OPTIONS, told)
        self.open.append(tables.open_connector(told, Endpoint("")))
        return self.open[-1]


@pytest.fixture
def place(tmp_path):
    found = Place(tmp_path / "front.db")
    found.run(BIRTHS)
    yield found
    for one in found.open:
        one.close()


def insert(wire, **row):
    return wire.call("insert 出生", {**ROW, **row}).value["outcome"]


def refused(wire, kind, operation="insert 出生", **row):
    with pytest.raises(kind) as raised:
        wire.call(operation, {**ROW, **row})
    assert "张小直" not in str(raised.value)
    return raised.value


@pytest.mark.guarantee("G1")
def test_a_row_is_written_once(place):
    wire = place.wire(theirs=["st"])
    assert [insert(wire), insert(wire)] == ["inserted", "same"]
    place.run("update births set st = '2', n = 5")  # the other side has worked on it
    assert insert(wire) == "same"
    assert place.run("select * from births") == [("01", "张小直", "2", 5)]


def test_another_row_with_the_same_key_is_refused(place):
    wire = place.wire()
    insert(wire)
    error = refused(wire, Rejected, name="张小达", st="1")
    assert (error.code, error.facts["column"]) == ("tables.duplicate", "name, st")
    place.run("create unique index u on births (name)")
    error = refused(wire, Rejected, no="02")
    assert (error.code, error.facts["column"], error.facts["reason"]) == (
        "tables.duplicate",
        "name",
        "key",
    )


def test_without_a_unique_key_one_looks_first(place):
    place.run("drop table births", BIRTHS.replace("primary key", ""))
    wire = place.wire()
    assert [insert(wire), insert(wire)] == ["inserted", "same"]
    assert refused(wire, Rejected, name="张小达").code == "tables.duplicate"
    assert place.run("select count(*) from births") == [(1,)]


def test_an_index_over_some_rows_forbids_no_second_row(place):
    partial = "create unique index u on births (no) where st = 'open'"
    place.run("drop table births", BIRTHS.replace("primary key", ""), partial)
    wire = place.wire()
    assert [insert(wire), insert(wire)] == ["inserted", "same"]
    assert place.run("select count(*) from births") == [(1,)]


def test_what_the_server_changes_is_not_kept(place):
    place.run(
        "create trigger t after insert on births begin"
        " update births set name = 'X', st = '9' where no = new.no; end"
    )
    error = refused(place.wire(theirs=["st"]), Rejected)
    assert (error.code, error.facts["columns"]) == ("tables.changed", "name")
    assert place.run("select count(*) from births") == [(0,)]
    assert insert(place.wire(theirs=["st", "name"])) == "inserted"


def test_a_row_that_cannot_be_is_told(place):
    wire = place.wire()
    assert refused(wire, Invalid, name="张小直张小直").code == "tables.does-not-fit"
    assert refused(wire, Invalid, no=None).code == "tables.no-key"
    error = refused(wire, Rejected, name=None)
    assert (error.code, error.facts["column"]) == ("tables.not-null", "name")
    error = refused(wire, Fatal, nmae="x")
    assert (error.code, error.facts["nearest"]) == ("tables.no-column", "name")
    with pytest.raises(Invalid, match=r"tables\.body"):
        wire.call("insert 出生", [ROW])
    place.run("drop table births", BIRTHS.replace("n integer", "n integer check (n > 0)"))
    assert refused(place.wire(), Rejected, n=0).code == "tables.constraint"
    assert refused(place.wire(table="brths"), Fatal).facts["nearest"] == "births"
    assert refused(place.wire(theirs=["sst"]), Fatal).code == "tables.no-column"
    assert refused(place.wire(), Fatal, "insert 出院").facts["nearest"] == "insert 出生"
    assert refused(place.wire(), Fatal, "delete 出生").code == "wire.no-operation"


def test_rows_are_looked_up_exactly(place):
    place.run(
        "drop table births", BIRTHS.replace("varchar(5)", "varchar(5) collate nocase"),
        "insert into births values ('01', 'a', '0', 1), ('02', 'A', '0', 1), ('03', 'b', '0', null)",
    )  # fmt: skip
    wire = place.wire(columns=["no", "n"])
    reply = wire.call("select 出生", {"name": "a"})
    assert reply.value == [{"no": "01", "n": 1}]
    assert json.loads(reply.raw) == reply.value
    assert [row["no"] for row in wire.call("select 出生", {"st": "0"}).value] == ["01", "02", "03"]
    assert wire.call("select 出生", {"no": "09"}).value == []
    with pytest.raises(Rejected) as raised:
        place.wire(most=2).call("select 出生", {"st": "0"})
    assert (raised.value.code, raised.value.facts["limit"]) == ("tables.too-many", 2)


@pytest.mark.guarantee("G10")
def test_a_value_with_sql_in_it_is_only_a_value(place):
    wire = place.wire()
    insert(wire, no="' or 1=1 --")
    assert wire.call("select 出生", {"no": "' or ''='"}).value == []
    assert len(wire.call("select 出生", {"no": "' or 1=1 --"}).value) == 1


def test_a_locked_database_is_tried_again(place, monkeypatch):
    wire = place.wire()
    insert(wire)
    connection = sqlite3.connect(place.file, isolation_level=None)
    connection.execute("begin exclusive")
    try:
        assert refused(wire, Retriable, no="02").code == "tables.unavailable"
    finally:
        connection.close()
    assert insert(wire, no="02") == "inserted"


@pytest.mark.guarantee("G1")
@pytest.mark.parametrize("key", ["primary key", ""])
def test_a_commit_without_an_answer_is_unknown_whatever_the_keys(place, monkeypatch, key):
    place.run("drop table births", BIRTHS.replace("primary key", key))
    wire = place.wire()
    dialect = wire._database._engine.dialect
    commit = dialect.do_commit

    def lost(connection):
        commit(connection)
        raise sqlite3.OperationalError("the server has closed the connection")

    monkeypatch.setattr(dialect, "do_commit", lost)
    assert refused(wire, Unknown).code == "tables.uncertain"
    assert place.run("select no from births") == [("01",)], "whoever reads it may take it away"
