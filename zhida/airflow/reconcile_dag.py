"""Compare books with every system that keeps some, once a day: one task a system, red if they differ."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, BaseOperator, CronTriggerTimetable
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from zhida import site
from zhida.environment import site_folder
from zhida.keepers import keepers

AT = CronTriggerTimetable("30 1 * * *", timezone="Asia/Shanghai")
"""The day before is over, and its late answers are in."""
COUNTS = ("ours", "theirs", "agreed", "settled", "waiting", "missing", "foreign", "kept")


class Reconcile(BaseOperator):
    """Yesterday, with one system. One that can't be asked now is asked again later (``retries``);
    what disagrees is red at once, for it would disagree again. A system that has been stopped is
    left alone: its day is compared by hand.
    """

    def __init__(self, *, system: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.system = system

    def execute(self, context: Any) -> dict[str, int]:
        """Counts only: XCom never holds more."""
        from exchange import times
        from zhida import alerts, legs, reconcile
        from zhida.airflow import connections
        from zhida.hub import open_hub

        del context
        with open_hub(find=connections.find) as hub:
            yesterday = times.civil_day(hub.clock()) - timedelta(days=1)
            system = hub.site.systems[self.system]
            if legs.is_stopped(hub.store, system):
                raise AirflowSkipException(f"{system.title}已停用，{yesterday} 没有对账")
            report = reconcile.reconcile(hub, system, reconcile.day(yesterday))
            alerts.tell(hub)
        if report.problems:
            codes = Counter(problem.code for problem in report.problems)
            told = "，".join(f"{code} {number}" for code, number in codes.items())
            command = f"zhida reconcile {self.system} --day {yesterday} --dry-run"
            raise AirflowFailException(
                f"{system.title} {yesterday} 对账不符：{told}。详见 {command}"
            )
        return {name: getattr(report, name) for name in COUNTS}


def reconcile_dag() -> DAG:
    """One dag for the site; its tasks know nothing of one another."""
    systems = site.load_systems(site_folder())
    with DAG(
        "zhida_reconcile",
        dag_display_name="每日对账",
        schedule=AT,
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,
        tags=["zhida", "对账"],
    ) as dag:
        for name in keepers(systems):
            title = systems[name].title
            Reconcile(task_id=name, task_display_name=title, system=name, retries=3)
    return dag
