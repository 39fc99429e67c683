"""The hub's figures every minute, whether anything happens or not: a gauge that stands still tells nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, BaseOperator

from zhida.airflow import figures

EVERY = timedelta(minutes=1)


class TellFigures(BaseOperator):
    """All of them, once."""

    def execute(self, context: Any) -> int:
        """How many."""
        from zhida.airflow import told

        del context
        with told.hub("监控数字") as hub:
            return figures.of_all(hub)


def figures_dags() -> dict[str, DAG]:
    """By id; none where Airflow sends no statistics (``[metrics]`` of ``airflow.cfg``)."""
    if not figures.is_on():
        return {}
    with DAG(
        "zhida_figures",
        dag_display_name="监控数字",
        schedule=EVERY,
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,
        tags=["zhida", "监控"],
    ) as dag:
        TellFigures(task_id="tell", task_display_name="送出", retries=0)
    return {dag.dag_id: dag}
