"""A private RabbitMQ out of Debian's package: own ports, own user, own folder, own epmd.

::

    with RabbitMq(tmp_path / "broker") as broker:
        connect(f"127.0.0.1:{broker.port}", broker.login, broker.password)
        broker.kill()                      # kill -9; what was confirmed is on the disk
        broker.start()                     # the same ports, user and queues again
        broker.wait()

Nothing of the machine's own RabbitMQ is read or touched, and nothing listens beyond loopback.

A quorum queue outlives ``kill`` with all that was confirmed once its *name* is on the disk: RabbitMQ
3.10 writes that (``quorum/…/names.dets``) up to ``SETTLED`` seconds after the queue was declared. A
queue killed before comes up again empty and without a leader.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox.handle import NotHealthy, wait_for
from sandbox.layout import free_port
from sandbox.process import Process

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
"""The wrapper in /usr/sbin insists on the user rabbitmq; this one runs as anybody."""
INSTALL = "apt-get install --no-install-recommends rabbitmq-server"
_CTL = SERVER.with_name("rabbitmqctl")
SETTLED = 2.0
_PORTS = ("amqp", "amqps", "dist", "epmd")
_GREETING = b"AMQP\x00\x00\x09\x01"
_LOOPBACK = "127.0.0.1"
_START_ARGS = "-noinput +B i"
"""As the script would give them if it did not stand between us and the Erlang machine."""


class RabbitMq:
    """One broker in one folder. ``config``: further lines of its ``rabbitmq.conf``.

    ``{amqps}`` in such a line stands for the port that is kept free for TLS.
    """

    login = "zhida"

    def __init__(self, folder: Path, *, config: Iterable[str] = (), detached: bool = False) -> None:
        self.folder = folder.resolve()
        self._config = tuple(config)
        self._detached = detached
        self._ports: Mapping[str, int] = {}
        self.password = ""
        self.processes: tuple[Process, ...] = ()
        """epmd, then the Erlang machine that is the broker."""

    @property
    def port(self) -> int:
        """Plain AMQP on loopback; the same after a restart."""
        return self._ports["amqp"]

    @property
    def tls_port(self) -> int:
        """Free for a listener that ``config`` declares."""
        return self._ports["amqps"]

    @property
    def environment(self) -> dict[str, str]:
        """For the broker, and for ``rabbitmqctl`` when it is to speak with this one."""
        folder, port = self.folder, self._ports
        return {
            "HOME": str(folder),  # the Erlang cookie lies here
            "ERL_EPMD_ADDRESS": _LOOPBACK,
            "ERL_EPMD_PORT": str(port["epmd"]),
            "RABBITMQ_NODENAME": f"zhida-{port['amqp']}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": _LOOPBACK,
            "RABBITMQ_NODE_PORT": str(port["amqp"]),
            "RABBITMQ_DIST_PORT": str(port["dist"]),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_SERVER_START_ARGS": _START_ARGS,
            "RABBITMQ_ALLOW_INPUT": "1",  # the script becomes the broker: one pid to stop or kill
        }

    def start(self) -> None:
        """Start epmd and the broker; not yet sure that it answers. Raises ``NotHealthy``."""
        if not SERVER.exists():
            raise NotHealthy(f"RabbitMQ is missing: {INSTALL}")
        self.prepare()
        self.processes = (self._epmd(), self._broker())
        self.processes[0].start(detached=self._detached)
        wait_for(self.processes[0], lambda: _listens(self._ports["epmd"]), seconds=10.0)
        self.processes[1].start(detached=self._detached)

    def wait(self, seconds: float = 90.0) -> None:
        """Until it speaks AMQP. Raises ``NotHealthy``."""
        wait_for(self.processes[1], lambda: _greets(self.port), seconds=seconds)

    def ctl(self, *words: str) -> str:
        """What ``rabbitmqctl`` says. Raises ``NotHealthy``."""
        environment = {"PATH": os.environ["PATH"], **self.environment}
        command = [str(_CTL), *words]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise NotHealthy(f"rabbitmqctl {words[0]}: {done.stderr.strip()}")
        return done.stdout

    def stop(self) -> None:
        """End the broker in good order, then its epmd."""
        for process in reversed(self.processes):
            process.stop()

    def kill(self) -> None:
        """``kill -9`` of the broker and of its epmd."""
        for process in reversed(self.processes):
            process.kill()

    def prepare(self) -> None:
        """Everything on disk; ports and password are chosen once for a folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / "broker.json"
        if not file.exists():
            ports = {name: free_port() for name in _PORTS}
            _write_secret(file, json.dumps({"ports": ports, "password": secrets.token_urlsafe(24)}))
        told = json.loads(file.read_text("utf-8"))
        self._ports, self.password = told["ports"], told["password"]
        own = [f"default_user = {self.login}", f"default_pass = {self.password}"]
        more = [line.replace("{amqps}", str(self.tls_port)) for line in self._config]
        _write_secret(self.folder / "rabbitmq.conf", "\n".join([*own, *more, ""]))
        (self.folder / "rabbitmq-env.conf").write_text("", "utf-8")
        (self.folder / "enabled_plugins").write_text("[].\n", "utf-8")

    def _epmd(self) -> Process:
        program = shutil.which("epmd") or "/usr/bin/epmd"
        port = str(self._ports["epmd"])
        command = [program, "-address", _LOOPBACK, "-port", port]
        return Process("epmd", command, self.folder / "epmd.log", "epmd")

    def _broker(self) -> Process:
        log = self.folder / "broker.log"
        return Process("rabbitmq", [str(SERVER)], log, "beam", self.environment)

    def __enter__(self) -> Self:
        try:
            self.start()
            self.wait()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _write_secret(file: Path, text: str) -> None:
    """Readable to its owner only, from its first moment on."""
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(text)


def _listens(port: int) -> bool:
    with socket.create_connection((_LOOPBACK, port), timeout=2):
        return True


def _greets(port: int) -> bool:
    """Whether the broker answers the protocol's header with its ``connection.start``."""
    with socket.create_connection((_LOOPBACK, port), timeout=2) as connection:
        connection.sendall(_GREETING)
        return connection.recv(1) == b"\x01"
