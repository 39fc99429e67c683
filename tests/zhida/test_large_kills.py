"""``kill -9`` in the middle of a large file, twice; and how much memory all of it takes.

The default run has a file of 64 MB, ``ZHIDA_ROUNDS=full`` one of 2 GB. Its source makes it while it is
read, so only the hub's own copy lies on this machine.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from exchange.sealed_file import CHUNK
from tests.kills import Kills
from tests.zhida import drawn_file
from tests.zhida.drawn_file import Source
from tests.zhida.large_office import Office
from tests.zhida.test_files_served import _line

FULL = os.environ.get("ZHIDA_ROUNDS", "") == "full"
SIZE = (2 << 30) + 12_345 if FULL else (64 << 20) + 12_345
LIMIT = 300_000
"""Kilobytes that a process may ever have had in memory."""
ROOT = Path(__file__).resolve().parents[2]
SYSTEM = """system: drawings
title: 图纸平台（示例）
unit: registry
adapter: large_files
connection: drawings_http
options: {wire: rest, take: "/files/{name}", settings: {timeout_s: 1200}}
"""
HUB = """
import os, sys
from types import SimpleNamespace
from zhida import site, file_claims, file_intake, serve
from zhida.environment import site_folder, var_folder
from zhida.hub import Hub
hub = Hub(site.load(site_folder()), var=var_folder(), secret=os.environ["ZHIDA_KEY_PASSWORD"].encode())
hub.site.matters["drawings"] = SimpleNamespace(purpose="acceptance")
"""
TAKE = (
    HUB
    + """
print(file_intake.take_in(hub, file_claims.exact(hub, sys.argv[1])))
print(open("/proc/self/status").read())
hub.close()
"""
)
SERVE = (
    HUB
    + """
with serve.open_server(hub):
    print("ready", flush=True)
    sys.stdin.read()
hub.close()
"""
)


@pytest.fixture
def source() -> Source:
    return Source(SIZE)


@pytest.fixture
def office(tmp_path: Path, source: Source) -> Iterator[Office]:
    found = Office(tmp_path / "town", files={"systems/drawings.yaml": SYSTEM})
    with source.serving() as port:
        told = {"conn_type": "http", "host": "127.0.0.1", "port": port, "schema": "http"}
        found.endpoint.connections["drawings_http"] = told
        yield found
    found.hub.close()
    shutil.rmtree(found.area)  # pytest keeps what tests leave, and this is big


@contextmanager
def process(office: Office, script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    env = {"PATH": os.environ["PATH"], "HOME": "/tmp", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        env=env | office.endpoint.env, stdin=pipe, stdout=pipe, text=True, cwd=ROOT,
    ) as found:  # fmt: skip
        try:
            yield found
        finally:
            found.kill()


def peak(status: str) -> int:
    """Kilobytes that it ever had in memory."""
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1])


def peak_of(running: subprocess.Popen[str]) -> int:
    return peak(Path(f"/proc/{running.pid}/status").read_text())


def kept(office: Office) -> int:
    return sum(path.stat().st_size for path in office.area.glob("*.part"))


def killed_at(office: Office, source: Source, gate: int, claim: str) -> None:
    """A worker that has come so far, and no farther, ends without a word."""
    source.open_to(gate)
    end = time.monotonic() + 1200
    with process(office, TAKE, claim) as worker:
        while kept(office) < gate - 2 * CHUNK:
            assert worker.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)
        assert peak_of(worker) < LIMIT
        worker.kill()
        assert worker.wait() == -9


@pytest.mark.timeout(3600)
@pytest.mark.guarantee("G1")
def test_a_large_file_comes_in_through_two_kills_and_goes_out_again(
    office: Office, source: Source, kills: Kills, record_property: Any
) -> None:
    claim = office.claim("模型.ifc", bytes=SIZE, **drawn_file.digest(SIZE, "sha256", "sm3"))
    kills.of("a worker that fetches a large file")
    for gate in (SIZE // 3, 2 * SIZE // 3):
        killed_at(office, source, gate, claim.claim.id)
        assert 0 < kept(office) < gate + 2 * CHUNK
        kills.fell["sent"] += 1
    source.open_to(SIZE)
    began = time.monotonic()
    with process(office, TAKE, claim.claim.id) as worker:
        told, _ = worker.communicate(timeout=1500)
    took, taking = time.monotonic() - began, peak(told)
    assert told.splitlines()[0] == "taken"
    assert taking < LIMIT
    _went_on_where_it_was(source)
    began = time.monotonic()
    serving = _handed_out(office, claim.claim)
    record_property("large file", f"{taking} kB in, {serving} kB out")
    print(
        f"{SIZE} bytes: last third in {took:.1f} s with {taking} kB at most; "
        f"out in {time.monotonic() - began:.1f} s with {serving} kB at most"
    )


def _went_on_where_it_was(source: Source) -> None:
    """After each kill it asked for what comes after the last whole chunk, and for nothing before it."""
    first, second, third = source.asked
    assert first == 0
    for asked, gate in ((second, SIZE // 3), (third, 2 * SIZE // 3)):
        assert asked % CHUNK == 0
        assert gate - 3 * CHUNK < asked <= gate


def _handed_out(office: Office, claim: Any) -> int:
    """By a process of its own, to a reader that keeps nothing: the most memory that it took."""
    found = hashlib.sha256()
    with process(office, SERVE) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        line = _line(office)
        line.request("GET", f"/files/{claim.id}")
        answer = line.getresponse()
        assert answer.status == 200
        while part := answer.read(1 << 20):
            found.update(part)
        line.close()
        taken = peak_of(server)
    assert found.hexdigest() == claim.digests["sha256"]
    assert taken < LIMIT
    return taken
