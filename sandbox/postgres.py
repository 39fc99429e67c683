"""A PostgreSQL server of one's own, from Debian's package, on loopback: for `make up` and tests.

PostgreSQL refuses to run as root. Started by root it runs as Debian's user ``postgres``, with its
data in that user's home, since a clone or a temporary folder may be closed to other users.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox.process import Process

INSTALL = "apt-get install -y --no-install-recommends postgresql"
USER = "postgres"
_HOMES = Path("/usr/lib/postgresql")


class NotInstalledError(RuntimeError):
    """Debian's package is missing; the message holds the command that installs it."""


class Postgres:
    """One server in one folder. ``durable=False``: no fsync, for tests that kill processes only.

    ::

        with Postgres(tmp_path) as server:
            url = server.database("zhida")
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.resolve()
        self.programs = _programs()
        self.data = _place(self.folder)
        self._durable = durable
        self.port = 0
        self.password = ""
        self.process: Process | None = None

    def start(self, *, detached: bool = False) -> Self:
        """Make the cluster if there is none, start it and wait until it answers.

        One that runs on these data already is found, whoever started it: there is never a second.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        is_new = self._read_settings()
        if is_new or not (self.data / "PG_VERSION").exists():
            self._make()  # data whose folder was erased is forgotten, as that says
        self.process = self._process()
        end = time.monotonic() + 60
        while not self._is_ready():
            if not self.process.is_alive() and not self.find():
                self.process = self._process()
                self.process.start(detached=detached)  # orphans of a killed one may be in the way
            if time.monotonic() > end:
                raise TimeoutError(self.process.tail())
            time.sleep(0.1)
        return self

    def find(self) -> bool:
        """Whether a server runs on these data, by its own pid file; it is ours to stop from now on."""
        try:
            pid = int((self.data / "postmaster.pid").read_text("ascii").split()[0])
        except (OSError, ValueError, IndexError):
            return False
        found = self._process()
        found.pid = pid
        if found.is_alive():
            self.process = found
        return self.process is found

    def _process(self) -> Process:
        log = self.folder / "postgres.log"
        command = [*_as_user(), str(self.programs / "postgres"), "-D", str(self.data)]
        made = Process("postgres", command, log, str(self.data))
        made.farewell = signal.SIGINT  # fast shutdown: does not wait for its clients
        return made

    def _read_settings(self) -> bool:
        """Port and password, chosen once; True if that was now."""
        file = self.folder / "postgres.settings"
        is_new = not file.exists()
        if is_new:
            file.touch(0o600)
            file.write_text(f"{_free_port()} {secrets.token_urlsafe(18)}", "ascii")
        port, self.password = file.read_text("ascii").split()
        self.port = int(port)
        return is_new

    def _make(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(parents=True, mode=0o700)
        word = self.data.with_suffix(".password")
        word.write_text(self.password, "ascii")
        if os.geteuid() == 0:
            for path in (self.data, word):
                shutil.chown(path, USER, USER)
        options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", f"--pwfile={word}"]
        options += ["-U", USER] + ([] if self._durable else ["--no-sync"])
        command = [*_as_user(), str(self.programs / "initdb"), "-D", str(self.data), *options]
        try:
            subprocess.run(command, check=True, capture_output=True, cwd="/")
        finally:
            word.unlink()
        with (self.data / "postgresql.conf").open("a", encoding="ascii") as settings:
            settings.write("\n".join(self._settings()) + "\n")

    def _settings(self) -> list[str]:
        told = ["listen_addresses = '127.0.0.1'", f"port = {self.port}"]
        told += ["unix_socket_directories = ''", "max_connections = 200", "shared_buffers = 128MB"]
        return told if self._durable else [*told, "fsync = off", "full_page_writes = off"]

    def _is_ready(self) -> bool:
        command = [str(self.programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        alive = self.process is not None and self.process.is_alive()
        return alive and subprocess.run(command, check=False).returncode == 0

    def stop(self) -> None:
        """End it; its data stays."""
        if self.process is not None:
            self.process.stop()

    def kill(self) -> None:
        """``kill -9`` of the postmaster; its backends notice and go."""
        if self.process is not None:
            self.process.kill()

    def destroy(self) -> None:
        """End it and erase its data."""
        self.kill()
        shutil.rmtree(self.data, ignore_errors=True)

    def url(self, name: str) -> str:
        """SQLAlchemy's address of a database."""
        return f"postgresql+psycopg://{USER}:{self.password}@127.0.0.1:{self.port}/{name}"

    def database(self, name: str, *, template: str = "template1") -> str:
        """Make a database, a copy of ``template``, and give its address."""
        self.sql(f'CREATE DATABASE "{_name(name)}" TEMPLATE "{_name(template)}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Drop a database, whoever is connected."""
        self.sql(f'DROP DATABASE IF EXISTS "{_name(name)}" WITH (FORCE)')

    def sql(self, statement: str, *, database: str = USER) -> str:
        """Run one statement as superuser, by ``psql``."""
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "-d", database]
        command = [str(self.programs / "psql"), *where, "-X", "-q", "-A", "-t", "-c", statement]
        environment = {"PGPASSWORD": self.password, "PATH": os.environ.get("PATH", "")}
        done = subprocess.run(
            command, check=True, capture_output=True, env=environment, text=True, cwd="/"
        )
        return done.stdout.strip()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.destroy()


def _programs() -> Path:
    found = sorted(_HOMES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise NotInstalledError(f"PostgreSQL is missing; as root run: {INSTALL}")
    return found[-1].parent


def _place(folder: Path) -> Path:
    if os.geteuid() != 0:
        return folder / "postgres"
    mark = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    return Path(pwd.getpwnam(USER).pw_dir) / f"zhida-{mark}"


def _as_user() -> list[str]:
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups", "--"]


def _name(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9_-]{1,60}", name):
        raise ValueError(name)
    return name


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
