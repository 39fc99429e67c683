"""The doctor on Airflow: its database, its parts, and the settings that the hub's work needs."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from connectors import rest
from exchange.errors import Fatal, ZhidaError
from exchange.ports import Endpoint
from exchange.store import address, health
from exchange.store.engine import Store
from zhida import lock_file
from zhida.airflow_settings import Settings
from zhida.doctor_line import Line, Part

_PART = Part("airflow")
_PATIENCE = 3.0
_PARTS = {
    "metadatabase": "界面到元数据库",
    "scheduler": "调度",
    "dag_processor": "读取 dag",
    "triggerer": "等待",
}
"""As the health page names them."""
_AT_MOST = {
    ("scheduler", "orphaned_tasks_check_interval"): (300, 30),
    ("scheduler", "task_instance_heartbeat_timeout"): (300, 120),
    ("workers", "min_heartbeat_interval"): (5, 1),
}
"""Setting → Airflow's default and what the hub's one run a matter should wait at most, in seconds:
docs/how-to/production.md says why."""
_AT_LEAST = {
    ("scheduler", "scheduler_health_check_threshold"): (30, 30),
    ("workers", "execution_api_timeout"): (5, 15),
}
_CELERY_AT_LEAST = {("celery", "operation_timeout"): (1, 10)}
"""With the default a scheduler on a busy machine was interrupted while it sent a task, and then read from the
broker for ever: alive, and doing nothing (tried on 2026-11-29)."""
_KEYS = (("core", "fernet_key"), ("api_auth", "jwt_secret"), ("api", "secret_key"))
"""Every part and every machine must have the same."""
_EXECUTORS = {"LocalExecutor": "", "CeleryExecutor": "apache-airflow-providers-celery"}
"""Those that are tried with the hub → the package that each needs."""


def look(found: Settings | None) -> Iterator[Line]:
    """None: there is none, and the hub is swept by ``zhida sweep``."""
    if found is None:
        yield _PART.open("Airflow", "没有：嵌入式运行，由 zhida sweep 推进")
        return
    url = found.get("database", "sql_alchemy_conn", f"sqlite:///{found.home}/airflow.db")
    yield from _PART.tried("执行器", lambda: _executor(found, url or ""))
    if url is None:
        yield _PART.open("元数据库", "地址由命令或密码库给出")
    else:
        yield from _PART.tried("元数据库", lambda: _database(url))
    yield from _PART.tried("界面和各部分", lambda: _parts(found))
    yield from _settings(found)
    yield _keys(found)


def _executor(found: Settings, url: str) -> Iterator[Line]:
    name = (found.get("core", "executor", "LocalExecutor") or "").rpartition(".")[2]
    if url and address.place(url).dialect == "sqlite":
        yield _PART.note("执行器", "doctor.airflow-sqlite", executor=name)
    package = _EXECUTORS.get(name)
    if package is None:
        yield _PART.open("执行器", f"{name}：没有与中枢一起试过")
    elif package and lock_file.installed(package) == "-":
        yield _PART.bad("执行器", "doctor.executor", executor=name, package=package)
    else:
        yield _PART.good("执行器", name)


def _database(url: str) -> Iterator[Line]:
    store = Store(url, patience=_PATIENCE)
    with contextlib.closing(store):
        found = health.look(store)
    yield _PART.good("元数据库", found.version)
    if found.version.startswith("PostgreSQL"):
        idle = health.idle_in_transaction(url)
        if idle in ("", "0"):
            yield _PART.note("元数据库", "doctor.idle-in-transaction")


def _parts(found: Settings) -> Iterator[Line]:
    base = (found.get("api", "base_url") or "http://localhost:8080").rstrip("/")
    told = _health(base)
    for name, title in _PARTS.items():
        status = (told.get(name) or {}).get("status") or "-"
        if status == "healthy":
            yield _PART.good(title, "正常")
        else:
            yield _PART.bad(title, "doctor.airflow-part", part=title, status=str(status)[:40])


def _health(base: str) -> dict[str, Any]:
    """The public page of the API server. ``Fatal doctor.airflow-silent``."""
    try:
        wire = rest.open_connector({"timeout_s": _PATIENCE}, Endpoint(base))
        with contextlib.closing(wire):
            found = wire.look("/api/v2/monitor/health")
    except ZhidaError as error:
        raise Fatal("doctor.airflow-silent", address=base, because=error.code) from None
    try:
        told = json.loads(found.content)
    except ValueError:
        told = None
    if found.status_code != 200 or not isinstance(told, dict):
        because = f"HTTP {found.status_code}"
        raise Fatal("doctor.airflow-silent", address=base, because=because)
    return told


def _settings(found: Settings) -> Iterator[Line]:
    wrong = [*_beyond(found)]
    yield from wrong
    if not wrong:
        yield _PART.good("调度的设置", "与 docs/how-to/production.md 一致")


def _beyond(found: Settings) -> Iterator[Line]:
    is_celery = "Celery" in (found.get("core", "executor") or "")
    least = _AT_LEAST | (_CELERY_AT_LEAST if is_celery else {})
    for table, sign in ((_AT_MOST, 1), (least, -1)):
        for (section, key), (default, wanted) in table.items():
            text = found.get(section, key, str(default))
            value = _seconds(text)
            if value is None or sign * (value - wanted) > 0:
                facts = {"section": section, "key": key, "found": text or "-"}
                most = f"{'≤' if sign > 0 else '≥'} {wanted}"
                yield _PART.note("调度的设置", "doctor.setting", **facts, wanted=most)


def _seconds(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None


def _keys(found: Settings) -> Line:
    missing = [f"[{section}] {key}" for section, key in _KEYS if found.get(section, key) == ""]
    if missing:
        return _PART.note("各部分共用的密钥", "doctor.airflow-keys", missing="、".join(missing))
    return _PART.good("各部分共用的密钥", "都已设定")
