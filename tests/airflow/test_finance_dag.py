"""Order finance in Airflow: a bank's request, the facts, the loan and what follows it, by dag runs; counts only in XCom."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.zhida.conftest import Town
from tests.zhida.finance_in_district import Financing, checks, opened
from zhida import finance_asking
from zhida.airflow.once import settings

pytestmark = pytest.mark.airflow

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import json, os, sys
from airflow.utils.db import initdb
from airflow.dag_processing.dagbag import DagBag
initdb()
bag = DagBag(dag_folder=os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
told = {"errors": list(bag.import_errors), "dags": sorted(bag.dags), "runs": []}
for name in sys.argv[1:]:
    run = bag.get_dag(name).test()
    states = {t.task_id: str(t.state) for t in run.get_task_instances()}
    xcom = {t.task_id: t.xcom_pull(task_ids=t.task_id) for t in run.get_task_instances()}
    told["runs"].append({"states": states, "xcom": xcom})
print("TOLD" + json.dumps(told, default=str))
"""
STILL = dict.fromkeys(("asked", "refused", "events", "stopped", "lapsed"), 0)
STEP, WATCH, ASK = "zhida_order-finance-watch", "order-finance-watch", "order-finance"


def run(district: Financing, home: Path, *dags: str) -> dict[str, Any]:
    """Runs of these dags, one after the other, in an Airflow that knows the district."""
    env = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    env |= settings(home) | {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *dags],
        env=env | district.district.env,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("TOLD")]
    assert lines, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(lines[-1].removeprefix("TOLD"))
    assert found["errors"] == []
    return found


def test_from_the_request_to_the_events_after_the_loan(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        finance_asking, "ask", lambda *_: frozenset()
    )  # dag runs do, and nobody else
    with opened(tmp_path, Town) as district:
        home = tmp_path_factory.mktemp("airflow")
        order = district.order("PO-airflow", paid="0.00")
        both = "order-finance-and-after-loan"
        district.letter("L1", order, purpose=both, max_uses=50)
        first = checks(district.ask("A1", "L1", order))
        assert (first["order"], first["seller-standing"]) == ("unknown", "unknown")
        told = run(district, home, ASK)
        assert {STEP, WATCH, ASK, "finance-loan"} <= set(told["dags"])
        assert told["runs"][0]["states"]["seller-court"] == "success"
        facts = checks(district.look("A1"))
        assert (facts["order"], facts["seller-standing"]) == ("pass", "pass")
        assert district.lend("F1", "A1").value["state"] == "open"
        district.order(order, state="已取消", amount="900000.00")
        opened_watch, swept, compared = run(district, home, STEP, WATCH, STEP)["runs"]
        assert opened_watch["xcom"]["advance"] == STILL | {"asked": 1}
        assert swept["states"]["order"] == "success"
        assert compared["xcom"]["advance"] == STILL | {"events": 2}
        assert district.order("PO-airflow") not in json.dumps(compared)
        events = district.feed(after=0)["events"]
        assert [each["seq"] for each in events] == [1, 2]
        assert {e["event"]["event"] for e in events} == {"order-cancelled", "order-changed"}
