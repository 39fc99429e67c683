"""OpenSSH's own SFTP server on loopback, for one folder of a test."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sandbox.layout import free_port

SSHD = """
Port {port}
ListenAddress 127.0.0.1
HostKey {home}/host
PidFile none
AuthorizedKeysFile {home}/user.pub
StrictModes no
UsePAM no
PasswordAuthentication no
Subsystem sftp internal-sftp -d {home}
"""


class SftpServer:
    """Its root is ``home``, in which keys and log lie too. ``phrases``: key → what protects it; ``user`` may log in."""

    def __init__(self, home: Path, phrases: Mapping[str, str] = {"user": ""}) -> None:
        if shutil.which("/usr/sbin/sshd") is None:
            pytest.fail("sshd is missing: apt-get install openssh-server")
        self.home, self.port = home, free_port()
        for name, phrase in {"host": "", **phrases}.items():
            words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", phrase, "-f", str(home / name)]
            subprocess.run(words, check=True)
        (home / "config").write_text(SSHD.format(port=self.port, home=home))
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        Path("/run/sshd").mkdir(exist_ok=True)
        words = ["/usr/sbin/sshd", "-D", "-e", "-f", str(self.home / "config")]
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(words, stderr=log)
        end = time.monotonic() + 60  # on a busy machine it is a while until it listens
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.01)
        self.stop()
        pytest.fail((self.home / "log").read_text())

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)

    def key(self, name: str) -> str:
        """Its public half, as a connection tells it."""
        return " ".join((self.home / f"{name}.pub").read_text().split()[:2])

    @property
    def connection(self) -> dict[str, Any]:
        extra = {"host_key": self.key("host"), "key": str(self.home / "user")}
        login = os.environ.get("USER", "root")
        return {"host": "127.0.0.1", "port": self.port, "login": login, "extra": extra}
