"""Beside the sweeps: what did not answer is asked again, and no sweep waits for its time-outs."""

from __future__ import annotations

from datetime import UTC, datetime

from airflow.sdk import DAG

from zhida.airflow.dag_factory import QUIET
from zhida.airflow.operators import AskAgain, WaitForWork


def recovery_dag() -> DAG:
    """One dag for the site: wait → ask again."""
    with DAG(
        "zhida_recovery",
        dag_display_name="恢复探测",
        schedule="@continuous",
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,
        tags=["zhida", "恢复"],
    ) as dag:
        wait = WaitForWork(
            task_id="wait_for_work",
            task_display_name="等待再问",
            quiet_s=QUIET.total_seconds(),
        )
        wait >> AskAgain(task_id="ask_again", task_display_name="再问一次")
    return dag
