"""Grants in Airflow: two dags where the site gives grants, none where it does not; counts in XCom."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sandbox import pki
from tests.zhida import grant_town
from tests.zhida.grant_night import fixed
from tests.zhida.grant_town import Town
from zhida.airflow.once import settings

pytestmark = pytest.mark.airflow

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import json, os, sys
from airflow.utils.db import initdb
from airflow.dag_processing.dagbag import DagBag
from tests.zhida import grant_town
from tests.zhida.grant_night import fixed
from zhida import policy_find
initdb()
bag = DagBag(dag_folder=os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
policy_find.catalogue = lambda _: grant_town.catalogue(fixed())
told = {"errors": list(bag.import_errors), "dags": sorted(bag.dags)}
with grant_town.installed():
    found = bag.get_dag("zhida_grants_advance").test()
news = bag.get_dag("zhida_news")
told["news"] = [str(t.state) for t in news.test().get_task_instances()]
told["tasks"] = {t.task_id: str(t.state) for t in found.get_task_instances()}
night = bag.get_dag("zhida_grants")
told["night"] = {t.task_id: sorted(t.upstream_task_ids) for t in night.tasks}
told["at"] = [night.timetable.expression, str(night.timetable.timezone)]
told["titles"] = [t.task_display_name for t in night.topological_sort()]
print("TOLD" + json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Airflow made of the site of grants, after an advance in a dag run."""
    folder = tmp_path_factory.mktemp("grants")
    grant_town.write_site(folder)
    portal = (ROOT / "sandbox/grants_site/systems/portal.yaml").read_text("utf-8")
    told = portal.replace("system: portal", "system: firms", 1)
    (folder / "site/systems/firms.yaml").write_text(told, "utf-8")
    with grant_town.installed():
        town = Town(folder)
        town.match(fixed(), [100, 200])
        town.close()
    home = tmp_path_factory.mktemp("airflow")
    env = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    env |= settings(home) | {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    env |= {"ZHIDA_SITE": str(folder / "site"), "ZHIDA_VAR": str(folder / "var")}
    env |= {"ZHIDA_KEY_PASSWORD": pki.secrets_of(folder)["hub"]}
    env |= {"AIRFLOW_CONN_OFFICE": json.dumps({"host": str(folder / "office.sqlite")})}
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    line = [each for each in done.stdout.splitlines() if each.startswith("TOLD")]
    assert line, done.stdout[-2000:] + done.stderr[-3000:]
    found: dict[str, Any] = json.loads(line[0].removeprefix("TOLD"))
    with grant_town.installed():
        town = Town(folder)
        found["states"] = dict(town.states())
        town.close()
    return found


def test_a_site_with_grants_has_a_night_and_what_is_between(told: dict[str, Any]) -> None:
    assert told["errors"] == []
    assert {"zhida_grants", "zhida_grants_advance"} < set(told["dags"])
    assert "zhida_facts" not in told["dags"]  # no source of facts
    assert set(grant_town.MATTERS) < set(told["dags"])


def test_the_steps_of_a_night_follow_one_another(told: dict[str, Any]) -> None:
    order = {
        "snapshot": [],
        "match": ["snapshot"],
        "push": ["match"],
        "clawback": ["push"],
        "advance": ["clawback"],
    }
    assert told["night"] == order
    assert told["titles"] == ["快照", "匹配", "推送", "追回核查", "推进"]


def test_the_hour_of_a_night_is_told_in_the_time_of_beijing(told: dict[str, Any]) -> None:
    assert told["at"] == ["30 2 * * *", "Asia/Shanghai"]


def test_a_portal_that_tells_of_answers_is_asked_in_a_dag_of_its_own(told: dict[str, Any]) -> None:
    """It has no connection here: nobody hears of answers, and nothing else suffers from it."""
    assert told["news"] == ["success"]


def test_a_dag_run_lets_the_awards_move_on(told: dict[str, Any]) -> None:
    assert told["tasks"] == {"advance": "success"}
    assert told["states"] == {"listed": 2}
