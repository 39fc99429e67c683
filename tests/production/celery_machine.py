"""A district, and beside it every process of ``docker/``'s compose files with two Celery workers, on loopback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sandbox.declarations import Broker
from sandbox.handle import NotHealthy
from sandbox.layout import free_port
from sandbox.postgres import USER, Postgres
from sandbox.process import Process
from sandbox.production import Production
from sandbox.rabbitmq import RabbitMq
from tests.production.containers import CELERY, FOLDER, VENV, Machine, resolved

OURS = ("api-server", "scheduler", "dag-processor", "triggerer", "listen", "serve")
TOKEN = "a token of 32 characters and more"
"""Of the portal, at the endpoint."""
SERVE = """connection: hub_door
without_tls: true
clients:
  portal: {title: 门户, unit: service-window, connection: portal_token, may: [files], rate: 50 per second}
"""


def require_tools() -> None:
    """A missing tool is a failure that says how to get it. Host names of its own for each process need root."""
    if os.geteuid() or not (VENV / ".ready").exists():
        pytest.fail("run it as root, after: tests/peers/install.sh heavy")


class CeleryMachine:
    """A district, the two servers, and every process of the compose files.

    ``files``: what the site has on top, by path; ``connections``: likewise.
    """

    def __init__(
        self,
        folder: Path,
        *,
        files: Mapping[str, str] = {},
        connections: Mapping[str, Mapping[str, Any]] = {},
    ) -> None:
        self.folder, self.files = folder, {"serve.yaml": SERVE, **files}
        self.connections = connections
        self.production = Production(folder / "district")
        self.processes: list[tuple[Process, Any]] = []

    def start(self) -> None:
        self.production._start_district()
        self.postgres = Postgres(self.folder / "postgres").start()
        self.rabbitmq = RabbitMq(self.folder / "rabbitmq")
        self.rabbitmq.start()
        self.rabbitmq.wait()
        env = self.production.district.env
        ports = {"postgres": self.postgres.port, "rabbitmq": self.rabbitmq.port}
        self.machine = Machine(self.folder, Path(env["ZHIDA_SITE"]), ports)
        self.machine.install()
        self._give_secrets(env)
        self._make_databases()
        self.services = resolved(CELERY, "celery")["services"]
        self._init()
        for name in (*OURS[:4], "worker", *OURS[4:]):
            for number in range(self.services[name].get("deploy", {}).get("replicas", 1)):
                self._wait(*self._start(name, number))

    def _give_secrets(self, env: dict[str, str]) -> None:
        site = Path(env["ZHIDA_SITE"])
        for name, text in self.files.items():
            (site / name).write_text(text, "utf-8")
        found = {n[13:].lower(): json.loads(v) for n, v in env.items() if n[:13] == "AIRFLOW_CONN_"}
        broker = Broker("127.0.0.1", self.rabbitmq.port, "zhida", self.rabbitmq.password)
        found["queue"] = broker.connection
        self.broker, self.door = broker, free_port()
        found["hub_door"] = {"conn_type": "generic", "host": "127.0.0.1", "port": self.door}
        found["portal_token"] = {"conn_type": "generic", "password": TOKEN}
        found |= self.connections
        self.machine.make_secrets(
            {
                "rabbitmq_password": self.rabbitmq.password,
                "key_password": env["ZHIDA_KEY_PASSWORD"],
                "connections.json": json.dumps(found),
            }
        )

    def _make_databases(self) -> None:
        """As PostgreSQL's image does on its first start."""
        word = (self.machine.secrets / "postgres_password").read_text()
        self.postgres.sql(f"CREATE ROLE zhida SUPERUSER LOGIN PASSWORD '{word}'")
        self.postgres.sql("CREATE DATABASE zhida OWNER zhida")
        for statement in (FOLDER / "postgres.sql").read_text("utf-8").split(";\n"):
            if statement.strip():
                self.postgres.sql(statement)
        assert USER != "zhida"

    def _init(self) -> None:
        process = self.machine.process("init", self.services["init"])
        if process.run():
            raise NotHealthy(process.tail(40))

    def _start(self, name: str, number: int = 0) -> tuple[Process, Any]:
        service = self.services[name]
        process = self.machine.process(name, service, number)
        process.start()
        self.processes.append((process, service))
        return process, service

    def _wait(self, process: Process, service: Any) -> None:
        """Until its own health check is content."""
        end = time.monotonic() + 600
        while not self.machine.is_healthy(service, process):
            if time.monotonic() > end or not process.is_alive():
                raise NotHealthy(f"{process.name}\n{process.tail(40)}")
            time.sleep(1)

    def zhida(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command of ours in the listener's container."""
        return self.run("listen-0", "zhida", *words)

    def run(self, where: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Any command, as ``docker compose exec`` runs it in the container ``where``."""
        (env,) = [dict(p.environment) for p, _ in self.processes if p.name == where]
        program = shutil.which(words[0], path=env["PATH"]) or words[0]
        return subprocess.run(
            [program, *words[1:]], env=env, capture_output=True, text=True, check=False, cwd="/"
        )

    def stop(self) -> list[tuple[str, bool]]:
        """The last first, by its pid; whether each ended in its own grace."""
        told = []
        for process, _ in reversed(self.processes):
            begun = time.monotonic()
            process.stop()
            told.append((process.name, time.monotonic() - begun < process.grace))
        return told

    def close(self) -> None:
        self.stop()
        for server in ("rabbitmq", "postgres"):
            if hasattr(self, server):
                getattr(self, server).stop()
        if hasattr(self, "postgres"):
            self.postgres.destroy()
        self.production.running.stop()
