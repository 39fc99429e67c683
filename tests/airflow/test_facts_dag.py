"""Facts in Airflow: a task for each source that is due, and one that is sick turns nobody else red."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sandbox import fact_books, fact_catalogue, fact_site, pki
from sandbox.enterprises import District
from tests.zhida import small_grants
from zhida.airflow.once import settings

pytestmark = pytest.mark.airflow

ROOT = Path(__file__).resolve().parents[2]
SITE = """site: facts
title: 示例
unit: hub
suite: Ed25519
key: keys/hub.key
certificate: keys/hub.crt
trust: ../trust
matters: []
"""
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
told = {"errors": list(bag.import_errors), "dags": sorted(bag.dags), "runs": []}
dag = bag.get_dag("zhida_facts")
told["schedule"] = str(dag.schedule)
for _ in range(2):
    run = dag.test()
    states = {t.rendered_map_index or t.task_id: str(t.state) for t in run.get_task_instances()}
    told["runs"].append([str(run.state), states])
print("TOLD" + json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Two runs on three bureaus, one of which hands over what nobody can read."""
    folder = tmp_path_factory.mktemp("facts")
    pki.make(folder, "Ed25519")
    site, books = folder / "site", folder / "books"
    (site / "site.yaml").write_text(SITE, "utf-8")
    (site / "units").mkdir()
    (site / "units/hub.yaml").write_text("unit: hub\ntitle: 示例数据局\n", "utf-8")
    small_grants.write(site / "policies")
    known = fact_catalogue.load(site / "policies/facts")
    connections = fact_site.lay(site, books, known)
    district = District(20, date(2026, 11, 27), quiet=1)
    for holder, facts in fact_catalogue.by_holder(known).items():
        fact_books.hand_over(books, holder, facts, district)
    shutil.rmtree(books / "tax")
    (books / "tax").mkdir()
    (books / "tax" / "a.csv").write_text("nothing,that\nbelongs,here\n", "gbk")
    (folder / "var").mkdir(mode=0o700)
    env = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    env |= settings(tmp_path_factory.mktemp("airflow"))
    env |= {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    env |= {"ZHIDA_SITE": str(site), "ZHIDA_VAR": str(folder / "var")}
    env |= {"ZHIDA_KEY_PASSWORD": pki.secrets_of(folder)["hub"]}
    env |= {f"AIRFLOW_CONN_{name.upper()}": each for name, each in connections.items()}
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    line = [each for each in done.stdout.splitlines() if each.startswith("TOLD")]
    assert line, done.stdout[-2000:] + done.stderr[-3000:]
    found: dict[str, Any] = json.loads(line[0].removeprefix("TOLD"))
    return found


def test_a_site_with_facts_has_their_dag_though_it_gives_no_grants(told: dict[str, Any]) -> None:
    assert told["errors"] == []
    assert "zhida_facts" in told["dags"] and "zhida_grants" not in told["dags"]
    assert told["schedule"] == "1:00:00"


def test_each_source_is_a_task_and_only_the_sick_one_is_red(told: dict[str, Any]) -> None:
    state, tasks = told["runs"][0]
    assert state == "failed"
    others = dict.fromkeys(("human-resources-facts", "registry-facts"), "success")
    assert tasks == {"due": "success", "tax-facts": "failed", **others}


def test_what_was_had_is_not_due_again(told: dict[str, Any]) -> None:
    _, tasks = told["runs"][1]
    assert tasks == {"due": "success", "tax-facts": "failed"}
