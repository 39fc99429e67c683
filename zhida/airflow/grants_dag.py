"""Grants in Airflow: a night's run, and in between whatever lists, cases and batches have come to.

The night decides on the facts that are there: they are taken in by a dag of their own (``facts_dag``).

The cases themselves are worked on by the sweeps of their matters (``dag_factory``).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, BaseOperator, CronTriggerTimetable

from zhida import site
from zhida.environment import site_folder

AT = CronTriggerTimetable("30 2 * * *", timezone="Asia/Shanghai")
"""Holders have handed over their files of the day before, and the dag of facts has taken them in."""
BETWEEN = timedelta(minutes=5)
STEPS = {"snapshot": "快照", "match": "匹配"}
STEPS |= {"push": "推送", "clawback": "追回核查", "advance": "推进"}
LIST = "grant-list"


class GrantStep(BaseOperator):
    """One step of ``zhida.grant_steps``; it may be done again after it died (``retries``)."""

    def __init__(self, *, step: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.step = step

    def execute(self, context: Any) -> dict[str, int]:
        """Counts only: XCom never holds more."""
        from zhida import grant_steps
        from zhida.airflow import told

        del context
        with told.hub(STEPS[self.step]) as hub:
            return grant_steps.STEPS[self.step](hub)


def grant_dags() -> dict[str, DAG]:
    """By id; none where the site gives no grants."""
    if LIST not in site.matter_names(site_folder()):
        return {}
    return {dag.dag_id: dag for dag in (_night(), _between())}


def _night() -> DAG:
    with _dag("zhida_grants", "奖补：每夜匹配", AT) as dag:
        before: Any = None
        for step in STEPS:
            task = _step(step)
            if before is not None:
                before >> task
            before = task
    return dag


def _between() -> DAG:
    with _dag("zhida_grants_advance", "奖补：推进", BETWEEN) as dag:
        _step("advance")
    return dag


def _step(step: str) -> GrantStep:
    return GrantStep(
        task_id=step,
        task_display_name=STEPS[step],
        step=step,
        retries=2,
        retry_delay=timedelta(minutes=2),
    )


def _dag(name: str, title: str, schedule: CronTriggerTimetable | timedelta) -> DAG:
    return DAG(
        name,
        dag_display_name=title,
        schedule=schedule,
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,
        tags=["zhida", "奖补"],
    )
