"""Joint acceptance in Airflow: a step of all buildings is a dag run, items go out by their own; counts only in XCom."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.zhida import acceptance_town
from tests.zhida.acceptance_town import UNIT, Town, project
from zhida.airflow.once import settings

pytestmark = pytest.mark.airflow

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import json, os
from airflow.utils.db import initdb
from airflow.dag_processing.dagbag import DagBag
from tests.zhida import acceptance_town
initdb()
bag = DagBag(dag_folder=os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
told = {"errors": list(bag.import_errors), "dags": sorted(bag.dags)}
with acceptance_town.installed():
    run = bag.get_dag("zhida_acceptance").test()
    swept = bag.get_dag("acceptance-review").test()
told["xcom"] = [t.xcom_pull(task_ids=t.task_id) for t in run.get_task_instances()]
told["swept"] = {t.task_id: str(t.state) for t in swept.get_task_instances()}
print("TOLD" + json.dumps(told))
"""


def run(folder: Path, home: Path) -> dict[str, Any]:
    """A step of all buildings, and a sweep of what is handed to units."""
    env = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    env |= settings(home) | {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    secrets = json.loads((folder / "secrets.json").read_text())
    office = {"conn_type": "generic", "host": str(folder / "office.sqlite")}
    env |= {
        "ZHIDA_SITE": str(folder / "site"),
        "ZHIDA_VAR": str(folder / "var"),
        "ZHIDA_KEY_PASSWORD": secrets["hub"],
        "AIRFLOW_CONN_OFFICE": json.dumps(office),
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=env, capture_output=True, text=True, check=False
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("TOLD")]
    assert lines, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(lines[-1].removeprefix("TOLD"))
    return found


def test_a_building_is_registered_and_its_first_item_reaches_its_unit(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    acceptance_town.write_site(tmp_path)
    with acceptance_town.installed():
        town = Town(tmp_path)
        number = town.register(contact={"name": "钱示例", "phone": "19900000001"})
        other = project()
        town.told(
            number, "submitted", "owner",
            materials=[{"name": "steel", "digest": acceptance_town.digest("steel")}],
        )  # fmt: skip
        assert town.take("acceptance", "project", UNIT["owner"], other) == "opened"
        told = run(tmp_path, tmp_path_factory.mktemp("airflow"))
        assert told["errors"] == []
        assert "zhida_acceptance" in told["dags"]
        [counts] = told["xcom"]
        assert (counts["registered"], counts["taken"], counts["handed"]) == (1, 1, 1)
        assert told["swept"]["station"] == "success"
        assert "钱示例" not in json.dumps(told, ensure_ascii=False)
        assert town.slips(number) == ["frame/1"]
        town.audit()
        town.hub.close()
