"""Front-end tables on real servers: PostgreSQL, and MariaDB with a table in GBK."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pymysql
import pytest

from connectors import tables
from connectors.tables_status import Claims
from exchange.errors import Fatal, Retriable
from exchange.ports import Endpoint

NOW = datetime(2026, 1, 8, 4, 0, tzinfo=UTC)
ABOUT = {
    "table": "出生",
    "key": ["编号"],
    "status": "st",
    "claimed_by": "who",
    "claimed_at": "since",
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


@pytest.fixture(scope="module")
def postgres(free_port):
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
def mariadb(free_port):
    if shutil.which("mariadbd") is None:
        pytest.fail("MariaDB is missing: apt-get install mariadb-server")
    place, port = Path(tempfile.mkdtemp(prefix="zhida-maria-")), free_port()
    shutil.chown(place, "mysql")
    common = ["--no-defaults", f"--datadir={place}/data", "--user=mysql"]
    install = ["mariadb-install-db", *common, "--auth-root-authentication-method=normal"]
    subprocess.run([*install, "--skip-test-db"], check=True, capture_output=True)
    files = [f"--socket={place}/sock", f"--pid-file={place}/pid"]
    command = ["mariadbd", *common, *files, f"--port={port}", "--bind-address=127.0.0.1"]
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
