"""Front-end tables on real servers: PostgreSQL, and MariaDB with a table in GBK."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pymysql
import pytest
from cryptography.hazmat.primitives import serialization

from connectors import tables
from connectors.tables_batch import Batch
from connectors.tables_database import Database
from connectors.tables_keyset import Span
from connectors.tables_source import SourceTable
from connectors.tables_status import Claims
from connectors.tables_target import TargetTable
from exchange.errors import Fatal, Rejected, Retriable, Unknown
from exchange.ports import Endpoint

NOW = datetime(2026, 1, 8, 4, 0, tzinfo=UTC)
ABOUT = {
    "table": "出生",
    "key": ["编号"],
    "status": "st",
    "claimed_by": "who",
    "claimed_at": "since",
}
PLAIN = {
    "postgresql": "postgresql+psycopg://127.0.0.1:{port}/front?sslmode=disable",
    "mysql": "mysql+pymysql://127.0.0.1:{port}/front?charset=utf8mb4&ssl_disabled=true",
}


class Server:
    """``run`` as its owner; ``feed`` as a bureau's login."""

    def __init__(self, driver, port, connect):
        self.driver, self.port, self.connect = driver, port, connect

    def run(self, *statements):
        with contextlib.closing(self.connect()) as connection:
            cursor = connection.cursor()
            for each in statements:
                cursor.execute(each)
            rows = cursor.fetchall() if cursor.description else []
            connection.commit()
        return rows

    def feed(self, about, *, password="secret", port=0, **more):
        told = {"driver": self.driver, "database": "front", "tables": {"births": about}, **more}
        endpoint = Endpoint(f"127.0.0.1:{port or self.port}", "hub", password, clock=lambda: NOW)
        return tables.open_feed(told, endpoint)

    def wire(self, *, port=0, user="hub", extra=None, **about):
        told = {"driver": self.driver, "database": "front", "timeout_s": 3}
        if port:  # in clear: who stands between reads what is sent
            told = {"url": PLAIN[self.driver].format(port=port), "timeout_s": 3}
        told |= {"tables": {"b": {"table": "b", "key": ["no"], **about}}}
        return tables.open_connector(
            told, Endpoint(f"127.0.0.1:{port or self.port}", user, "secret", extra or {})
        )


def wait_for(port, process):
    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert process.poll() is None
        time.sleep(0.1)
    pytest.fail("the server did not start")


def awake(told):
    """It listens a moment before it answers."""
    for _ in range(100):
        with contextlib.suppress(psycopg.OperationalError):
            return psycopg.connect(**told, dbname="postgres", autocommit=True)
        time.sleep(0.1)
    pytest.fail("PostgreSQL does not answer")


@contextlib.contextmanager
def serving(command, port, log):
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait(30)


def certificate(place, pki, user):
    """The server's files, with an open key that only it may read."""
    files = place / "server.pem", place / "server.key"
    key = serialization.load_pem_private_key(pki.server.key.read_bytes(), pki.password.encode())
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    files[0].write_bytes(pki.server.cert.read_bytes())
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
    files[1].chmod(0o600)
    for file in files:
        shutil.chown(file, user)
    return files


