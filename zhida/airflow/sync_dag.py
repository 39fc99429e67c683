"""Each sync of the site becomes one dag: a task a target, on its schedule in China's time or after another.

What a run came to stands in our store; a task tells counts only. One run at a time; a run that was
missed is not made up for, for the next one reads everything that is new.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Asset, BaseOperator, CronTriggerTimetable
from airflow.sdk.exceptions import AirflowSkipException

from zhida import site_files
from zhida.airflow.notifier import ZhidaNotifier
from zhida.environment import site_folder

if TYPE_CHECKING:
    from zhida.sync_file import Sync
    from zhida.sync_to import Line

ZONE = "Asia/Shanghai"
NOT_NOW = {"busy": "另一进程正在做", "paused": "已暂停", "waiting": "没有新来的"}


class RunSync(BaseOperator):
    """One line. Not tried again at once: what failed goes on in the next run from where it stood."""

    template_fields = ("sync", "target")

    def __init__(self, *, sync: str, target: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sync, self.target = sync, target

    def execute(self, context: Any) -> dict[str, int]:
        """Counts only: XCom never holds more."""
        from zhida import alerts, sync_file, sync_look, sync_to
        from zhida.airflow import told
        from zhida.sync_asked import Asked

        del context
        with told.hub(f"{self.sync} → {self.target}") as hub:
            sync = sync_file.find(hub.site.folder, self.sync)
            [line] = sync_to.lines(sync, self.target)
            try:
                done = sync_look.look(hub, line, Asked())
            finally:
                alerts.tell(hub)
        if done.state in NOT_NOW:
            raise AirflowSkipException(f"{sync.title}：{NOT_NOW[done.state]}")
        return done.counts


def sync_dags() -> dict[str, DAG]:
    """By id; none where the site has no syncs, and then nothing of them is imported."""
    if not site_files.paths(site_folder(), "syncs"):
        return {}
    from zhida import sync_file

    found = [sync_dag(each) for each in sync_file.load_all(site_folder()).values()]
    return {dag.dag_id: dag for dag in found}


def sync_dag(sync: Sync) -> DAG:
    """One dag: its targets side by side, then the word that others wait for."""
    from zhida.sync_to import lines

    with DAG(
        f"zhida_sync_{sync.name}",
        dag_display_name=sync.title,
        schedule=_schedule(sync),
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,
        tags=["zhida", "定时同步"],
    ) as dag:
        done = EmptyOperator(
            task_id="done", task_display_name="都做完了", outlets=[_asset(sync.name)]
        )
        for number, line in enumerate(lines(sync), 1):
            _task(line, number) >> done
    return dag


def _task(line: Line, number: int) -> RunSync:
    return RunSync(
        task_id=f"target_{number}",
        task_display_name=f"写到 {line.target.name}",
        sync=line.sync.name,
        target=line.target.name,
        retries=0,
        on_failure_callback=[ZhidaNotifier()],
    )


def _schedule(sync: Sync) -> CronTriggerTimetable | list[Asset] | None:
    if sync.after:
        return [_asset(sync.after)]
    return CronTriggerTimetable(sync.schedule, timezone=ZONE) if sync.schedule else None


def _asset(name: str) -> Asset:
    return Asset(name=f"zhida-sync-{name}", uri=f"zhida-sync://{name}")
