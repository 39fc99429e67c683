"""A running district, a hub in another process with its memory watched, and a hostile peer."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from sandbox.district import District
from tests.zhida.conftest import ROOT, Town

Answer = tuple[str, bytes]
"""Content type and body; a ``gzip:`` before the type means that the body is to be compressed."""


class Sweeper:
    """A hub in a process of its own that sweeps when told to; its peak of memory, its stderr."""

    def __init__(self, town: Town, log: Path, **connections: str) -> None:
        env = town.district.env | connections | {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
        script = Path(__file__).parent / "sweep_when_told.py"
        self.log = log
        with log.open("wb") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, str(script)],
                cwd=ROOT,
                env=env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )

    def sweep(self, ahead: float = 0) -> dict[str, Any]:
        """One sweep with the clock ``ahead`` by so many seconds: sick items, peak in KiB."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(ahead, file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        assert line, self.log.read_text("utf-8")
        told: dict[str, Any] = json.loads(line)
        return told

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        assert self._process.wait(30) == 0


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has heard enough hangs up: just what is wanted."""


class Hostile:
    """An HTTP server that answers every POST with what it was told, whatever is asked."""

    def __init__(self) -> None:
        self.answer: Answer = ("text/plain", b"")
        self.passing: Callable[[bytes], bool] = lambda body: False
        """Requests that the true system answers."""
        self.reaches = False
        """True: the true system gets each request, but its answer is replaced."""
        self.behind = 0
        self._server = _Quiet(("127.0.0.1", 0), self._handler())
        self.port: int = self._server.server_port
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hostile = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                kind, content = hostile.answer
                if hostile.reaches or hostile.passing(body):
                    true = hostile.passed_on(self.path, body, self.headers)
                    kind, content = true if hostile.passing(body) else hostile.answer
                self.send_response(200)
                if kind.startswith("gzip:"):
                    content = gzip.compress(content, 9)
                    self.send_header("Content-Encoding", "gzip")
                self.send_header("Content-Type", kind.removeprefix("gzip:"))
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                try:
                    self.wfile.write(content)
                except ConnectionError:
                    self.close_connection = True

            def log_message(self, *args: Any) -> None:
                pass

        return Handler

    def passed_on(self, path: str, body: bytes, headers: Any) -> Answer:
        """What the true system behind says."""
        from http.client import HTTPConnection

        connection = HTTPConnection("127.0.0.1", self.behind, timeout=30)
        kept = {name: headers[name] for name in ("Content-Type", "SOAPAction") if name in headers}
        connection.request("POST", path, body, kept)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.headers["Content-Type"], content

    def heal(self) -> None:
        self.passing = lambda body: True

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    from tests.zhida.conftest import configure

    district = District(tmp_path_factory.mktemp("town"))
    district.prepare()
    configure(district.directory, "police", settle_s=1)
    with district:
        found = Town(district)
        yield found
        found.close()


@pytest.fixture(scope="module")
def hostile() -> Iterator[Hostile]:
    found = Hostile()
    yield found
    found.close()


@pytest.fixture(scope="module")
def sweeper(
    town: Town, hostile: Hostile, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Sweeper]]:
    """A sweeping process in which one system's address is the hostile peer's; made once each."""
    made: dict[str, Sweeper] = {}
    folder = tmp_path_factory.mktemp("sweepers")

    def make(system: str) -> Sweeper:
        if system not in made:
            name = f"AIRFLOW_CONN_{system.upper()}"
            told = json.loads(town.district.env[name]) | {"port": hostile.port}
            made[system] = Sweeper(town, folder / f"{system}.log", **{name: json.dumps(told)})
        hostile.behind = town.district.system(system).port
        return made[system]

    yield make
    for each in made.values():
        each.close()
