"""A fresh key office for each test, copied from one that was made once a suite."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sandbox.district import District
from tests.keys.key_office import KeyOffice, quick

SUITES = ("SM2-SM3", "Ed25519")


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    made: dict[str, Path] = {}

    def of(suite: str) -> Path:
        if suite not in made:
            folder = tmp_path_factory.mktemp("district") / "d"
            District(folder, signer=False, suite=suite).prepare()
            quick(folder)
            made[suite] = folder
        return made[suite]

    return of


@pytest.fixture
def suite(request: pytest.FixtureRequest) -> str:
    """Most tests are of one suite; ``both`` runs in each."""
    return str(getattr(request, "param", "Ed25519"))


both = pytest.mark.parametrize("suite", SUITES, indirect=True)


@pytest.fixture
def office(prepared: Callable[[str], Path], suite: str, tmp_path: Path) -> Iterator[KeyOffice]:
    folder = Path(shutil.copytree(prepared(suite), tmp_path / "d"))
    found = KeyOffice(folder, suite)
    yield found
    found.close()


class CrlServer:
    """Gives ``body`` to whoever asks, or 404 while it has none."""

    def __init__(self) -> None:
        self.body = b""
        told = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200 if told.body else 404)
                self.send_header("Content-Length", str(len(told.body)))
                self.end_headers()
                self.wfile.write(told.body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def crl_server() -> Iterator[CrlServer]:
    found = CrlServer()
    yield found
    found.stop()
