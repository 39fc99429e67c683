"""The migrations make exactly the tables that the code knows, all at once or not at all (G12)."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from exchange.errors import Fatal
from exchange.store import clock_rows, delivery_rows, schema
from exchange.store.engine import Store
from exchange.store.tables import metadata
from sandbox.postgres import Postgres


@pytest.fixture(autouse=True)
def every_migration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here new stores are made as in production, not copied."""
    monkeypatch.setattr(schema, "upgrade", schema.upgrade.__wrapped__)  # type: ignore[attr-defined]


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> Iterator[Store]:
    """A database without anything in it."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    if kind == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.database(f"empty-{secrets.token_hex(4)}")
    opened = Store(url)
    yield opened
    opened.close()


@pytest.fixture
def store(empty: Store) -> Store:
    """One to be spoilt: not of those that are emptied and used again."""
    schema.upgrade(empty)
    return empty


def tables(store: Store) -> set[str]:
    return set(inspect(store.engine).get_table_names())


def test_the_migrations_make_what_the_tables_say(store: Store) -> None:
    with store.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_table_that_no_migration_makes_would_be_noticed(store: Store) -> None:
    with store.write() as connection:
        connection.exec_driver_sql("DROP TABLE receipt")
    with store.read() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    assert "add_table" in {change[0] for change in found}


def test_upgrading_again_changes_nothing(store: Store) -> None:
    schema.upgrade(store)
    schema.require_current(store)


def test_a_new_database_must_be_initialised_first(empty: Store) -> None:
    with pytest.raises(Fatal) as refused:
        schema.require_current(empty)
    assert (refused.value.code, refused.value.facts["found"]) == ("store.schema", "-")
    schema.upgrade(empty)
    schema.require_current(empty)


def test_a_database_of_another_version_is_refused(store: Store) -> None:
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Fatal) as refused:
        schema.require_current(store)
    assert refused.value.facts["found"] == "9999"


def test_a_migration_that_fails_leaves_nothing(
    empty: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    create, made = Operations.create_table, []

    def fails_at_the_ninth(self: Operations, *args: object, **more: object) -> object:
        made.append(args)
        if len(made) == 9:
            raise KeyboardInterrupt
        return create(self, *args, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(Operations, "create_table", fails_at_the_ninth)
        with pytest.raises(KeyboardInterrupt):
            schema.upgrade(empty)
    assert tables(empty) == set()
    schema.upgrade(empty)
    schema.require_current(empty)


KILLED = """
import os, signal, sys
from alembic.operations import Operations
from exchange.store import clock_rows, delivery_rows, schema
from exchange.store.engine import Store
create, made = Operations.create_table, []
def killed_at_the_ninth(self, *args, **more):
    made.append(args)
    if len(made) == 9:
        os.kill(os.getpid(), signal.SIGKILL)
    return create(self, *args, **more)
Operations.create_table = killed_at_the_ninth
schema.upgrade(Store(sys.argv[1]))
"""


@pytest.mark.guarantee("G12")
def test_a_migration_killed_half_way_can_be_run_again(empty: Store) -> None:
    url = empty.engine.url.render_as_string(hide_password=False)
    done = subprocess.run([sys.executable, "-c", KILLED, url], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert tables(empty) == set()
    schema.upgrade(empty)
    schema.require_current(empty)
    assert set(metadata.tables) < tables(empty)


def test_processes_that_upgrade_at_once_do_it_once(empty: Store) -> None:
    program = "import sys; from exchange.store import schema; from exchange.store.engine import Store; schema.upgrade(Store(sys.argv[1]))"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, empty.engine.url.render_as_string(hide_password=False)],
            env=os.environ,
        )
        for _ in range(2)
    ]
    assert [process.wait(timeout=60) for process in started] == [0, 0]
    schema.require_current(empty)


def test_threads_may_look_at_the_version_at_once(store: Store) -> None:
    errors: list[BaseException] = []

    def look() -> None:
        try:
            schema.require_current(store)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_a_delivery_from_before_is_the_root_of_its_own_chain(empty: Store) -> None:
    """Else a correction of it would not wait for it (G3 after an upgrade, G12)."""
    with empty.write() as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    told = dict.fromkeys(("case", "item", "system", "operation", "content", "state"), "x")
    told |= {"effect": "e", "sent_at": "", "settled_at": "", "receipt": "", "attempts": 1}
    names, places = ", ".join(f'"{n}"' for n in told), ", ".join(f":{n}" for n in told)
    with empty.write() as connection:
        connection.execute(text(f"INSERT INTO delivery ({names}) VALUES ({places})"), told)
    schema.upgrade(empty)
    with empty.read() as connection:
        (row,) = delivery_rows.chain(connection, "e")
    assert (row.effect, row.state, row.owner, row.version) == ("e", "x", "", "")


def test_a_legal_period_that_ran_before_is_looked_at_after_an_upgrade(empty: Store) -> None:
    with empty.write() as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
    columns = ("case", "item", "matter", "state", "code", "facts", "effect", "due_at")
    names = ", ".join(f'"{n}"' for n in (*columns, "next_at", "updated_at"))
    for item, due in (("household", "2026-02-05"), ("reply", "")):
        told = [*"c", item, "newborn", "ready", "", "{}", "", due, "", ""]
        values = ", ".join(f"'{value}'" for value in told)
        with empty.write() as connection:
            connection.exec_driver_sql(f"INSERT INTO case_item ({names}) VALUES ({values})")
    schema.upgrade(empty)
    with empty.read() as connection:
        found = clock_rows.due(connection, "2026-01-01", 9)
    assert [(row.item, row.begins_on, row.told) for row in found] == [("household", "", "")]
