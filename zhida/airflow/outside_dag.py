"""The ledger's heads go outside every few minutes: to witnesses, and to a time-stamp authority."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from zhida import outside_schema
from zhida.environment import site_folder

EVERY = timedelta(minutes=5)


class GoRound(BaseOperator):
    """Everybody outside once. Red if one of them does not agree, or is silent."""

    def execute(self, context: Any) -> dict[str, str]:
        """Names and codes only: XCom never holds more."""
        from zhida import alerts, outside
        from zhida.airflow import connections
        from zhida.hub import open_hub

        del context
        with open_hub(find=connections.find) as hub:
            told = outside.go_round(hub)
            alerts.tell(hub)
        if any(told.values()):
            bad = "，".join(f"{name} {code}" for name, code in told.items() if code)
            raise AirflowFailException(f"账本外存：{bad}。详见 zhida ledger status")
        return told


def outside_dags() -> dict[str, DAG]:
    """By id; none where the site has no ``ledger.yaml``."""
    if not outside_schema.is_there(site_folder()):
        return {}
    with DAG(
        "zhida_outside",
        dag_display_name="账本外存",
        schedule=EVERY,
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,
        tags=["zhida", "账本"],
    ) as dag:
        GoRound(task_id="go_round", task_display_name="见证与时间戳")
    return {dag.dag_id: dag}