@pytest.fixture(scope="module")
def postgres(free_port, pki):
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not programs:
        pytest.fail("PostgreSQL is missing: apt-get install postgresql")
    place, port = Path(tempfile.mkdtemp(prefix="zhida-pg-")), free_port()
    shutil.chown(place, "postgres")
    become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    (place / "pw").write_text("owner")
    initdb = [programs[-1].with_name("initdb"), "-D", place / "data", "-U", "owner", "-A"]
    subprocess.run(
        [*become, *initdb, "scram-sha-256", "--pwfile", place / "pw", "-E", "UTF8", "--no-sync"],
        check=True, capture_output=True,
    )  # fmt: skip
    command = [*become, programs[-1], "-D", place / "data", "-p", str(port), "-k", place]
    cert, key = certificate(place, pki, "postgres")
    command += ["-c", "ssl=on", "-c", f"ssl_cert_file={cert}", "-c", f"ssl_key_file={key}"]
    told = {"host": "127.0.0.1", "port": port, "user": "owner", "password": "owner"}
    with serving(command, port, place.with_suffix(".log")):
        with awake(told) as connection:
            connection.execute("create database front")
            connection.execute("create role hub login password 'secret'")
        server = Server("postgresql", port, lambda: psycopg.connect(**told, dbname="front"))
        server.run(
            "grant all on schema public to hub",
            "alter default privileges grant all on tables to hub",
        )
        yield server
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def mariadb(free_port, pki):
    if shutil.which("mariadbd") is None:
        pytest.fail("MariaDB is missing: apt-get install mariadb-server")
    place, port = Path(tempfile.mkdtemp(prefix="zhida-maria-")), free_port()
    shutil.chown(place, "mysql")
    common = ["--no-defaults", f"--datadir={place}/data", "--user=mysql"]
    install = ["mariadb-install-db", *common, "--auth-root-authentication-method=normal"]
    subprocess.run([*install, "--skip-test-db"], check=True, capture_output=True)
    files = [f"--socket={place}/sock", f"--pid-file={place}/pid"]
    command = ["mariadbd", *common, *files, f"--port={port}", "--bind-address=127.0.0.1"]
    cert, key = certificate(place, pki, "mysql")
    command += [f"--ssl-cert={cert}", f"--ssl-key={key}"]
    told = {"unix_socket": f"{place}/sock", "user": "root", "charset": "utf8mb4"}
    with serving(command, port, place.with_suffix(".log")):
        server = Server("mysql", port, lambda: pymysql.connect(**told))
        server.run(
            "create database front character set gbk",
            "create user hub@'127.0.0.1' identified by 'secret'",
            "create user hub@localhost identified by 'secret'",
            "grant all on front.* to hub@'127.0.0.1'",
            "grant all on front.* to hub@localhost",
        )
        server.connect = lambda: pymysql.connect(**told, database="front")
        yield server
    shutil.rmtree(place)


@pytest.fixture(params=["postgres", "mariadb"])
def server(request):
    found = request.getfixturevalue(request.param)
    quote = '"' if found.driver == "postgresql" else "`"
    names = [f"{quote}{name}{quote}" for name in ("出生", "编号", "姓名")]
    when = "timestamp" if found.driver == "postgresql" else "datetime"
    found.run(
        f"drop table if exists {names[0]}",
        f"create table {names[0]} ({names[1]} bigint primary key, {names[2]} varchar(20),"
        f" fee decimal(12,2), born date, at {when}, st varchar(2), who varchar(20), since {when})",
        *(
            f"insert into {names[0]} values ({n}, '张小直{n}', 1234567890.10, '2026-01-05',"
            f" '2026-01-08 11:0{n}:00', '0', null, null)"
            for n in (1, 2, 3, 4)
        ),
    )
    found.table = names[0]
    return found


def numbers(parcels):
    return [json.loads(parcel.raw)["编号"] for parcel in parcels]


def test_a_row_arrives_exactly(server):
    births = server.feed({**ABOUT, "columns": ["编号", "姓名", "fee", "born", "at"]})
    (first,), _ = births.receive("births", "", limit=1)
    assert json.loads(first.raw) == {
        "编号": 1,
        "姓名": "张小直1",
        "fee": "1234567890.10",
        "born": "2026-01-05",
        "at": "2026-01-08T11:01:00",
    }
    births.close()


def test_two_claimants_at_once_never_get_the_same_row(server):
    one, other = (server.feed(ABOUT, claimant=name) for name in ("one", "other"))
    claims = Claims(one._choose("births"), one._about("births"), "one")
    with one._database.begin() as connection:  # it holds its rows while the other one claims
        found, _ = claims.claim(connection, 2, NOW, skip_locked=one._database.skips_locked)
        theirs, _ = other.receive("births", "", limit=9)
    assert (numbers(found), numbers(theirs)) == ([1, 2], [3, 4])
    other.settle("births", [parcel.key for parcel in theirs])
    assert [row[0] for row in server.run(f"select st from {server.table} order by 1")] == list(
        "1122"
    )
    one.close()
    other.close()


@pytest.mark.guarantee("G1")
def test_a_claim_cut_off_with_its_process_is_taken_again(server):
    pid = os.fork()
    if pid == 0:
        server.feed(ABOUT).receive("births", "", limit=9)
        os.kill(os.getpid(), 9)
    os.waitpid(pid, 0)
    births = server.feed(ABOUT)
    found, _ = births.receive("births", "", limit=9)
    assert numbers(found) == [1, 2, 3, 4]
    births.close()


