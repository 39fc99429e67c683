"""A PostgreSQL of one's own: survives a kill, keeps its data, and goes with its folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sandbox.postgres import Postgres


def test_what_is_committed_is_there_after_a_kill_and_a_start(tmp_path: Path) -> None:
    with Postgres(tmp_path / "pg") as server:
        server.database("town")
        server.sql("CREATE TABLE t AS SELECT 7 AS n", database="town")
        port, password = server.port, server.password
        server.kill()
        again = Postgres(tmp_path / "pg").start()
        try:
            assert again.sql("SELECT n FROM t", database="town") == "7"
            assert (again.port, again.password) == (port, password)
        finally:
            again.stop()


def test_who_erases_its_folder_begins_anew(tmp_path: Path) -> None:
    """Its data may lie elsewhere, and would want the old password."""
    first = Postgres(tmp_path / "pg", durable=False).start()
    first.database("town")
    first.stop()
    shutil.rmtree(tmp_path / "pg")
    with Postgres(tmp_path / "pg", durable=False) as server:
        assert "town" not in server.sql("SELECT datname FROM pg_database").split()


def test_only_loopback_and_only_with_the_password(tmp_path: Path) -> None:
    with Postgres(tmp_path / "pg", durable=False) as server:
        assert server.sql("SHOW listen_addresses") == "127.0.0.1"
        server.password = "wrong"
        with pytest.raises(Exception, match="psql"):
            server.sql("SELECT 1")


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    with Postgres(tmp_path / "pg", durable=False) as server:
        data = server.data
        assert (data / "PG_VERSION").exists()
    assert not data.exists()
    assert server.process is not None
    assert not server.process.is_alive()


def test_who_comes_second_finds_the_first_and_can_stop_it(tmp_path: Path) -> None:
    """As one command does after another: neither a second server nor one that nobody can stop."""
    with Postgres(tmp_path / "pg", durable=False) as first:
        assert first.process is not None
        second = Postgres(tmp_path / "pg", durable=False).start()
        assert second.process is not None
        assert second.process.pid == first.process.pid
        assert "already exists" not in second.process.tail()
        second.stop()
        assert not first.process.is_alive()
        assert not second.find()


def test_a_pid_file_of_a_killed_server_leads_nowhere(tmp_path: Path) -> None:
    with Postgres(tmp_path / "pg", durable=False) as server:
        server.kill()
        assert (server.data / "postmaster.pid").exists()
        assert not Postgres(tmp_path / "pg", durable=False).find()


@pytest.mark.parametrize("name", ['x"; DROP DATABASE y; --', "", "X"])
def test_a_name_that_is_none_makes_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError):
        Postgres(tmp_path / "pg").drop(name)
