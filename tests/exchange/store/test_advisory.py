"""Liveness locks on PostgreSQL: freed by death, kept through SIGSTOP, lost with the session."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from exchange import owner
from exchange.errors import Retriable
from exchange.store.advisory import AdvisoryLocks
from exchange.store.engine import Store
from sandbox.postgres import Postgres

pytestmark = pytest.mark.usefixtures("database")
HOLDER = """
import sys
from exchange.store.advisory import AdvisoryLocks
from exchange.store.engine import Store
with AdvisoryLocks(Store(sys.argv[1])).hold("k") as owned:
    print(owned, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def database(on_postgres: Any) -> Iterator[Any]:
    """No other kind here."""
    yield on_postgres
    on_postgres.give_back()


@pytest.fixture
def locks(store: Store) -> Iterator[AdvisoryLocks]:
    made = AdvisoryLocks(store)
    yield made
    made.close()


@pytest.fixture
def others(store_url: str) -> Iterator[AdvisoryLocks]:
    """Another worker's."""
    store = Store(store_url)
    made = AdvisoryLocks(store)
    yield made
    made.close()
    store.close()


@pytest.fixture
def holder(store_url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds ``k``."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", HOLDER, store_url], **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout.readline() == "True\n"
        yield process
        process.kill()


def cut(store: Store, postgres: Postgres) -> None:
    """Every session of this database but the one that does it."""
    with store.write() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


def held(locks: AdvisoryLocks, key: str = "k") -> bool:
    with locks.hold(key) as owned:
        return owned


def test_one_holder_at_a_time(locks: AdvisoryLocks, others: AdvisoryLocks) -> None:
    with locks.hold("k") as owned:
        assert owned
        assert not held(others)
        assert held(others, "another key")
    assert held(others)


def test_threads_of_one_process_exclude_one_another(locks: AdvisoryLocks) -> None:
    with locks.hold("k") as owned:
        assert owned
        assert not held(locks)
    assert held(locks)


@pytest.mark.guarantee("G2")
def test_a_stopped_holder_keeps_it_and_a_killed_one_loses_it(
    locks: AdvisoryLocks, holder: subprocess.Popen[str]
) -> None:
    os.kill(holder.pid, signal.SIGSTOP)
    assert not held(locks)
    name = owner.name(holder.pid)
    assert not locks.proves_death(name)
    holder.kill()
    holder.wait()
    while not held(locks):
        """The server has to notice that the connection is closed."""
    assert locks.proves_death(name)


def test_a_broken_session_is_replaced_and_what_is_held_taken_again(
    locks: AdvisoryLocks, others: AdvisoryLocks, store: Store, postgres: Postgres
) -> None:
    with locks.hold("k") as owned:
        assert owned
        cut(store, postgres)
        assert held(locks, "another")
        assert not held(others)
    assert held(others)


def test_getting_the_lock_of_one_that_lives_proves_nothing(
    locks: AdvisoryLocks, holder: subprocess.Popen[str], store: Store, postgres: Postgres
) -> None:
    cut(store, postgres)
    assert held(locks)
    assert not locks.proves_death(owner.name(holder.pid))


def test_what_a_thread_of_ours_has_left_is_over(locks: AdvisoryLocks) -> None:
    assert locks.proves_death(locks.owner)


def test_without_a_server_nothing_is_owned() -> None:
    store = Store("postgresql+psycopg://nobody:x@127.0.0.1:1/none")
    with pytest.raises(Retriable), AdvisoryLocks(store).hold("k"):
        raise AssertionError("not reached")
    store.close()
