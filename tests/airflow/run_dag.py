"""Airflow in one warm process: each order forks a child, which runs the dag (``dag.test``) or dies.

One JSON object a line on stdin, one answer a line on stdout; Airflow's own output goes to stderr.
The parent only imports; database, locks and threads belong to the children.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

Order = dict[str, Any]


def die(*_: Any, **__: Any) -> None:
    """``kill -9`` of this process."""
    os.kill(os.getpid(), signal.SIGKILL)


def set_trap(trap: str) -> None:
    """Die before the request is sent, or before its result is recorded."""
    from adapters.public_security import PublicSecurity
    from exchange.journal import Journal

    finish = Journal.finish

    def finish_or_die(self: Journal, attempt: Any, *rest: Any) -> Any:
        return die() if attempt.order.item == "household" else finish(self, attempt, *rest)

    if trap == "before sending":
        PublicSecurity.submit = die  # type: ignore[method-assign]
    if trap == "before recording":
        Journal.finish = finish_or_die  # type: ignore[method-assign]


def initialise(order: Order) -> Any:
    from airflow.utils.db import initdb

    initdb()
    return "ready"


def recover(bag: Any, matter: str) -> None:
    from zhida.airflow import once

    once.recover(bag, matter)


def describe(order: Order) -> Any:
    """What Airflow made of ``dags/``."""
    bag = _bag()
    dag = bag.get_dag("newborn")
    assert dag is not None
    tasks = {
        task.task_id: {
            "title": task.task_display_name,
            "after": sorted(task.upstream_task_ids),
            "rule": str(task.trigger_rule.value),
            "retries": task.retries,
        }
        for task in dag.tasks
    }
    books = bag.get_dag("zhida_reconcile").timetable
    about = {
        "books": [books.expression, str(books.timezone)],
        "title": dag.dag_display_name,
        "runs": dag.max_active_runs,
    }
    return {**about, "errors": list(bag.import_errors), "dags": sorted(bag.dags), "tasks": tasks}


def run(order: Order) -> Any:
    """One run: its state, and its tasks'."""
    bag = _bag()
    dag = bag.get_dag(order.get("dag", "newborn"))
    assert dag is not None
    if order.get("recover"):
        recover(bag, dag.dag_id)
    if "quiet_s" in order:
        dag.get_task("wait_for_work").quiet_s = order["quiet_s"]
    set_trap(order.get("trap", ""))
    heard = listen(dag) if order.get("listen") else None
    found = dag.test()
    states = {task.task_id: str(task.state) for task in found.get_task_instances()}
    told = {"run": str(found.state), "tasks": states}
    return told if heard is None else {**told, "heard": heard}


def listen(dag: Any) -> list[str]:
    """Another of Airflow's notifiers behind ours, and what its template was filled with."""
    from airflow.sdk import BaseNotifier

    heard: list[str] = []

    class Other(BaseNotifier):
        template_fields = ("text",)

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

        def notify(self, context: Any) -> None:
            heard.append(self.text)

    task = dag.get_task("household")
    task.on_failure_callback = [*task.on_failure_callback, Other("{{ zhida_alert }}")]
    return heard


def watch(order: Order) -> Any:
    """The trigger alone, once through its own serialisation."""
    from airflow.sdk.module_loading import import_string

    from zhida.airflow.triggers import WorkTrigger

    path, told = WorkTrigger("newborn", order["quiet_s"]).serialize()
    trigger = import_string(path)(**json.loads(json.dumps(told)))

    async def events() -> list[Any]:
        return [event.payload async for event in trigger.run()]

    return {"class": path, "told": told, "events": asyncio.run(events())}


def _bag() -> Any:
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(dag_folder=os.environ["AIRFLOW__CORE__DAGS_FOLDER"])


DO: dict[str, Callable[[Order], Any]] = {
    "initialise": initialise,
    "describe": describe,
    "run": run,
    "watch": watch,
}


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    import airflow.dag_processing.dagbag  # noqa: F401

    import zhida.airflow.dag_factory  # noqa: F401

    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            print(json.dumps(DO[order["do"]](order)), file=answers, flush=True)
            os._exit(0)
        print(json.dumps({"pid": pid}), file=answers, flush=True)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if status:
            print(json.dumps({"died": status}), file=answers, flush=True)


if __name__ == "__main__":
    main()
