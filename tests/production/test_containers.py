"""``docker/``: read by other programs, and its very commands run as processes on loopback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.births import birth
from sandbox.declarations import Broker
from sandbox.handle import NotHealthy
from sandbox.layout import free_port
from sandbox.postgres import USER, Postgres
from sandbox.process import Process
from sandbox.production import Production
from sandbox.rabbitmq import RabbitMq
from tests.production.containers import CELERY, FOLDER, LOCAL, TOOLS, VENV, Machine, resolved

OURS = ("api-server", "scheduler", "dag-processor", "triggerer", "listen", "serve")
SERVE = """connection: hub_door
without_tls: true
clients:
  portal: {title: 门户, unit: service-window, connection: portal_token, may: [files]}
"""


def _ran(
    *words: str, text: str = "", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, input=text, env=env, capture_output=True, text=True, check=False, cwd="/"
    )


@pytest.mark.peer("containers")
def test_the_dockerfile_has_no_lint(tmp_path: Path) -> None:
    lint = str(TOOLS / "hadolint")
    done = _ran(lint, str(FOLDER / "Dockerfile"))
    assert (done.returncode, done.stdout) == (0, "")
    (tmp_path / "Dockerfile").write_text("FROM debian\nRUN apt-get install vim\n")
    assert _ran(lint, str(tmp_path / "Dockerfile")).returncode == 1


@pytest.mark.peer("containers")
@pytest.mark.parametrize("files", [LOCAL, CELERY], ids=["local", "celery"])
def test_the_compose_files_are_valid_to_another_reader(files: tuple[str, ...]) -> None:
    """compose-spec (Rust) against the specification, after podman-compose has merged them."""
    told = json.dumps(resolved(files, "celery"))
    script = "import sys, compose_spec as c; c.PyCompose.from_json(sys.stdin.read()).validate()"
    words = [str(TOOLS / "python"), "-c", script]
    done = _ran(*words, text=told)
    assert done.returncode == 0, done.stderr
    wrong = told.replace('"restart": "unless-stopped"', '"restarts": 1', 1)
    assert _ran(*words, text=wrong).returncode == 1


@pytest.mark.peer("containers")
@pytest.mark.parametrize("files", [LOCAL, CELERY], ids=["local", "celery"])
def test_every_process_of_ours_is_locked_down(files: tuple[str, ...]) -> None:
    services = resolved(files, "celery")["services"]
    for name in (*OURS, "init", "worker"):
        told = services[name]
        assert told["user"] == "50000:50000", name
        assert (told["read_only"], told["cap_drop"]) == (True, ["ALL"]), name
        assert "no-new-privileges:true" in told["security_opt"], name
        for port in told.get("ports", []):
            assert str(port).count(":") == 2, f"{name} listens to everybody"
    for name in ("postgres", "rabbitmq"):
        assert services[name]["networks"] == ["inside"], name
        assert "ports" not in services[name], name


@pytest.mark.peer("containers")
def test_no_secret_stands_in_a_file_that_is_given_away() -> None:
    for file in FOLDER.iterdir():
        if file.is_file() and file.suffix != ".lock":
            text = file.read_text("utf-8")
            assert "://zhida:" not in text.replace("://zhida:$", ""), file
    ignored = (FOLDER / ".gitignore").read_text().split()
    assert {"secrets/", ".env"} <= set(ignored)


def test_secrets_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    made = [str(FOLDER / "make-secrets.sh"), str(tmp_path / "s")]
    subprocess.run(made, check=True, capture_output=True)
    first = {file.name: file.read_bytes() for file in (tmp_path / "s").iterdir()}
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in (tmp_path / "s").iterdir())
    subprocess.run(made, check=True, capture_output=True)
    assert first == {file.name: file.read_bytes() for file in (tmp_path / "s").iterdir()}
    assert first["postgres_password"].decode() in first["store_url"].decode()
    assert first["rabbitmq_password"].decode() in first["rabbitmq.conf"].decode()


class Running:
    """A district, the two servers, and every process of the compose files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
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
        (site / "serve.yaml").write_text(SERVE, "utf-8")
        found = {n[13:].lower(): json.loads(v) for n, v in env.items() if n[:13] == "AIRFLOW_CONN_"}
        broker = Broker("127.0.0.1", self.rabbitmq.port, "zhida", self.rabbitmq.password)
        found["queue"] = broker.connection
        found["hub_door"] = {"conn_type": "generic", "host": "127.0.0.1", "port": free_port()}
        found["portal_token"] = {
            "conn_type": "generic",
            "password": "a token of 32 characters and more",
        }
        self.broker = broker
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
        (env,) = [dict(p.environment) for p, _ in self.processes if p.name == "listen-0"]
        where = shutil.which("zhida", path=env["PATH"])
        return _ran(where or "zhida", *words, env=env)

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


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    if os.geteuid() or not VENV.exists():
        pytest.skip("needs root (host names of their own) and tests/peers/install.sh heavy")
    found = Running(tmp_path_factory.mktemp("containers"))
    try:
        found.start()
        yield found
    finally:
        found.close()


@pytest.mark.airflow
@pytest.mark.peer("containers")
@pytest.mark.timeout(2400)
def test_a_newborn_goes_through_the_very_commands(running: Running) -> None:
    district = running.production.district
    district.birth(birth(1).facts)
    running.broker.declare(birth(1).form)
    end = time.monotonic() + 400
    found: list[dict[str, Any]] = []
    while not found or found[0]["state"] != "done":
        assert time.monotonic() < end, found
        found = json.loads(running.zhida("case", "list", "--json").stdout or "[]")
        time.sleep(1)
    registered = [row["cszmbh"] for row in district.system("police").books()]
    assert registered == [birth(1).form["cszmbh"]]


@pytest.mark.airflow
@pytest.mark.peer("containers")
@pytest.mark.timeout(2400)
def test_the_doctor_finds_nothing_bad_there_and_each_ends_in_its_grace(running: Running) -> None:
    done = running.zhida("doctor", "--json")
    lines = json.loads(done.stdout)
    wrong = [line for line in lines if line["state"] in ("bad", "note")]
    assert wrong == [], wrong
    good = {line["title"] for line in lines if line["state"] == "good"}
    assert {"锁定文件", "Celery", "Celery 的消息队列", "签名、入库、送达、核验", "调度"} <= good
    ended = running.stop()
    assert ended
    assert all(in_time for _, in_time in ended), ended
