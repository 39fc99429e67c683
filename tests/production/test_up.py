"""``make up``: scheduler, PostgreSQL, RabbitMQ and listener as in production, one effect each."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.airflow import Airflow
from sandbox.births import birth
from sandbox.clerk import Clerk
from sandbox.district import District
from sandbox.process import ROOT
from sandbox.running import Running
from tests.production.conftest import command, environment, wait_until_done

pytestmark = [pytest.mark.airflow, pytest.mark.peer("production"), pytest.mark.timeout(600)]


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
    for name in ("env.sh", "operators/wang.sh"):
        assert (folder / name).stat().st_mode & 0o777 == 0o600


def test_a_person_of_this_hub_can_act_here(folder: Path) -> None:
    line = '. "$0/env.sh"; . "$0/operators/wang.sh"; exec "$1" -m zhida parked replay none item'
    done = subprocess.run(
        ["sh", "-c", line, str(folder), sys.executable],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "operator." not in done.stderr + done.stdout, "known, and with the right key"
    assert done.returncode != 0
