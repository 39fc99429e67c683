"""``make up``: scheduler, PostgreSQL, RabbitMQ and listener as in production, one effect each."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.airflow import Airflow
from sandbox.births import birth
from sandbox.clerk import Clerk
from sandbox.district import District
from sandbox.process import ROOT
from sandbox.running import Running

pytestmark = [pytest.mark.airflow, pytest.mark.peer("production"), pytest.mark.timeout(600)]


def command(action: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    told = [sys.executable, "-m", "sandbox.production", action, *words, "--dir", str(folder)]
    return subprocess.run(told, cwd=ROOT, capture_output=True, text=True, check=False)


def environment(folder: Path) -> dict[str, str]:
    """What a shell has that has read ``env.sh``."""
    lines = shlex.split((folder / "env.sh").read_text("utf-8").replace("export ", ""))
    return os.environ | dict(line.split("=", 1) for line in lines)


def cases(folder: Path) -> list[dict[str, Any]]:
    words = [sys.executable, "-m", "zhida", "case", "list", "--json"]
    done = subprocess.run(
        words, cwd=ROOT, env=environment(folder), check=True, capture_output=True, text=True
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def wait_until_done(folder: Path, count: int) -> list[dict[str, Any]]:
    end = time.monotonic() + 240
    while time.monotonic() < end:
        found = cases(folder)
        if len(found) == count and all(case["state"] == "done" for case in found):
            return found
        time.sleep(1)
    raise AssertionError(found)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("production")
    running = Running(place)
    try:
        up = command("up", place)
        assert up.returncode == 0, up.stderr
        yield place
        processes = [each.process for each in running.read()]
    finally:
        down = command("down", place)
    assert down.returncode == 0
    assert not any(process.is_alive() for process in processes)
    assert command("status", place).returncode == 1


@pytest.mark.guarantee("G2")
def test_newborns_from_queue_and_form_have_one_effect_each_under_two_schedulers(
    folder: Path,
) -> None:
    env = environment(folder)
    airflow = Airflow(folder, env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"], env)
    airflow.prepare()
    other = airflow.part("scheduler", log="scheduler-2")
    other.start()
    try:
        for number in (1, 2):
            assert command("declare", folder, str(number)).returncode == 0
        district = District(folder, detached=True)
        district.prepare()
        district.birth(birth(3).facts)
        Clerk(district.system("oa").address).fill_in(birth(3).form)
        found = wait_until_done(folder, 3)
    finally:
        other.stop()
    assert sorted(case["matter"] for case in found) == ["newborn", *["newborn-bedside"] * 2]
    registered = [row["cszmbh"] for row in district.system("police").books()]
    assert sorted(registered) == [birth(number).form["cszmbh"] for number in (1, 2, 3)]
    assert len(district.system("insurance").books()) == 3


def test_up_again_changes_nothing_that_runs(folder: Path) -> None:
    before = [each.process.pid for each in Running(folder).read()]
    assert command("up", folder).returncode == 0
    assert [each.process.pid for each in Running(folder).read()] == before


def test_no_password_stands_in_the_site(folder: Path) -> None:
    env = environment(folder)
    told = "".join(p.read_text("utf-8") for p in (folder / "site").rglob("*.yaml"))
    assert env["ZHIDA_STORE_URL"].split(":")[2].split("@")[0] not in told
    assert json.loads(env["AIRFLOW_CONN_QUEUE"])["password"] not in told
    assert (folder / "env.sh").stat().st_mode & 0o777 == 0o600
