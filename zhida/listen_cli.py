"""``zhida listen``: the long-running process beside the sweeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.output import EXIT_PROBLEM, counted, emit, explained

if TYPE_CHECKING:
    from exchange.errors import Problem


def _failed(system: str, problem: Problem) -> dict[str, str]:
    from exchange.problems import describe

    what, remedy = describe(problem.code, problem.facts)
    return {"system": system, "code": problem.code, "what": what, "remedy": remedy}


def _table(told: dict[str, int], failed: list[dict[str, str]]) -> Any:
    """What came, and of each system that could not be read why."""
    from rich.console import Group

    lines = explained(row | {"what": f"{row['system']}：{row['what']}"} for row in failed)
    return Group(counted(told) or "没有新来件", *lines)


Once = Annotated[bool, typer.Option("--once", help="收完现有的即结束 drain what is there, and end")]


def listen(once: Once = False, as_json: AsJson = False) -> None:
    """常驻接收：来件随到随收 (take messages in as they arrive). SIGTERM 收完手上一件后结束。"""
    import logging
    import signal
    from threading import Event

    from zhida import listen as listening
    from zhida import logs
    from zhida.hub import open_hub

    logs.configure(logging.WARNING if once else logging.INFO)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with open_hub() as hub:
        tally = listening.drain(hub, stop) if once else listening.listen(hub, stop)
    told = dict(+tally.total)
    failed = [_failed(name, problem) for name, problem in tally.failed.items()]
    found = told | ({"failed": failed} if failed else {})
    emit(found, as_json=as_json, table=_table(told, failed))
    if once and tally.total["errors"]:
        raise typer.Exit(EXIT_PROBLEM)
