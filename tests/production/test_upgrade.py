"""N-1 → N with traffic: the store is migrated while a worker of the former release goes on (docs/adr/0034).

The former release is the commit before the newest migration, out of this repository's history.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from exchange.store import case_rows
from exchange.store.engine import Store
from sandbox.births import birth
from sandbox.clerk import Clerk
from sandbox.district import District
from sandbox.postgres import Postgres
from sandbox.process import ROOT

VERSIONS = "exchange/store/migrations/versions"
ROOMS = ("crypto", "exchange", "mappings", "connectors", "adapters", "matters", "zhida")
WORKER = """
import json, select, sys
from zhida import sweep
from zhida.hub import open_hub

with open_hub() as hub:
    matter = hub.site.matter("newborn")
    while not select.select([sys.stdin], [], [], 0.05)[0]:
        done = sum(report.states.get("applied", 0) for report in sweep.sweep(hub, matter))
        print(json.dumps(done), flush=True)
"""
"""A worker as one process, alive all the time; one line a sweep: how many items were done."""


def git(*words: str) -> bytes:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else b""


@pytest.fixture(scope="module")
def former(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The former release's packages."""
    newest = sorted((ROOT / VERSIONS).glob("v0*.py"))[-1]
    added = git("log", "--diff-filter=A", "--format=%H", "-1", "--", f"{VERSIONS}/{newest.name}")
    packed = git("archive", f"{added.decode().strip()}^", *ROOMS) if added.strip() else b""
    if not packed:
        pytest.skip("the history does not reach back to the former release (shallow clone)")
    folder = tmp_path_factory.mktemp("former")
    with tarfile.open(fileobj=io.BytesIO(packed)) as told:
        told.extractall(folder, filter="data")
    assert not (folder / VERSIONS / newest.name).exists()
    return folder


class Town:
    """A district, a store, and workers of two releases."""

    def __init__(self, folder: Path, store: str, former: Path) -> None:
        self.district = District(folder, systems=("oa", "hospital", "police", "insurance"))
        self.district.prepare()
        self.district.start()
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        Path(self.district.env["ZHIDA_VAR"]).mkdir(mode=0o700, exist_ok=True)
        self.env = kept | self.district.env | {"ZHIDA_STORE_URL": store, "LANG": "C.UTF-8"}
        self.places = {"old": former, "new": ROOT}
        self.workers: dict[str, subprocess.Popen[str]] = {}
        self.clerk = Clerk(self.district.system("oa").address)
        self.born: list[str] = []

    def run(self, which: str, *words: str) -> str:
        command = [sys.executable, "-m", "zhida", *words]
        env = self.env | {"PYTHONPATH": str(self.places[which])}
        done = subprocess.run(
            command, cwd=self.places[which], env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, which: str) -> None:
        env = self.env | {"PYTHONPATH": str(self.places[which])}
        self.workers[which] = subprocess.Popen(
            [sys.executable, "-c", WORKER],
            cwd=self.places[which],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def stop(self, which: str) -> int:
        """Ends after its sweep; how many items it did in all."""
        out, _ = self.workers[which].communicate("\n", timeout=120)
        assert self.workers.pop(which).returncode == 0, f"the {which} worker fell"
        return sum(json.loads(line) for line in out.split())

    def bear(self, *numbers: int) -> None:
        for number in numbers:
            self.district.birth(birth(number).facts)
            self.clerk.fill_in(birth(number).form)
            self.born.append(birth(number).form["cszmbh"])

    def wait(self) -> int:
        """Until every case is over; how many there are."""
        end, found = time.monotonic() + 400, []
        with closing(Store(self.env["ZHIDA_STORE_URL"])) as store:
            while len(found) < len(self.born) or set(found) != {"done"}:
                assert time.monotonic() < end, found
                assert all(each.poll() is None for each in self.workers.values())
                time.sleep(0.2)
                with store.read() as connection:
                    found = [case.state for case in case_rows.list_cases(connection)]
        return len(found)

    def close(self) -> None:
        for worker in self.workers.values():
            worker.kill()
            worker.communicate()
        self.district.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def town(
    request: pytest.FixtureRequest, tmp_path: Path, postgres: Postgres, former: Path
) -> Iterator[Town]:
    place = {
        "sqlite": lambda: f"sqlite:///{tmp_path}/store.db",
        "postgresql": lambda: postgres.database("upgrade"),
    }
    made: Callable[[], str] = place[request.param]
    found = Town(tmp_path / "d", made(), former)
    yield found
    found.close()


@pytest.mark.peer("upgrade")
@pytest.mark.guarantee("G2")
def test_no_case_is_lost_and_none_comes_twice(town: Town) -> None:
    town.run("old", "init")
    town.start("old")
    town.bear(1, 2)
    town.wait()
    town.bear(3, 4)  # on their way while the store is migrated
    town.run("new", "init")
    town.bear(5)
    town.wait()  # by the old worker alone, in the new schema
    town.start("new")
    town.bear(6, 7)
    town.wait()
    assert town.stop("old") >= 5
    town.bear(8)
    assert town.wait() == 8
    assert town.stop("new") > 0
    registered = [row["cszmbh"] for row in town.district.system("police").books()]
    assert sorted(registered) == sorted(town.born)
    assert len(town.district.system("insurance").books()) == 8
    assert "账本完整" in town.run("new", "ledger", "verify")
    told = json.loads(town.run("new", "doctor", "--quick", "--json"))
    assert [row["state"] for row in told if row["title"] == "库表版本"] == ["good"]