def test_behind_a_cursor_rows_come_in_portions(server):
    about = {"table": "出生", "key": ["编号"], "mark": "at", "overlap": 600}
    births, cursor, got = server.feed(about), "", []
    for _ in range(3):
        found, cursor = births.receive("births", cursor, limit=2)
        got.append(numbers(found))
    assert got == [[1, 2], [3, 4], []]
    births.close()


def test_errors_of_a_server_are_ours(server, free_port):
    wrong = [
        (server.feed(ABOUT, password="wrong"), Fatal, "tables.refused"),
        (server.feed(ABOUT, port=free_port()), Retriable, "tables.unavailable"),
        (server.feed({**ABOUT, "table": "出声"}), Fatal, "tables.no-table"),
    ]
    for births, kind, code in wrong:
        with pytest.raises(kind) as raised:
            births.receive("births", "", limit=1)
        assert raised.value.code == code
        assert "secret" not in str(raised.value)
        births.close()


def test_a_connection_that_was_cut_is_made_again(server):
    births = server.feed(ABOUT)
    births.receive("births", "", limit=1)
    if server.driver == "postgresql":
        server.run("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'hub'")
    else:
        for (number,) in server.run(
            "select id from information_schema.processlist where user = 'hub'"
        ):
            server.run(f"kill {number}")
    assert numbers(births.receive("births", "", limit=1)[0]) == [1]
    births.close()


# --- rows that we write ---------------------------------------------------------------------------

BORN = "2026-01-05T07:30:00+08:00"
ROW = {"no": "01", "name": "张小直", "fee": "1234567890.10", "day": "2026-01-05", "at": BORN}


@pytest.fixture
def births(server):
    when = "timestamp" if server.driver == "postgresql" else "datetime"
    zoned = "timestamptz" if server.driver == "postgresql" else "timestamp null"
    server.run(
        "drop table if exists b",
        f"create table b (no varchar(20) primary key, name varchar(5), fee decimal(12,2), day date,"
        f" at {when}, zoned {zoned}, code char(4), n smallint, clock time)",
    )
    wires = []

    def opened(**more):
        wires.append(server.wire(**more))
        return wires[-1]

    server.opened = opened
    yield server
    for wire in wires:
        wire.close()


def insert(wire, **row):
    return wire.call("insert b", {**ROW, **row}).value["outcome"]


def refused(wire, **row):
    with pytest.raises(Rejected) as raised:
        insert(wire, **row)
    assert "张小直" not in str(raised.value)
    return raised.value


def test_a_row_is_written_once_and_exactly(births):
    wire = births.opened()
    row = {"zoned": BORN, "code": "a", "n": 7, "clock": "07:30:00"}
    assert [insert(wire, **row), insert(wire, **row)] == ["inserted", "same"]
    assert refused(wire, **row, fee="1234567890.11").facts["column"] == "fee"
    (found,) = wire.call("select b", {"fee": "1234567890.1", "at": BORN, "zoned": BORN}).value
    assert (found["fee"], found["day"], found["at"]) == (
        "1234567890.10",
        "2026-01-05",
        "2026-01-05T07:30:00",  # a column without a zone: China's
    )
    zoned = "2026-01-04T23:30:00+00:00" if births.driver == "postgresql" else "2026-01-05T07:30:00"
    assert (found["zoned"], found["code"].strip(), found["clock"]) == (zoned, "a", "07:30:00")
    server_time = births.run("select zoned from b")[0][0]
    if births.driver == "postgresql":
        assert server_time == datetime.fromisoformat(BORN)


def test_what_a_column_cannot_hold_is_refused_and_nothing_is_kept(births):
    wire = births.opened()
    for wrong in ({"fee": "0.001"}, {"name": "张小直张小直"}, {"day": "0000-00-00"}):
        assert refused(wire, **wrong).code == "tables.does-not-fit"
    error = refused(wire, n=40_000)
    assert (error.code, error.facts["reason"]) == ("tables.value-refused", "out of range")
    error = (
        refused(wire, at="2026-01-05T07:30:00.123456+08:00") if births.driver == "mysql" else None
    )
    assert error is None or error.facts["columns"] == "at"  # datetime without fractions
    assert births.run("select count(*) from b")[0][0] == 0


def test_constraints_and_triggers_say_why(births):
    births.run("alter table b add constraint small check (n < 100)")
    assert refused(births.opened(), n=100).code == "tables.constraint"
    if births.driver == "postgresql":
        births.run(
            "create or replace function no() returns trigger language plpgsql as"
            " $$ begin raise exception '户籍已注销'; end $$",
            "create trigger t before insert on b for each row execute function no()",
        )
    else:
        births.run(
            "create trigger t before insert on b for each row"
            " signal sqlstate '45000' set message_text = '户籍已注销'"
        )
    error = refused(births.opened())
    assert (error.code, error.reason) == ("tables.trigger", "户籍已注销")
    assert "户籍" not in str(error)


