"""Facts of enterprises on their own schedule: each source when it is due, apart from the night of grants.

The night uses what is there. A source that is sick turns its own task red and nothing else.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, BaseOperator

from matters import files
from zhida import fact_schedule
from zhida.environment import site_folder
from zhida.grants_schema import FILE, SCHEMA

# Every task process parses its dag file anew, so what only running needs is imported by `execute`.

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=1)
AT_ONCE = 2
"""Lists taken in side by side: each may hold a whole bureau's in memory."""


class FactsDue(BaseOperator):
    """The systems to look at now."""

    def execute(self, context: Any) -> list[str]:
        """Their names; nothing of what they hold."""
        from zhida import fact_steps
        from zhida.airflow import told

        del context
        with told.hub(self.task_display_name) as hub:
            return fact_steps.due(hub)


class TakeFacts(BaseOperator):
    """One system's list. It is not tried again at once: what failed is due in the next run."""

    template_fields = ("system",)

    def __init__(self, *, system: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.system = system

    def execute(self, context: Any) -> dict[str, int]:
        """Counts only: XCom never holds more."""
        from zhida import fact_steps
        from zhida.airflow import told

        del context
        with told.hub(f"{self.task_display_name} {self.system}") as hub:
            return fact_steps.take(hub, self.system)


def fact_dags() -> dict[str, DAG]:
    """By id; none where the site takes no facts in."""
    file = site_folder() / FILE
    if not file.is_file():
        return {}
    sources = files.load(file, SCHEMA)["facts"]
    with DAG(
        "zhida_facts",
        dag_display_name="企业事实：取各单位的清单",
        schedule=between([each.get("every", "1 day") for each in sources]),
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        max_active_tasks=AT_ONCE,
        is_paused_upon_creation=False,
        tags=["zhida", "奖补", "企业事实"],
    ) as dag:
        due = FactsDue(task_id="due", task_display_name="到时间的来源")
        TakeFacts.partial(
            task_id="take",
            task_display_name="取事实",
            map_index_template="{{ task.system }}",
        ).expand(system=due.output)
    return {dag.dag_id: dag}


def between(periods: list[str]) -> timedelta:
    """As often as the most frequent source, but at least every hour: what was late is had soon.

    >>> between(["1 day", "30 minutes"]), between(["1 minute"]), between(["1 day"])
    (datetime.timedelta(seconds=1800), datetime.timedelta(seconds=300), datetime.timedelta(seconds=3600))
    """
    shortest = min(fact_schedule.period(each) for each in periods)
    return max(SHORTEST, min(shortest, LONGEST))
