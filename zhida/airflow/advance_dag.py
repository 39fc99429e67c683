"""Disputes, joint acceptances and loans in Airflow: every minute whatever was registered and told goes on, and periods call.

The cases themselves are worked on by the sweeps of their matters (``dag_factory``).
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, BaseOperator

from zhida import site
from zhida.environment import site_folder

EVERY = timedelta(minutes=1)
"""Who is on duty for a dispute has thirty minutes, and gets to know within the first."""


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of joint work."""

    matter: str
    title: str
    tag: str
    module: str
    """Whose ``advance`` takes the step."""


WORKS = (
    Work("mediation", "劳动争议", "争议", "zhida.mediation_advance"),
    Work("acceptance", "联合验收", "验收", "zhida.acceptance_advance"),
    Work("order-finance-watch", "订单融资贷后", "融资", "zhida.finance_advance"),
)


class Advance(BaseOperator):
    """One step of all; it may be done again after it died."""

    def __init__(self, *, module: str, work: str, **told: Any) -> None:
        super().__init__(**told)
        self.module, self.work = module, work

    def execute(self, context: Any) -> dict[str, int]:
        """Counts only: XCom never holds more."""
        from zhida.airflow import told

        del context
        with told.hub(f"{self.work}推进") as hub:
            found: dict[str, int] = importlib.import_module(self.module).advance(hub)
        return found


def advance_dags() -> dict[str, DAG]:
    """By id; none for a matter that the site has not."""
    there = site.matter_names(site_folder())
    return {dag.dag_id: dag for dag in (_dag(work) for work in WORKS if work.matter in there)}


def _dag(work: Work) -> DAG:
    with DAG(
        f"zhida_{work.matter}",
        dag_display_name=f"{work.title}：推进",
        schedule=EVERY,
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,
        tags=["zhida", work.tag],
    ) as dag:
        Advance(
            task_id="advance",
            task_display_name="推进",
            retries=0,
            module=work.module,
            work=work.title,
        )
    return dag
