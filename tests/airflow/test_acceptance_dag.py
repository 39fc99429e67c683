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


def run(
    folder: Path, home: Path, program: str = PROGRAM, more: dict[str, str] | None = None
) -> dict[str, Any]:
    """A step of all buildings, and a sweep of what is handed to units; or another program."""
    env = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    env |= settings(home) | {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    secrets = json.loads((folder / "secrets.json").read_text())
    office = {"conn_type": "generic", "host": str(folder / "office.sqlite")}
    env |= {
        "ZHIDA_SITE": str(folder / "site"),
        "ZHIDA_VAR": str(folder / "var"),
        "ZHIDA_KEY_PASSWORD": secrets["hub"],
        "AIRFLOW_CONN_OFFICE": json.dumps(office),
        **(more or {}),
    }
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False
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


FIVE = """
import json, os
from airflow.utils.db import initdb
from airflow.dag_processing.dagbag import DagBag
from pathlib import Path
from tests.zhida import acceptance_town
from tests.zhida.acceptance_town import Town
initdb()
bag = DagBag(dag_folder=os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
told, done = {"errors": list(bag.import_errors), "runs": 0}, set()


def run(name):
    bag.get_dag(name).test()
    told["runs"] += 1


with acceptance_town.installed():
    town = Town(Path(os.environ["TOWN"]))
    number = os.environ["NUMBER"]
    for _ in range(30):
        run("zhida_acceptance")
        found = town.acceptance(number)
        if found.standing.ended:
            break
        with town.hub.store.read() as connection:
            work = connection.exec_driver_sql(
                "SELECT DISTINCT matter FROM matter_case WHERE id IN"
                " (SELECT [case] FROM case_item WHERE state = 'ready')"
            ).scalars().all()
        for name in sorted({"acceptance-review", "acceptance-paper", "acceptance"} & set(work)):
            run(name)
        for slip in (each["slip"] for each in town.effects("review_acceptance")):
            if slip["id"] not in done:
                done.add(slip["id"])
                if slip["item"] == "opinion":
                    town.told(number, "opinion", "lead", verdict="pass")
                else:
                    town.told(number, "passed", slip["role"], slip["item"])
    told["stages"] = town.acceptance(number).standing.opened
    told["ended"] = town.acceptance(number).standing.ended
    told["slips"] = town.slips(number)
    told["papers"] = [each["paper"]["kind"] for each in town.effects("deliver_paper")]
    town.audit()
    town.hub.close()
print("TOLD" + json.dumps(told))
"""


def test_a_building_goes_through_all_five_stages_by_dag_runs_alone(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    acceptance_town.write_site(tmp_path)
    (tmp_path / "site/matters/acceptance/after.yaml").write_text(acceptance_town.five_stages())
    with acceptance_town.installed():
        town = Town(tmp_path)
        number = town.register()
        every = ("geology", "steel", "survey", "drawing", "alarm-report", "sheet")
        town.told(
            number, "submitted", "owner",
            materials=[{"name": n, "digest": acceptance_town.digest(n)} for n in every],
        )  # fmt: skip
        town.hub.close()
    told = run(
        tmp_path,
        tmp_path_factory.mktemp("airflow"),
        FIVE,
        {"TOWN": str(tmp_path), "NUMBER": number},
    )
    assert told["errors"] == []
    assert (told["stages"], told["ended"]) == (5, True)
    assert sorted(told["slips"]) == [
        "base/1", "fire/1", "frame/1", "opinion/1", "record/1", "survey/1", "trees/1",
    ]  # fmt: skip
    assert told["papers"] == ["opinion", "filing"]
