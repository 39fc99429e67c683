"""No personal data in the clear on the servers of production: PostgreSQL with its WAL and its dumps, the
broker, Airflow (G6).

Children full of planted texts go through all that ``make up`` starts. What a sender itself puts into a
queue in clear lies there in clear: that is the control of the look into the broker's files.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.clerk import Clerk
from sandbox.declarations import Broker
from sandbox.district import District
from sandbox.layout import SYSTEMS
from sandbox.postgres import Postgres
from sandbox.rabbitmq import RabbitMq
from tests.privacy.canaries import CANARIES, MOTHER, facts, form
from tests.privacy.scanner import Scanner, files_below
from tests.production.conftest import cases

pytestmark = [
    pytest.mark.guarantee("G6"),
    pytest.mark.airflow,
    pytest.mark.peer("production"),
    pytest.mark.timeout(1800),
]
IN_A_QUEUE, IN_A_TABLE = "X909777361", "X909777362"
NAMED = {"in a queue": IN_A_QUEUE, "in a table": IN_A_TABLE} | dict(CANARIES)


@dataclass
class Servers:
    """Of one folder, after the run."""

    folder: Path
    district: District
    postgres: Postgres
    broker: RabbitMq
    scanner: Scanner

    def dump(self, database: str, *words: str) -> bytes:
        address = self.postgres.url(database).replace("+psycopg", "")
        command = ["pg_dump", *words, f"--dbname={address}"]
        return subprocess.run(command, check=True, capture_output=True).stdout

    def cluster(self) -> list[Path]:
        """The databases of ours and the WAL, as they lie on the disk; templates are the server's own."""
        self.postgres.sql("CHECKPOINT")
        rows = "SELECT oid FROM pg_database WHERE datname IN ('zhida', 'airflow')"
        places = [f"base/{oid}" for oid in self.postgres.sql(rows).split()]
        return files_below(*(self.postgres.data / each for each in (*places, "pg_wal", "global")))


@pytest.fixture(scope="module")
def servers(folder: Path) -> Iterator[Servers]:
    district = District(folder, detached=True)
    district.prepare()
    postgres = Postgres(folder / "postgres")
    postgres._read_settings()
    broker = RabbitMq(folder / "rabbitmq")
    broker.prepare()
    clerk = Clerk(district.system("oa").address)
    reason = CANARIES["what the officer wrote"] + MOTHER
    district.system("police").fault("refuse", operation="csdj", times=1, reason=reason)
    for number, name in enumerate(("certificate", "second certificate", "third certificate"), 1):
        district.birth(facts(number, CANARIES[name]))
        clerk.fill_in(form(number, CANARIES[name]))
    _wait(folder, 3)
    yield Servers(folder, district, postgres, broker, Scanner(NAMED))


def _wait(folder: Path, count: int) -> None:
    end, found = time.monotonic() + 300, []
    while time.monotonic() < end:
        found = cases(folder)
        if len(found) == count and all(case["state"] != "open" for case in found):
            return
        time.sleep(1)
    raise AssertionError(found)


def test_the_systems_own_books_hold_what_was_planted(servers: Servers) -> None:
    """Else there would be nothing to leak."""
    books = [servers.district.directory / name / "books.sqlite" for name in SYSTEMS]
    found = set().union(*servers.scanner.find_in(books).values())
    assert {"child's name", "mother's number", "certificate", "third certificate"} <= found
    assert {case["state"] for case in cases(servers.folder)} == {"done", "partial"}


@pytest.mark.parametrize("database", ["zhida", "airflow"])
@pytest.mark.parametrize("kind", ["plain", "custom"])
def test_a_dump_holds_no_canary(servers: Servers, database: str, kind: str) -> None:
    data = servers.dump(database, f"--format={kind}")
    assert len(data) > 10_000
    assert servers.scanner.find(data) == set()


def test_the_cluster_its_wal_and_its_log_hold_no_canary(servers: Servers) -> None:
    files = servers.cluster()
    assert sum("pg_wal" in str(file) for file in files) >= 1
    log = servers.folder / "postgres" / "postgres.log"
    assert log.stat().st_size > 0
    assert servers.scanner.find_in([*files, log]) == {}


def test_airflow_its_logs_and_the_hub_s_own_files_hold_no_canary(servers: Servers) -> None:
    skipped = (*SYSTEMS, "postgres", "rabbitmq", "hospital")
    files = [
        file
        for file in files_below(servers.folder)
        if file.relative_to(servers.folder).parts[0] not in skipped
    ]
    assert any("log" in file.name for file in files)
    assert servers.scanner.find_in(files) == {}


def test_the_broker_holds_no_canary(servers: Servers) -> None:
    assert servers.scanner.find_in(files_below(servers.broker.folder)) == {}


def test_what_a_sender_leaves_in_a_queue_in_clear_is_found_there(servers: Servers) -> None:
    """The control of the look into the broker's files, and what nobody but the sender can change."""
    where = Broker("127.0.0.1", servers.broker.port, servers.broker.login, servers.broker.password)
    where.declare(form(7, IN_A_QUEUE))
    found: set[str] = set()
    end = time.monotonic() + 30
    while "in a queue" not in found and time.monotonic() < end:
        found = set().union(*servers.scanner.find_in(files_below(servers.broker.folder)).values())
    assert "in a queue" in found


def test_what_lies_in_a_table_in_clear_is_found_in_dump_pages_and_wal(servers: Servers) -> None:
    """The control of the look into PostgreSQL: last, for it leaves its row in the WAL."""
    servers.postgres.sql("CREATE TABLE careless (told text)", database="zhida")
    servers.postgres.sql(f"INSERT INTO careless VALUES ('{IN_A_TABLE}')", database="zhida")
    for kind in ("plain", "custom"):
        data = servers.dump("zhida", f"--format={kind}", "--table=careless")
        assert servers.scanner.find(data) == {"in a table"}
    found = servers.scanner.find_in(servers.cluster())
    assert [names for path, names in found.items() if "pg_wal" in path] == [{"in a table"}]
    assert [names for path, names in found.items() if "base" in path] == [{"in a table"}]
