"""Airflow's own web server over a town's store, on loopback, with people of several roles."""

from __future__ import annotations

import json
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sandbox.layout import free_port
from zhida.airflow.once import settings

USERS = {"li": "viewer", "wang": "op", "nobody": ""}
"""Airflow's user → role; the last has none."""


@dataclass
class Web:
    """One server. ``tokens``: user → what logs that user in."""

    port: int
    passwords: dict[str, str]
    tokens: dict[str, str] = field(default_factory=dict)

    def ask(
        self, path: str, *, user: str = "", cookie: str = "", form: dict[str, str] | None = None,
        **headers: str,
    ) -> tuple[int, dict[str, str], str]:  # fmt: skip
        """Status, headers and text; logged in by Airflow's cookie if a user is named."""
        token = cookie or (self.login(user) if user else "")
        told = {"Cookie": f"_token={token}"} if token else {}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        body = None if form is None else urlencode(form)
        if form is not None:
            told["Content-Type"] = "application/x-www-form-urlencoded"
        return self._call("POST" if form is not None else "GET", path, body, told)

    def login(self, user: str) -> str:
        if user not in self.tokens:
            told = json.dumps({"username": user, "password": self.passwords[user]})
            kind = {"Content-Type": "application/json"}
            status, _, text = self._call("POST", "/auth/token", told, kind)
            assert status == 201, text
            self.tokens[user] = json.loads(text)["access_token"]
        return self.tokens[user]

    def _call(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, found, answer.read().decode("utf-8", "replace")
        finally:
            connection.close()


@contextmanager
def served(town: Any, home: Path) -> Iterator[Web]:
    """Airflow's database and its web server; ended by its own pid."""
    passwords = {user: secrets.token_hex(8) for user in USERS}
    (home / "passwords").write_text(json.dumps(passwords))
    port = free_port()
    own = {
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
        "AIRFLOW__API__SECRET_KEY": secrets.token_hex(16),
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(32),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{u}:{r}" for u, r in USERS.items()),
    }
    env = settings(home) | own
    with town.worker("-m", "airflow", "db", "migrate", env_more=env) as once:
        assert once.wait(300) == 0
    words = ("api-server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1")
    with (home / "web.log").open("w") as log:
        pipes: dict[str, Any] = {"stdout": log, "stderr": subprocess.STDOUT}
        with town.worker("-m", "airflow", *words, env_more=env, **pipes) as server:
            try:
                found = Web(port, passwords)
                _wait(found, server, home / "web.log")
                yield found
            finally:
                server.terminate()
                server.wait(120)


def _wait(web: Web, server: Any, log: Path) -> None:
    end = time.monotonic() + 300
    while True:
        assert server.poll() is None and time.monotonic() < end, log.read_text()[-3000:]
        try:
            status, _, _ = web.ask("/api/v2/monitor/health")
        except OSError:
            time.sleep(0.1)
            continue
        if status == 200:
            return
