"""``docker/`` without a container engine: its files as other programs read them, its commands as processes.

What a container would add is put in its place: its paths become folders, its names loopback, its
environment is the image's, then the service's, and nothing else.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from sandbox.layout import free_port
from sandbox.process import ROOT, Process

FOLDER = ROOT / "docker"
TOOLS = ROOT / "var/peers/containers/bin"
VENV = ROOT / "var/peers/production"
"""The lock with Celery, installed as the image installs it."""
LOCAL, CELERY = ("compose.yaml",), ("compose.yaml", "compose.celery.yaml")


def resolved(files: tuple[str, ...], profile: str = "") -> dict[str, Any]:
    """The files as podman-compose merges and fills them in; it shares no code with Docker's."""
    words = [str(TOOLS / "podman-compose"), "--dry-run", "--env-file", str(FOLDER / ".env.example")]
    words += [word for file in files for word in ("-f", file)]
    words += ["--profile", profile] if profile else []
    done = subprocess.run(
        [*words, "config"], cwd=FOLDER, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = YAML(typ="safe").load(done.stdout)
    return found


def image_environment() -> dict[str, str]:
    """``ENV`` of the Dockerfile's last stage."""
    text = (FOLDER / "Dockerfile").read_text("utf-8").rpartition("\nFROM ")[2]
    lines = re.sub(r"\\\n", " ", text).splitlines()
    words = [w for line in lines if line.startswith("ENV ") for w in shlex.split(line[4:])]
    return dict(word.split("=", 1) for word in words)


@dataclass(slots=True)
class Machine:
    """Where each thing of a container is here."""

    folder: Path
    site: Path
    ports: Mapping[str, int]
    """``postgres``, ``rabbitmq``: where the servers are."""
    web: int = field(default_factory=free_port)
    library: Path = Path()

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets"

    def install(self) -> None:
        """The wheel, beside the packages of the lock; what the image copies, copied."""
        wheels, self.library = self.folder / "dist", self.folder / "lib"
        pip = [str(ROOT / ".venv/bin/python"), "-m", "pip", "-q"]
        tree = self.folder / "tree"
        for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE", "NOTICE"):
            _copied(ROOT / name, tree / name)
        for name in (
            "crypto",
            "exchange",
            "mappings",
            "connectors",
            "adapters",
            "matters",
            "zhida",
        ):
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        made = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(wheels)]
        subprocess.run([*made, str(tree)], check=True)
        (wheel,) = wheels.glob("zhida-*.whl")
        put = [*pip, "--python", str(VENV / "bin/python"), "install", "--no-deps", "--no-index"]
        subprocess.run([*put, "--target", str(self.library), str(wheel)], check=True)
        for name in ("airflow_local_settings.py", "part_is_healthy.py"):
            _copied(FOLDER / name, self.folder / "config" / name)
        for name in ("var", "airflow", "logs"):
            (self.folder / name).mkdir(mode=0o700, exist_ok=True)

    def make_secrets(self, given: Mapping[str, str]) -> None:
        """By the script that a person runs; ``given``: what the servers here already have."""
        self.secrets.mkdir(mode=0o700)
        for name, text in given.items():
            (self.secrets / name).write_text(text, "utf-8")
        subprocess.run([str(FOLDER / "make-secrets.sh"), str(self.secrets)], check=True)
        for file in self.secrets.iterdir():
            file.write_text(self.here(file.read_text("utf-8")), "utf-8")
            os.chown(file, os.geteuid(), os.getegid())

    def here(self, text: str) -> str:
        """A container's text with this machine's places."""
        places = {
            "/run/secrets/": f"{self.secrets}/",
            "/srv/zhida/site": str(self.site),
            "/srv/zhida": str(self.folder),
            "/opt/zhida/dags": str(ROOT / "dags"),
            "/opt/zhida/config/": f"{self.folder / 'config'}/",
            "/opt/zhida/config": f"{self.folder / 'config'}:{self.library}",
            "/opt/zhida/requirements.lock": str(FOLDER / "requirements-celery.lock"),
            "/opt/zhida/bin": f"{self.library / 'bin'}:{VENV / 'bin'}",
            "api-server:8080": f"127.0.0.1:{self.web}",
            "127.0.0.1:8080": f"127.0.0.1:{self.web}",
            "postgres:5432": f"127.0.0.1:{self.ports['postgres']}",
            "rabbitmq:5672": f"127.0.0.1:{self.ports['rabbitmq']}",
        }
        for theirs, ours in places.items():
            text = text.replace(theirs, ours)
        return text

    def environment(self, service: Mapping[str, Any], host: str) -> dict[str, str]:
        """Of a service's processes, as its container's would be."""
        told = {**image_environment(), **service.get("environment", {})}
        return {name: self.here(str(value)) for name, value in told.items()} | {"HOSTNAME": host}

    def process(self, name: str, service: Mapping[str, Any], number: int = 0) -> Process:
        """A service's command, in a name space of its own for the host's name, as a container has."""
        host = f"{name}-{number}"
        words = [self.here(str(word)) for word in service["command"]]
        words = _on_loopback(words, self.web, self.folder / f"{host}.pid")
        command = ["unshare", "--uts", "sh", "-c", f"hostname {host}; exec {shlex.join(words)}"]
        log = self.folder / "process-logs" / f"{host}.log"
        made = Process(host, command, log, words[0], self.environment(service, host))
        made.grace = float(str(service.get("stop_grace_period", "10s")).removesuffix("s"))
        return made

    def is_healthy(self, service: Mapping[str, Any], process: Process) -> bool:
        """By the service's own health check, else the image's, in the same name space."""
        told = service.get("healthcheck", {}).get("test") or ["CMD", *image_check()]
        words = ["sh", "-c", told[1]] if told[0] == "CMD-SHELL" else told[1:]
        inside = ["nsenter", f"--uts=/proc/{process.pid}/ns/uts", "--", *map(self.here, words)]
        done = subprocess.run(
            inside, env=dict(process.environment), capture_output=True, check=False, cwd=self.folder
        )
        return done.returncode == 0


def image_check() -> list[str]:
    """``HEALTHCHECK`` of the image."""
    text = (FOLDER / "Dockerfile").read_text("utf-8")
    told = re.search(r"HEALTHCHECK .*\\\n\s+CMD (\[.*\])", text)
    assert told is not None
    found: list[str] = YAML(typ="safe").load(told[1])
    return found


def _on_loopback(words: list[str], port: int, pid: Path) -> list[str]:
    """What a container keeps to itself would here be everybody's: all interfaces, ``/tmp``."""
    told = {"0.0.0.0": "127.0.0.1", "8080": str(port), "/tmp/worker.pid": str(pid)}
    return [told.get(word, word) for word in words]


def _copied(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)
