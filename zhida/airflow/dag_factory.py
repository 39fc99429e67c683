"""Each matter of the site becomes one dag; its tasks are the matter's items.

A run is one sweep over all cases, never one case (docs/adr). The dag runs for ever: when a run
ends, the next begins and waits for work in the triggerer, which costs no worker.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import DAG

from matters.matter import Item, Matter
from zhida import site
from zhida.airflow.notifier import ZhidaNotifier
from zhida.airflow.operators import Close, SweepItem, TakeIn, WaitForWork
from zhida.environment import site_folder

QUIET = timedelta(hours=1)
"""A wait this long ends the run, so that a new version of the dag is picked up."""
RUN_ANYWAY = "none_skipped"
"""A failed sibling holds nobody; a quiet wait (skipped) ends the run."""


def matter_dags() -> dict[str, DAG]:
    """The dags of every matter in ``ZHIDA_SITE``, by id."""
    return {m.name: matter_dag(m) for m in site.load_matters(site_folder())}


def matter_dag(matter: Matter) -> DAG:
    """One dag: wait → take in → the items in dependency order → close."""
    with DAG(
        matter.name,
        dag_display_name=matter.title,
        schedule="@continuous",
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,
        tags=["zhida", "一件事"],
        doc_md=_doc(matter),
    ) as dag:
        wait = WaitForWork(
            task_id="wait_for_work",
            task_display_name="等待待办",
            matter=matter.name,
            quiet_s=QUIET.total_seconds(),
        )
        intake = TakeIn(
            task_id="intake",
            task_display_name="受理",
            matter=matter.name,
            trigger_rule=RUN_ANYWAY,
        )
        close = Close(
            task_id="close",
            task_display_name="收尾",
            matter=matter.name,
            trigger_rule="all_done",
        )
        wait >> intake
        _chain(matter, intake, close)
    return dag


def _chain(matter: Matter, intake: Any, close: Any) -> None:
    tasks = {item.name: _task(matter, item) for item in matter.items.values()}
    for item in matter.items.values():
        before = [item.stands_for] if item.stands_for else item.needs + item.after
        upstream = [tasks[name] for name in before] if before else [intake]
        upstream >> tasks[item.name] >> close


def _task(matter: Matter, item: Item) -> SweepItem:
    return SweepItem(
        task_id=item.name,
        task_display_name=item.title,
        matter=matter.name,
        item=item.name,
        trigger_rule=RUN_ANYWAY,
        retries=0,  # the next sweep is the retry; truth is in our delivery table
        on_failure_callback=[ZhidaNotifier()],
    )


def _doc(matter: Matter) -> str:
    lines = [f"- **{item.title}** · {item.unit} · `{item.name}`" for item in matter.items.values()]
    return "\n".join([f"# {matter.title}", "", *lines])