@pytest.mark.parametrize("charset", ["gbk", "utf8mb3"])
def test_a_character_that_a_table_of_mariadb_lacks_is_refused_by_column(mariadb, charset):
    mariadb.run(
        "drop table if exists b",
        f"create table b (no varchar(20) primary key, name varchar(9)) character set {charset}",
        "set global sql_mode = ''",  # a server that would cut it
    )
    wire = mariadb.wire()
    try:
        for name in ("张\U00020bb7三", "张三\U00020bb7"):
            with pytest.raises(Rejected) as raised:
                wire.call("insert b", {"no": "01", "name": name})
            assert raised.value.code == "tables.value-refused"
            assert raised.value.facts == {"table": "b", "column": "name", "reason": "character"}
        assert mariadb.run("select count(*) from b") == ((0,),)
        assert wire.call("insert b", {"no": "02", "name": "张·三"}).value == {"outcome": "inserted"}
        assert wire.call("select b", {"name": "张·三"}).value == [{"no": "02", "name": "张·三"}]
    finally:
        wire.close()
        mariadb.run("set global sql_mode = default")


def test_a_zero_date_of_mariadb_is_told_and_holds_up_no_other(mariadb):
    mariadb.run(
        "drop table if exists b",
        "create table b (no varchar(20) primary key, day date, at datetime, n int)",
        "set sql_mode = ''",
        "insert into b values ('01', '0000-00-00', '0000-00-00 00:00:00', 1),"
        " ('02', '2026-01-05', '2026-01-05 01:00:00', 2)",
    )
    births = mariadb.feed({"table": "b", "key": ["no"], "mark": "n", "overlap": 0})
    (bad, good), _ = births.receive("births", "", limit=9)
    told = [(problem.code, problem.facts["column"]) for problem in bad.error.problems]
    assert told == [("tables.zero-date", "at"), ("tables.zero-date", "day")]
    assert (good.error, json.loads(good.raw)["day"]) == (None, "2026-01-05")
    births.close()
    wire = mariadb.wire()
    with pytest.raises(Rejected, match=r"tables\.zero-date"):
        wire.call("select b", {"no": "01"})
    wire.close()


@pytest.fixture
def cut_at_commit(tcp_proxy):
    """Makes a way to a server; once ``armed``, the next commit goes through and has no answer."""

    class AtCommit(tcp_proxy.TcpProxy):
        armed = False

        def _requests(self, caller, peer):
            with contextlib.suppress(OSError):
                while data := caller.recv(65536):
                    if self.armed and b"COMMIT" in data:
                        self.armed, self.mode = False, tcp_proxy.Mode.RESET_BEFORE_ANSWER
                    peer.sendall(data)

    return AtCommit


@pytest.mark.guarantee("G1")
@pytest.mark.parametrize("unique", [True, False])
def test_an_insert_whose_answer_was_lost_is_made_up_for(births, cut_at_commit, unique):
    if not unique:
        births.run("drop table b", "create table b (no varchar(20), name varchar(5))")
    row = {"no": "01", "name": "张小直"}
    with cut_at_commit(("127.0.0.1", births.port)) as proxy:
        wire = births.opened(port=proxy.port)
        wire.call("insert b", {"no": "00"})
        proxy.answered.clear()
        proxy.armed = True
        with pytest.raises(Unknown, match=r"tables\.uncertain"):
            wire.call("insert b", row)
        assert proxy.answered.is_set()
        proxy.mode = "pass"
        assert len(wire.call("select b", {"no": "01"}).value) == 1
        assert wire.call("insert b", row).value == {"outcome": "same"}
    assert births.run("select count(*) from b")[0][0] == 2


