"""Where a system tells what people have answered there, it is asked every few minutes, for all at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, BaseOperator

from zhida import site
from zhida.environment import site_folder
from zhida.keepers import bearers

EVERY = timedelta(minutes=5)


class Hear(BaseOperator):
    """What was answered is looked at now; how many items."""

    def execute(self, context: Any) -> int:
        """A count only: XCom never holds more."""
        from zhida import news
        from zhida.airflow import connections
        from zhida.hub import open_hub

        del context
        with open_hub(find=connections.find) as hub:
            return news.hear(hub)


def news_dags() -> dict[str, DAG]:
    """By id; none where no system of the site tells (``news`` in its file)."""
    if not list(bearers(site.load_systems(site_folder()))):
        return {}
    with DAG(
        "zhida_news",
        dag_display_name="收取答复",
        schedule=EVERY,
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,
        tags=["zhida", "答复"],
    ) as dag:
        Hear(task_id="hear", task_display_name="收取答复")
    return {dag.dag_id: dag}
