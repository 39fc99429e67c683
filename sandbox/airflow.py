"""Airflow as in production, small: its four programs, LocalExecutor, metadata on PostgreSQL.

Secrets (the web password, the keys that its parts share) are made once for a folder.
"""

from __future__ import annotations

import json
import secrets
import sys
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from sandbox.handle import NotHealthy, wait_for
from sandbox.layout import free_port
from sandbox.process import ROOT, Process
from sandbox.tls import write_secret

USER = "admin"
PARTS = {
    "api-server": "Airflow 界面与接口",
    "scheduler": "Airflow 调度",
    "dag-processor": "Airflow 读取 dag",
    "triggerer": "Airflow 等待",
}
"""In the order in which they start; tasks need the first to the last."""
_JOBS = {"scheduler": "scheduler", "dag-processor": "dag_processor", "triggerer": "triggerer"}
"""Part → its name in the answer of the health page."""


class Airflow:
    """In ``folder``; ``database``: SQLAlchemy's address; ``environment``: what its tasks need.

    Settings of Airflow's in ``environment`` go before those for a small machine.
    """

    def __init__(self, folder: Path, database: str, environment: Mapping[str, str]) -> None:
        self.folder, self._logs = folder / "airflow", folder / "logs"
        self._database, self._environment = database, environment
        self._told: dict[str, Any] = {}

    @property
    def port(self) -> int:
        """Of the web pages, on loopback."""
        return int(self._told["port"])

    @property
    def password(self) -> str:
        """Of the user ``admin``."""
        return str(self._told["password"])

    @property
    def environment(self) -> dict[str, str]:
        """For each of its programs, and for the ``airflow`` command."""
        own = {
            "AIRFLOW_HOME": str(self.folder),
            "PYTHONPATH": str(ROOT),
            "AIRFLOW__API_AUTH__JWT_SECRET": self._told["jwt"],
            "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{self.port}",
            "AIRFLOW__API__SECRET_KEY": self._told["key"],
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{self.port}/execution/",
            "AIRFLOW__CORE__FERNET_KEY": self._told["fernet"],
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(self.folder / "passwords"),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": self._database,
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": self._database,
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(self._logs / "tasks"),
        }
        return _SMALL | _SOON | dict(self._environment) | own

    def prepare(self) -> None:
        """Everything on disk, and the metadata's tables (a few seconds)."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self.folder / "secrets.json"
        if not file.exists():
            write_secret(file, json.dumps(_secrets()).encode())
        self._told = json.loads(file.read_text("utf-8"))
        write_secret(self.folder / "passwords", json.dumps({USER: self.password}).encode())
        (self.folder / "config").mkdir(exist_ok=True)
        (self.folder / "config" / "airflow_local_settings.py").write_text(_PRELOAD, "ascii")
        self._migrate()

    def processes(self) -> list[Process]:
        """Its programs, in the order in which they start."""
        return [self.part(name) for name in PARTS]

    def part(self, name: str, *, log: str = "") -> Process:
        """One of its programs."""
        command = [sys.executable, "-m", "airflow", name]
        if name == "api-server":
            command += ["--host", "127.0.0.1", "--port", str(self.port), "--workers", "1"]
        if name in ("scheduler", "triggerer"):
            command += ["--skip-serve-logs"]  # that server listens on every interface
        file = self._logs / f"{log or name}.log"
        found = Process(log or name, command, file, "airflow", self.environment)
        found.grace, found.leads = 20.0, True  # it ends its tasks before itself
        return found

    def wait(self, process: Process, seconds: float = 120.0) -> None:
        """Until the part says by the health page that it works. Raises ``NotHealthy``."""
        wait_for(process, lambda: self._is_healthy(process.name), seconds=seconds)

    def _is_healthy(self, name: str) -> bool:
        page = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            page.request("GET", "/api/v2/monitor/health")
            told = json.loads(page.getresponse().read())
        finally:
            page.close()
        return name not in _JOBS or told[_JOBS[name]]["status"] == "healthy"

    def _migrate(self) -> None:
        command = [sys.executable, "-m", "airflow", "db", "migrate"]
        told = self.environment | _PATIENT
        once = Process("migrate", command, self._logs / "migrate.log", "airflow", told)
        if once.run():
            raise NotHealthy(f"airflow db migrate failed; {once.log} ends with:\n{once.tail()}")


_PATIENT = {"PGOPTIONS": "-c idle_in_transaction_session_timeout=0"}
"""While its tables are made on a busy machine, a transaction may stand still longer than the database lets others."""
_SMALL = {
    "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__PARALLELISM": "4",
    "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_POOL_SIZE": "3",
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "INFO",
}
"""For two cores: a matter's items go through few hands, and its dag is read once a minute."""
_SOON = {
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "5",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "30",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
    "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
    "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "30",
}
"""A matter's one run waits for its tasks. Those of a killed scheduler are started anew half a
minute after its death (sooner, a scheduler that is late on a busy machine takes itself for dead, and
starts all tasks anew), and one whose process was killed a minute after that; by themselves both
would take five minutes. How often a task runs is no matter of one effect: our own locks are.
The last one is also how long Airflow may take to notice that a failed task's process has ended (by
itself 5 seconds, met in every fourth sweep with a red task): so long its sweep stands still.
"""

_PRELOAD = """\
from zhida.airflow.preload import preload

__all__ = []
preload()
"""
"""Airflow runs it when it starts: tasks are forks of the scheduler, which then has the hub loaded."""


def _secrets() -> dict[str, Any]:
    return {
        "port": free_port(),
        "password": secrets.token_urlsafe(12),
        "jwt": secrets.token_urlsafe(32),
        "key": secrets.token_urlsafe(32),
        "fernet": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }
