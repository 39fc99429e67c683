"""The daily comparison in Airflow: a task a system, counts in XCom, red when books differ."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from exchange import times
from exchange.ports import utc_now
from exchange.store import delivery_rows, leg_rows
from exchange.store.delivery_rows import DeliveryRow
from exchange.store.leg_rows import LegRow

pytestmark = pytest.mark.airflow

DAG = "zhida_reconcile"


def _run(airflow: Any) -> dict[str, str]:
    found: dict[str, str] = airflow.ask("run", dag=DAG)["tasks"]
    return found


def test_each_system_that_keeps_books_is_a_task_and_leaves_numbers(airflow: Any) -> None:
    assert _run(airflow) == dict.fromkeys(("insurance", "oa", "police"), "success")
    kept = airflow.rows(f"select value from xcom where key = 'return_value' and dag_id = '{DAG}'")
    assert len(kept) == 3
    for (value,) in kept:
        told = json.loads(value)
        told = json.loads(told) if isinstance(told, str) else told
        assert set(told) > {"ours", "theirs", "missing", "foreign"}
        assert all(isinstance(number, int) for number in told.values())


def test_a_system_that_has_been_stopped_is_left_alone_and_raises_no_alarm(
    airflow: Any, office: Any
) -> None:
    at = times.stamp(utc_now())
    with office.store.write() as connection:
        leg_rows.put(connection, LegRow("police", "stopped", at, "wang", "夜间升级"))
    states = _run(airflow)
    with office.store.write() as connection:
        leg_rows.put(connection, LegRow("police", "live", at, "wang", "升级完毕"))
    assert states == {"insurance": "success", "oa": "success", "police": "skipped"}


def test_what_the_police_lack_makes_their_task_red_and_no_other(airflow: Any, office: Any) -> None:
    yesterday = times.stamp(utc_now() - timedelta(days=1))
    row = DeliveryRow(
        effect="0" * 32,
        case="none",
        item="household",
        system="police",
        operation="register_birth",
        content="c",
        state="applied",
        attempts=1,
        sent_at=yesterday,
        settled_at=yesterday,
        receipt="",
    )
    with office.store.write() as connection:
        delivery_rows.put_delivery(connection, row, seen=None)
    states = _run(airflow)
    with office.store.write() as connection:
        connection.exec_driver_sql(f"DELETE FROM delivery WHERE effect = '{row.effect}'")
    assert states.pop("police") != "success"
    assert set(states.values()) == {"success"}