@pytest.mark.guarantee("G1")
def test_many_at_once_write_one_row(births):
    wire, outcomes = births.opened(), []
    threads = [threading.Thread(target=lambda: outcomes.append(insert(wire))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["inserted"] + ["same"] * 11


def test_no_right_to_write_is_told(births):
    if births.driver == "postgresql":
        births.run("revoke insert on b from hub")
        with pytest.raises(Fatal, match=r"tables\.refused"):
            insert(births.opened())
    else:
        with pytest.raises(Fatal, match=r"tables\.refused"):
            insert(births.opened(user="stranger"))


def test_with_a_root_certificate_only_the_server_itself_gets_the_password(server, pki):
    server.run("drop table if exists b", "create table b (no varchar(9) primary key)")
    good = {"ca": str(pki.ca), "crl": str(pki.crl)}
    wire = server.wire(extra=good)
    wire.call("insert b", {"no": "1"})
    with wire._database.begin() as connection:
        told = connection.exec_driver_sql(
            "select ssl from pg_stat_ssl where pid = pg_backend_pid()"
            if server.driver == "postgresql"
            else "show session status like 'ssl_cipher'"
        ).one()
    assert told[-1]
    wire.close()
    for bad in ({"ca": str(pki.foreign_ca)}, {**good, "crl": str(pki.old_crl)}):
        with pytest.raises(Retriable, match=r"tables\.unavailable"):
            server.wire(extra=bad).call("insert b", {"no": "2"})
    assert len(server.run("select no from b")) == 1


def test_no_connection_left_to_read_the_indexes_by_is_tried_again(server):
    server.run("drop table if exists b", "create table b (no varchar(9) primary key)")
    wire = server.wire()
    chosen = wire._choose("b")
    wire._database._engine.pool._timeout = 0.1
    held = [wire._database._engine.connect() for _ in range(8)]
    try:
        with pytest.raises(Retriable, match=r"tables\.unavailable"):
            wire._database.unique(chosen)
    finally:
        for each in held:
            each.close()
        wire.close()


# --- whole batches: syncs ---------------------------------------------------------------------


def opened(server, table="出生", key=("编号",)):
    """The same table as what is read and as what is written."""
    told = {"driver": server.driver, "database": "front", "timeout_s": 5}
    endpoint = Endpoint(f"127.0.0.1:{server.port}", "hub", "secret", clock=lambda: NOW)
    about = {"table": table, "key": key, "cursor": (), "columns": ["编号", "姓名", "fee", "born"]}
    source = SourceTable(Database(told, endpoint), about)
    source.choose(about["columns"])
    target = TargetTable(Database(told, endpoint), about)
    return source, target


def test_a_batch_is_brought_about_once_and_its_wrong_rows_are_told(server):
    server.run("drop table if exists zhida_sync")
    source, target = opened(server)
    target.prepare()
    records = [each.record for each in source.page(Span(), 10)]
    assert records[0] == {
        "编号": 1,
        "姓名": "张小直1",
        "fee": "1234567890.10",
        "born": "2026-01-05",
    }
    records = [
        {**records[0], "姓名": "新名"},
        {**records[0], "编号": 9},
        {"编号": 10, "fee": "0.001"},
    ]
    fitted = target.fit(records)
    assert set(fitted.wrong) == {2}
    rows = {fitted.keys[n]: row for n, row in fitted.rows.items()}
    batch = Batch("a→b", "b1", "", "2026-01-05", rows=rows)
    assert target.apply(batch) == {}
    assert target.last("a→b") == "b1"
    with pytest.raises((Fatal, Rejected)):
        target.apply(batch)
    with pytest.raises(Fatal, match=r"tables\.place-moved"):
        target.apply(Batch("a→b", "b3", "b2", "2026-01-05", gone=[(1,)]))
    known = target.known([(1,), (9,), (77,)])
    assert all(target.is_same(rows[key], known[key]) for key in rows)
    assert (77,) not in known
    assert source.missing([(1,), (77,)]) == [(77,)]
    assert target.apply(Batch("a→b", "b2", "b1", "2026-01-05", gone=[(1,), (9,)])) == {}
    assert sorted(key for (key,) in target.keys((), 10)[0]) == [2, 3, 4]
    source.close()
    target.close()


def test_a_place_that_may_not_be_made_is_told_and_a_table_without_transactions(server):
    server.run("drop table if exists zhida_sync", "drop table if exists plain")
    if server.driver == "postgresql":
        source, target = opened(server)
        server.run("revoke create on schema public from hub, public")
        with pytest.raises(Fatal, match=r"tables\.no-place"):
            target.prepare()
        server.run("grant create on schema public to hub")
    else:
        server.run("create table plain engine=MyISAM as select * from 出生")
        source, target = opened(server, "plain")
        with pytest.raises(Fatal, match=r"tables\.no-rollback .*engine=MyISAM"):
            target.prepare()
    source.close()
    target.close()
