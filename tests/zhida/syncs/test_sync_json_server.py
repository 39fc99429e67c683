"""A cursor on a foreign API: json-server, which knows fields and operators and no envelope."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox.layout import free_port
from tests.zhida.syncs.conftest import COLUMNS, SYNC, Town, counted, firm

NODE = Path(__file__).resolve().parents[2] / "peers" / "node"
PROGRAM = NODE / "node_modules" / "json-server" / "lib" / "cli" / "bin.js"


@dataclass
class Server:
    """Its rows are changed through its own API."""

    url: str

    def put(self, number: int, **changes: Any) -> None:
        told = dict(zip(COLUMNS, firm(number), strict=True)) | {"id": number + 1} | changes
        self._ask("POST", "/firms", told)

    def change(self, number: int, **changes: Any) -> None:
        self._ask("PATCH", f"/firms/{number + 1}", changes)

    def is_up(self) -> bool:
        try:
            self._ask("GET", "/firms", None)
        except urllib.error.URLError:
            return False
        return True

    def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> None:
        content = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        asked = urllib.request.Request(self.url + path, content, headers, method=method)
        with urllib.request.urlopen(asked, timeout=10) as answer:
            answer.read()


@pytest.fixture
def server(town: Town) -> Iterator[Server]:
    assert PROGRAM.is_file(), "run: tests/peers/install.sh"
    port, books = free_port(), town.folder / "books.json"
    books.write_text('{"firms": []}')
    command = [
        "node",
        str(PROGRAM),
        "--quiet",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        str(books),
    ]
    with subprocess.Popen(command, cwd=town.folder, stdout=subprocess.DEVNULL) as process:
        found = Server(f"http://127.0.0.1:{port}")
        for _ in range(600):
            if found.is_up():
                break
            time.sleep(0.05)
        yield found
        process.terminate()
    assert process.returncode is not None


def test_what_is_new_is_asked_for_with_its_own_operators(town: Town, server: Server) -> None:
    paging = {"kind": "page", "rows": "", "field": "_page", "size_field": "_limit", "size": 5}
    call = {"call": "GET /firms", "paging": paging, "constants": {"_sort": "MTIME"}}
    told = {"system": "lists", "title": "接口", "unit": "market", "adapter": "lists"}
    options = {"wire": "rest", "lists": {"firms": call}}
    town.write("systems", "lists", {**told, "connection": "lists", "options": options})
    town.connections["lists"] = {"conn_type": "http", "host": server.url}
    cursor = {"column": "MTIME", "parameter": "MTIME_gte", "look_back": 120}
    source = {"system": "lists", "list": "firms", "columns": list(COLUMNS)}
    town.write("syncs", "firms", {**SYNC, "source": source, "cursor": cursor})
    for number in range(12):
        server.put(number)
    assert town.counts() == counted(read=12, applied=12)
    server.put(20, MTIME="2026-01-04 00:10:00")
    server.change(3, NAME="新名", MTIME="2026-01-04 00:11:00")
    assert town.counts() == counted(read=5, applied=2, unchanged=3)
    assert town.front.rows("firm_in")[3][1] == "新名"
    assert town.counts() == counted(read=5, unchanged=5)
