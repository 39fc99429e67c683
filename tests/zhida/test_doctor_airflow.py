"""Airflow as the doctor sees it: parts that are off, settings that differ, a database too small."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.http_message import Request, Response
from connectors.http_server import HttpServer
from exchange.errors import ZhidaError
from sandbox.postgres import Postgres
from zhida import doctor_airflow
from zhida.airflow_settings import Settings

WELL = {"status": "healthy"}
PAGE = dict.fromkeys(("metadatabase", "scheduler", "dag_processor", "triggerer"), WELL)
GOOD = {
    "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
    "AIRFLOW__CORE__FERNET_KEY": "f",
    "AIRFLOW__API_AUTH__JWT_SECRET": "j",
    "AIRFLOW__API__SECRET_KEY": "k",
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "5",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
    "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
    "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "30",
}


class Web:
    """An API server's health page."""

    def __init__(self) -> None:
        self.page: Any = PAGE
        self.status = 200

    def answer(self, request: Request) -> Response:
        assert request.target == "/api/v2/monitor/health"
        return Response(self.status, json.dumps(self.page).encode())

    def refuse(self, error: ZhidaError) -> Response:
        return Response(400)


@pytest.fixture
def web() -> Iterator[tuple[Web, dict[str, str]]]:
    found = Web()
    with HttpServer(("127.0.0.1", 0), found) as server:
        yield found, GOOD | {"AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{server.port}"}


def looked(environ: dict[str, str]) -> dict[str, tuple[str, str]]:
    lines = doctor_airflow.look(Settings(environ, {}))
    return {line.title: (line.state, line.code) for line in lines}


def on(postgres: Postgres, name: str) -> dict[str, str]:
    return {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": postgres.database(name)}


def test_without_airflow_it_says_so() -> None:
    (line,) = doctor_airflow.look(None)
    assert line.state == "open"
    assert "sweep" in line.what


def test_one_as_in_production_is_well(web: tuple[Web, dict[str, str]], postgres: Postgres) -> None:
    told = web[1] | on(postgres, "doctor_airflow")
    assert looked(told)["元数据库"] == ("note", "doctor.idle-in-transaction")
    postgres.sql("ALTER DATABASE doctor_airflow SET idle_in_transaction_session_timeout = '30s'")
    found = looked(told)
    assert {state for state, _ in found.values()} == {"good"}, found


def test_a_part_that_is_off_is_named(web: tuple[Web, dict[str, str]], tmp_path: Path) -> None:
    web[0].page = PAGE | {"scheduler": {"status": "unhealthy"}, "triggerer": {"status": None}}
    told = looked(web[1] | {"AIRFLOW_HOME": str(tmp_path)})
    assert told["调度"] == told["等待"] == ("bad", "doctor.airflow-part")
    assert told["读取 dag"] == ("good", "")


@pytest.mark.parametrize("page", [(500, {}), (200, [])])
def test_a_page_that_is_none_is_silence(
    web: tuple[Web, dict[str, str]], page: tuple[int, Any], tmp_path: Path
) -> None:
    web[0].status, web[0].page = page
    told = looked(web[1] | {"AIRFLOW_HOME": str(tmp_path)})
    assert told["界面和各部分"] == ("bad", "doctor.airflow-silent")


def test_sqlite_an_api_server_that_is_off_and_settings_as_shipped(tmp_path: Path) -> None:
    told = looked({"AIRFLOW_HOME": str(tmp_path), "AIRFLOW__API__BASE_URL": "http://127.0.0.1:1"})
    assert told["界面和各部分"] == ("bad", "doctor.airflow-silent")
    assert told["调度的设置"] == ("note", "doctor.setting")
    assert told["各部分共用的密钥"] == ("note", "doctor.airflow-keys")
    lines = list(doctor_airflow._executor(Settings({}, {}), f"sqlite:///{tmp_path}/a.db"))
    assert [(x.state, x.code) for x in lines] == [("note", "doctor.airflow-sqlite"), ("good", "")]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD", "15"),
        ("SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL", "300"),
        ("WORKERS__MIN_HEARTBEAT_INTERVAL", "soon"),
        ("WORKERS__EXECUTION_API_TIMEOUT", "5"),
    ],
)
def test_each_setting_is_looked_at(key: str, value: str) -> None:
    lines = list(doctor_airflow._settings(Settings(GOOD | {f"AIRFLOW__{key}": value}, {})))
    assert [line.code for line in lines] == ["doctor.setting"]
    assert value in lines[0].what
    assert [x.state for x in doctor_airflow._settings(Settings(GOOD, {}))] == ["good"]


def test_celery_needs_patience_when_it_sends_a_task() -> None:
    told = GOOD | {"AIRFLOW__CORE__EXECUTOR": "CeleryExecutor"}
    (line,) = doctor_airflow._settings(Settings(told, {}))
    assert (line.code, "operation_timeout" in line.what) == ("doctor.setting", True)
    told["AIRFLOW__CELERY__OPERATION_TIMEOUT"] = "30"
    assert [x.state for x in doctor_airflow._settings(Settings(told, {}))] == ["good"]


def test_an_executor_without_its_package_and_one_that_nobody_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doctor_airflow.lock_file, "installed", lambda _: "-")
    told = {
        name: [x.state for x in doctor_airflow._executor(_of(name), "postgresql://x/y")]
        for name in ("CeleryExecutor", "KubernetesExecutor")
    }
    assert told == {"CeleryExecutor": ["bad"], "KubernetesExecutor": ["open"]}
    (line,) = doctor_airflow._executor(_of("CeleryExecutor"), "")
    assert line.code == "doctor.executor"


def _of(executor: str) -> Settings:
    return Settings({"AIRFLOW__CORE__EXECUTOR": executor}, {})


def test_what_is_told_elsewhere_is_not_looked_at() -> None:
    told = looked({**GOOD, "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD": "cat x",
                   "AIRFLOW__API__BASE_URL": "http://127.0.0.1:1"})  # fmt: skip
    assert told["元数据库"] == ("open", "")
