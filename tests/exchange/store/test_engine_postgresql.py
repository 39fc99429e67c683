"""What a store on PostgreSQL promises beyond what every store does (G1)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import text

from exchange.errors import Fatal, Retriable
from exchange.store import document_rows, schema
from exchange.store.engine import Store
from sandbox.postgres import Postgres

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def database(on_postgres: Any) -> Iterator[Any]:
    """No other kind here."""
    yield on_postgres
    on_postgres.give_back()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Postgres]:
    """A server of one's own, to be killed."""
    with Postgres(tmp_path / "pg", durable=False) as found:
        yield found


def remember(store: Store, key: str) -> None:
    with store.write() as connection:
        document_rows.remember(connection, "s", key, content="x", document="", first_at="")


def ask(store: Store, question: str) -> object:
    with store.read() as connection:
        return connection.execute(text(question)).scalar()


def test_a_commit_is_on_the_disk_whatever_the_cluster_says(store: Store) -> None:
    name = ask(store, "SELECT current_database()")
    with store.write() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
    another = Store(store.engine.url.render_as_string(hide_password=False))
    assert ask(another, "SHOW synchronous_commit") == "on"
    another.close()


def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(Fatal), store.read() as connection:
        document_rows.remember(connection, "s", "k", content="x", document="", first_at="")


def test_writers_work_side_by_side(store: Store) -> None:
    with store.write() as connection:
        document_rows.remember(connection, "s", "a", content="x", document="", first_at="")
        remember(store, "b")
    assert ask(store, "SELECT count(*) FROM inbox") == 2


def test_whoever_inserts_the_same_thing_later_is_told_to_look_again(store: Store) -> None:
    remember(store, "k")
    with pytest.raises(Retriable) as refused:
        remember(store, "k")
    assert (refused.value.code, refused.value.facts) == ("store.conflict", {})


def test_a_writer_that_waits_too_long_gives_up(store: Store, store_url: str) -> None:
    remember(store, "k")
    touch = text("UPDATE inbox SET content = 'y'")
    impatient = Store(store_url, patience=0.1)
    with store.write() as connection:
        connection.execute(touch)
        with pytest.raises(Retriable) as refused, impatient.write() as other:
            other.execute(touch)
    assert refused.value.facts == {"reason": "LockNotAvailable"}
    impatient.close()


def test_two_that_wait_for_each_other_are_told_apart(store: Store) -> None:
    remember(store, "a")
    remember(store, "b")
    both, codes = Barrier(2), []

    def work(first: str, second: str) -> None:
        try:
            with store.write() as connection:
                for key in (first, second):
                    connection.execute(text(f"UPDATE inbox SET content='y' WHERE key='{key}'"))
                    if key == first:
                        both.wait()
        except Retriable as error:
            codes.append(error.code)

    threads = [Thread(target=work, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == ["store.deadlock"]


def test_a_store_without_tables_says_so(postgres: Postgres) -> None:
    empty = Store(postgres.database("no-tables"))
    with pytest.raises(Fatal) as refused:
        remember(empty, "k")
    assert refused.value.code == "store.not-initialised"
    empty.close()
    postgres.drop("no-tables")


def test_a_wrong_password_and_a_closed_port_pass_when_mended(postgres: Postgres) -> None:
    url = postgres.url("postgres")
    for wrong in (url.replace(postgres.password, "no"), url.replace(str(postgres.port), "1")):
        away = Store(wrong)
        with pytest.raises(Retriable) as refused:
            remember(away, "k")
        assert refused.value.facts == {"reason": "OperationalError"}
        assert postgres.password not in str(refused.value)
        away.close()


@pytest.mark.guarantee("G1")
def test_a_killed_server_is_retriable_and_what_was_committed_is_there(server: Postgres) -> None:
    store = Store(server.database("killed"))
    schema.upgrade(store)
    remember(store, "before")
    with pytest.raises(Retriable), store.write() as connection:
        document_rows.remember(connection, "s", "lost", content="", document="", first_at="")
        server.kill()
        while True:  # a backend outlives its postmaster for a moment
            connection.execute(text("SELECT 1"))
    with pytest.raises(Retriable):
        remember(store, "down")
    server.start()
    remember(store, "after")
    with store.read() as connection:
        keys = connection.execute(text("SELECT key FROM inbox ORDER BY key")).scalars().all()
    assert keys == ["after", "before"]
    store.close()
