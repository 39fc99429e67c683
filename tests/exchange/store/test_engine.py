"""Short transactions that are durable, exclusive for writers, and fail in our own words."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from exchange.errors import Fatal, Retriable
from exchange.store import document_rows
from exchange.store.engine import THREADS, Store, foreign_errors

STORES = ("sqlite", "postgresql")

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""What is SQLite's own; ``test_engine_postgresql`` tells the same of PostgreSQL."""


def pragma(store: Store, name: str) -> Any:
    with store.read() as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar()


def fill(store: Store, key: str, size: int = 0) -> None:
    with store.write() as connection:
        document_rows.remember(connection, "s", key, content="x" * size, document="", first_at="")


def count(store: Store) -> int:
    with store.read() as connection:
        return int(connection.execute(text("SELECT count(*) FROM inbox")).scalar_one())


@ON_SQLITE
def test_what_is_committed_survives_a_power_cut(store: Store) -> None:
    assert pragma(store, "journal_mode") == "wal"
    assert pragma(store, "synchronous") == 2  # FULL
    assert pragma(store, "busy_timeout") == 30_000


def test_an_error_rolls_everything_back(store: Store) -> None:
    with pytest.raises(KeyError), store.write() as connection:
        document_rows.remember(connection, "s", "k", content="", document="", first_at="")
        raise KeyError
    assert count(store) == 0


def test_a_reader_sees_one_state_while_another_writes(store: Store) -> None:
    with store.read() as reader:
        before = reader.execute(text("SELECT count(*) FROM inbox")).scalar()
        fill(store, "k")
        assert reader.execute(text("SELECT count(*) FROM inbox")).scalar() == before
    assert count(store) == 1


@ON_SQLITE
def test_a_writer_takes_its_place_at_the_beginning(store: Store) -> None:
    """No transaction begins as a reader and fails when it first writes."""
    impatient = Store(str(store.engine.url), patience=0.05)
    with store.write(), pytest.raises(Retriable) as refused, impatient.write():
        raise AssertionError("not reached")
    assert refused.value.facts == {"reason": "SQLITE_BUSY"}
    with impatient.write():
        pass
    impatient.close()


def test_writers_in_threads_wait_for_one_another(store: Store) -> None:
    threads = [threading.Thread(target=fill, args=(store, f"k{n}")) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(store) == 24


def test_every_worker_may_read_within_a_transaction_of_its_own(store: Store) -> None:
    """More workers than that is a mistake; it is told instead of standing still for ever."""
    inside = threading.Barrier(THREADS)
    errors: list[BaseException] = []

    def work() -> None:
        try:
            with store.read():
                inside.wait(20)
                with store.read() as inner:
                    inner.execute(text("SELECT 1"))
                    inside.wait(20)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


@ON_SQLITE
def test_a_used_up_pool_is_told_as_retriable(store: Store) -> None:
    impatient = Store(str(store.engine.url), patience=0.05)
    held = [impatient.engine.connect() for _ in range(2 * (THREADS + 1))]
    with pytest.raises(Retriable, match="every connection"), impatient.read():
        raise AssertionError("not reached")
    for connection in held:
        connection.close()
    impatient.close()


@ON_SQLITE
def test_a_full_disk_is_retriable_and_loses_nothing(store: Store) -> None:
    fill(store, "before")
    with store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    full = Store(str(store.engine.url))
    with full.engine.connect() as connection:  # the limit belongs to the connection: pool of one
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(Retriable) as refused:
        fill(full, "too much", 200_000)
    assert refused.value.facts == {"reason": "SQLITE_FULL"}
    assert count(full) == 1
    with full.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    fill(full, "again", 200_000)
    assert count(full) == 2
    full.close()


def test_a_store_without_tables_says_so(tmp_path: Path) -> None:
    empty = Store(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(Fatal) as refused:
        fill(empty, "k")
    assert refused.value.code == "store.not-initialised"
    empty.close()


def test_a_file_that_is_no_database_is_fatal(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"not a database at all" * 1000)
    broken = Store(f"sqlite:///{tmp_path / 'x.db'}")
    with pytest.raises(Fatal, match=r"store\.broken"), broken.read() as connection:
        connection.execute(text("SELECT 1 FROM sqlite_master"))
    broken.close()


def test_a_store_that_cannot_be_opened_is_retriable(tmp_path: Path) -> None:
    missing = Store(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    with pytest.raises(Retriable) as refused, missing.read():
        raise AssertionError("not reached")
    assert refused.value.facts == {"reason": "SQLITE_CANTOPEN"}
    missing.close()


@ON_SQLITE
def test_a_broken_rule_of_the_schema_is_fatal_and_tells_no_value(store: Store) -> None:
    fill(store, "张小直")
    with pytest.raises(Fatal) as refused:
        fill(store, "张小直")
    assert refused.value.facts == {"reason": "IntegrityError"}
    assert "张小直" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_our_own_errors_pass_unchanged() -> None:
    with pytest.raises(KeyError), foreign_errors():
        raise KeyError


def test_several_may_open_a_new_database_at_once(tmp_path: Path) -> None:
    errors: list[BaseException] = []
    start = threading.Barrier(6)

    def opens() -> None:
        start.wait(20)
        try:
            opened = Store(f"sqlite:///{tmp_path / 'new.db'}")
            with opened.write():
                pass
            opened.close()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=opens) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sqlite3.connect(tmp_path / "new.db").execute("PRAGMA journal_mode").fetchone() == (
        "wal",
    )
