"""Inside Airflow: the item process dies, or a unit is down; one effect, and the rest goes on."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.airflow

LIMIT = 6
"""Runs after which a case must be over: a dead worker's effect is asked after once it settled."""


def _run_until_over(airflow: Any, office: Any) -> list[dict[str, Any]]:
    found = []
    while office.open_cases():
        assert len(found) < LIMIT, found
        found.append(airflow.ask("run", recover=True))
    return found


def _kill(airflow: Any, office: Any, until: Callable[..., None], point: str) -> Any:
    """Run the dag and kill it in household registration; how it died."""
    if point != "in the call":
        return airflow.ask("run", trap=point)
    office.police.fault("hold", operation="csdj", stage="after", times=1)
    pid = airflow.begin("run")
    until(office.police.held)
    os.kill(pid, signal.SIGKILL)
    died = airflow.answer()
    office.police.release()
    return died


@pytest.mark.guarantee("G1")
@pytest.mark.guarantee("G2")
def test_kill_9_of_the_item_process_leaves_one_row_and_later_runs_complete_the_case(
    airflow: Any, office: Any, until: Callable[..., None]
) -> None:
    points = {"before sending": 0, "in the call": 1, "before recording": 1}
    certificates = []
    for number, (point, rows) in enumerate(points.items(), 21):
        certificates.append(office.bear(number))
        assert _kill(airflow, office, until, point) == {"died": -signal.SIGKILL}
        assert office.newest()["household"] == "sent"
        assert office.registered(certificates[-1]) == rows, point
        office.postpone("household", 3600)  # each kill meets its own case only
    office.hasten("household")
    runs = _run_until_over(airflow, office)
    assert {run["run"] for run in runs} == {"success"}
    assert [office.registered(certificate) for certificate in certificates] == [1, 1, 1]
    assert office.states() == {"done"}


def test_while_the_police_are_down_only_their_task_is_red(airflow: Any, office: Any) -> None:
    certificate = office.bear(31)
    office.police.fault("down")
    found = airflow.ask("run", listen=True)
    assert "wire.refused" in found["heard"][0], "before the third failure: the task's own words"
    assert found["tasks"] == {
        "wait_for_work": "success",
        "intake": "success",
        "birth": "success",
        "household": "failed",
        "insurance": "success",
        "reply": "success",
        "close": "success",
    }
    assert office.newest() == {
        "birth": "applied",
        "household": "ready",
        "insurance": "waiting",
        "reply": "waiting",
    }
    office.police.clear()
    runs = _run_until_over(airflow, office)
    assert runs[-1]["tasks"]["household"] == "success"
    assert set(office.newest().values()) == {"applied"}
    assert office.registered(certificate) == 1


@pytest.mark.guarantee("G4")
def test_the_recovery_tells_people_once_and_failed_tasks_tell_the_line_to_other_notifiers(
    airflow: Any, office: Any
) -> None:
    certificate = office.bear(33)
    office.police.fault("down")
    assert airflow.ask("run")["tasks"]["household"] == "failed"
    office.police_have_failed(2)
    office.hasten("household")
    asked = airflow.ask("run", dag="zhida_recovery")
    assert asked["tasks"] == {"wait_for_work": "success", "ask_again": "success"}
    [incident] = office.incidents()
    assert incident.told_at
    office.look_now()
    found = airflow.ask("run", listen=True)
    assert found["tasks"]["household"] == "failed", "red as long as the police do not answer"
    [line] = found["heard"]
    assert line.startswith("【直达】系统故障 police-")
    assert "户政科技员 025-00000003" in line
    assert [row.told_at for row in office.incidents()] == [incident.told_at]
    office.police.clear()
    office.hasten("household")
    office.police_have_failed(3)
    _run_until_over(airflow, office)
    assert office.registered(certificate) == 1
