"""Disputes in Airflow: every minute whatever has been taken down and told goes on, and periods call.

The cases themselves are worked on by the sweeps of their matters (``dag_factory``).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, BaseOperator

from zhida import site
from zhida.environment import site_folder

EVERY = timedelta(minutes=1)
"""Who is on duty has thirty minutes, and gets to know within the first."""
MATTER = "mediation"


class AdvanceDisputes(BaseOperator):
    """One step of ``zhida.mediation_advance``; it may be done again after it died."""

    def execute(self, context: Any) -> dict[str, int]:
        """Counts only: XCom never holds more."""
        from zhida import mediation_advance
        from zhida.airflow import told

        del context
        with told.hub("争议推进") as hub:
            return mediation_advance.advance(hub)


def mediation_dags() -> dict[str, DAG]:
    """By id; none where the site has no such matter."""
    if MATTER not in {matter.name for matter in site.load_matters(site_folder())}:
        return {}
    with DAG(
        "zhida_mediation",
        dag_display_name="劳动争议：推进",
        schedule=EVERY,
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,
        tags=["zhida", "争议"],
    ) as dag:
        AdvanceDisputes(task_id="advance", task_display_name="推进", retries=0)
    return {dag.dag_id: dag}
