"""Disputes in Airflow: from registration to closing, each step a dag run; counts only in XCom."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.zhida import mediation_town
from tests.zhida.mediation_town import Town
from zhida.airflow.once import settings

pytestmark = pytest.mark.airflow

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import json, os, sys
from airflow.utils.db import initdb
from airflow.dag_processing.dagbag import DagBag
from tests.zhida import mediation_town
initdb()
bag = DagBag(dag_folder=os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
told = {"errors": list(bag.import_errors), "dags": sorted(bag.dags)}
with mediation_town.installed():
    run = bag.get_dag("zhida_mediation").test()
    swept = bag.get_dag("mediation-referral").test() if "sweep" in sys.argv else None
told["advance"] = {t.task_id: str(t.state) for t in run.get_task_instances()}
told["xcom"] = [t.xcom_pull(task_ids=t.task_id) for t in run.get_task_instances()]
told["swept"] = {t.task_id: str(t.state) for t in swept.get_task_instances()} if swept else {}
print("TOLD" + json.dumps(told))
"""


def run(folder: Path, home: Path, *more: str) -> dict[str, Any]:
    """A dag run over the site in ``folder``; ``sweep``: and one of the referrals (which waits for work)."""
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
        [sys.executable, "-c", PROGRAM, *more], env=env, capture_output=True, text=True, check=False
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("TOLD")]
    assert lines, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(lines[-1].removeprefix("TOLD"))
    return found


def test_a_dispute_goes_from_its_registration_to_its_closing(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    mediation_town.write_site(tmp_path)
    with mediation_town.installed():
        town = Town(tmp_path)
        record = mediation_town.registration(place="秣陵街道")
        town.take("mediation", "registration", "mediation-centre", record)
        home = tmp_path_factory.mktemp("airflow")
        told = run(tmp_path, home, "sweep")
        assert told["errors"] == []
        assert "zhida_mediation" in told["dags"]
        assert told["advance"] == {"advance": "success"}
        assert told["swept"]["street"] == "success"
        assert "王示例" not in json.dumps(told, ensure_ascii=False)
        [slip] = town.effects("take_dispute")
        assert slip["referral"]["desk"] == "311"
        number = slip["referral"]["dispute"]
        for event in ("accepted", "mediation-applied", "agreed", "performed", "closed"):
            town.told(number, event, "hub" if event == "closed" else "street")
            town.clock.skip(seconds=1)
        assert run(tmp_path, home)["xcom"][0]["taken"] == 5
        assert town.state(number) == "closed"
        assert town.dispute(number).row.closed_at
        town.audit()
        town.hub.close()
