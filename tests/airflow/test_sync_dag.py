"""Syncs in Airflow: a dag each, on China's clock or after another; a task tells counts only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sandbox import pki, syncs
from zhida.airflow.once import settings

pytestmark = pytest.mark.airflow

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import json, os
from airflow.utils.db import initdb
from airflow.dag_processing.dagbag import DagBag
from exchange.store import schema
from zhida.hub import open_hub
initdb()
with open_hub() as hub:
    schema.upgrade(hub.store)
bag = DagBag(dag_folder=os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
told = {"errors": list(bag.import_errors.values()), "dags": sorted(bag.dags)}
first, then = bag.get_dag("zhida_sync_firms"), bag.get_dag("zhida_sync_again")
told["zone"] = str(first.timetable.timezone)
told["after"] = [each.name for each in then.schedule]
told["tells"] = [each.name for each in first.get_task("done").outlets]
run = first.test()
told["state"] = str(run.state)
told["tasks"] = {t.task_id: str(t.state) for t in run.get_task_instances()}
told["told"] = run.get_task_instance("target_1").xcom_pull("target_1")
print("TOLD" + json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One run of the sandbox's sync, and one that waits for it."""
    folder = tmp_path_factory.mktemp("syncs") / "syncs"
    syncs.lay(folder)
    file = folder / "site" / "syncs" / "firms.yaml"
    text = file.read_text("utf-8").replace("sync: firms", "sync: again")
    lines = [line for line in text.splitlines() if not line.startswith("schedule")]
    (file.parent / "again.yaml").write_text("\n".join([*lines, "after: firms", ""]), "utf-8")
    env = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    env |= settings(tmp_path_factory.mktemp("airflow"))
    env |= {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    env |= {"ZHIDA_SITE": str(folder / "site"), "ZHIDA_VAR": str(folder / "var")}
    env |= {"ZHIDA_KEY_PASSWORD": pki.secrets_of(folder)["hub"]}
    for name in ("SYNC_REGISTRY", "SYNC_LICENSING"):
        env[f"AIRFLOW_CONN_{name}"] = '{"conn_type": "generic"}'
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    line = [each for each in done.stdout.splitlines() if each.startswith("TOLD")]
    assert line, done.stdout[-2000:] + done.stderr[-3000:]
    found: dict[str, Any] = json.loads(line[0].removeprefix("TOLD"))
    return found


def test_each_sync_is_a_dag_on_china_s_clock_or_after_another(told: dict[str, Any]) -> None:
    assert told["errors"] == []
    assert {"zhida_sync_firms", "zhida_sync_again"} <= set(told["dags"])
    assert told["zone"] == "Asia/Shanghai"
    assert told["after"] == told["tells"] == ["zhida-sync-firms"]


def test_a_task_tells_counts_and_nothing_else(told: dict[str, Any]) -> None:
    assert told["state"] == "success"
    assert told["tasks"] == {"target_1": "success", "done": "success"}
    assert told["told"]["applied"] == 500
    assert all(type(value) is int for value in told["told"].values())
