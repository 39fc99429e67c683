"""The store: behind, unreachable, read-only, and not durable, each really made so."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine, text

from exchange.store import health, schema
from exchange.store.engine import Store
from sandbox.postgres import USER, Postgres
from zhida import doctor_store


def looked(store: Store) -> dict[str, tuple[str, str]]:
    return {line.title: (line.state, line.code) for line in doctor_store.look(store)}


def made(folder: Path) -> Store:
    store = Store(f"sqlite:///{folder}/store.db", patience=0.2)
    schema.upgrade(store)
    return store


def test_a_fresh_one_is_well(tmp_path: Path) -> None:
    with closing(made(tmp_path)) as store:
        assert {state for state, _ in looked(store).values()} == {"good"}
        with store.read() as connection:  # nothing was left
            assert connection.execute(text("SELECT count(*) FROM cursor")).scalar_one() == 0


def test_no_tables_and_an_older_schema_are_told(tmp_path: Path) -> None:
    with closing(Store(f"sqlite:///{tmp_path}/empty.db")) as store:
        told = looked(store)
        assert told["库表版本"] == ("bad", "store.schema")
        assert told["可写"] == ("bad", "store.not-initialised")
    with closing(made(tmp_path)) as store:
        with store.write() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '0014'"))
        assert looked(store)["库表版本"] == ("bad", "store.schema")


def test_what_another_holds_for_ever_can_not_be_written(tmp_path: Path) -> None:
    with closing(made(tmp_path)) as store, closing(made(tmp_path)) as other, other.write():
        assert looked(store)["可写"] == ("bad", "store.unavailable")


def test_a_database_without_its_journal_is_not_durable(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/plain.db")  # without what a store sets
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA synchronous=OFF")
        found = health._sqlite(connection)
    engine.dispose()
    assert found.lax == {"journal_mode": "delete", "synchronous": "0"}
    assert doctor_store._durable(found).code == "doctor.not-durable"


def test_postgresql_without_fsync_is_not_durable(postgres: Postgres) -> None:
    with closing(Store(postgres.database("doctor_store"))) as store:
        schema.upgrade(store)
        told = looked(store)
    assert told["断电不丢"] == ("bad", "doctor.not-durable")  # the tests' server is so on purpose
    assert told["剩余空间"] == ("open", "")
    assert told["连接"][0] == told["库表版本"][0] == told["可写"][0] == "good"


def test_a_role_that_may_only_read_is_told(postgres: Postgres) -> None:
    url = postgres.database("doctor_reads")
    with closing(Store(url)) as store:
        schema.upgrade(store)
    postgres.sql("CREATE ROLE doctor_reader LOGIN PASSWORD 'r'")
    grant = "GRANT SELECT ON ALL TABLES IN SCHEMA public TO doctor_reader"
    postgres.sql(grant, database="doctor_reads")
    reader = url.replace(f"{USER}:{postgres.password}", "doctor_reader:r")
    with closing(Store(reader)) as store:
        told = looked(store)
    assert told["可写"] == ("bad", "store.broken")
    assert told["库表版本"] == ("good", "")


def test_a_wrong_password_and_a_server_that_is_off_are_told(postgres: Postgres) -> None:
    url = postgres.database("doctor_wrong")
    wrong = url.replace(postgres.password, "wrong")
    off = "postgresql+psycopg://zhida:x@127.0.0.1:1/zhida"
    for address in (wrong, off):
        with closing(Store(address, patience=1)) as store:
            assert looked(store) == {"连接": ("bad", "store.unavailable")}
