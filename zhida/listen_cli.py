"""``zhida listen``: the long-running process beside the sweeps."""

from __future__ import annotations

from typing import Annotated

import typer

from zhida.command_options import AsJson
from zhida.output import EXIT_PROBLEM, counted, emit

Once = Annotated[bool, typer.Option("--once", help="收完现有的即结束 drain what is there, and end")]


def listen(once: Once = False, as_json: AsJson = False) -> None:
    """常驻接收：来件随到随收 (take messages in as they arrive). SIGTERM 收完手上一件后结束。"""
    import logging
    import signal
    from threading import Event

    from zhida import listen as listening
    from zhida.hub import open_hub

    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("zhida").setLevel(logging.INFO)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with open_hub() as hub:
        tally = listening.drain(hub, stop) if once else listening.listen(hub, stop)
    told = dict(+tally.total)
    emit(told, as_json=as_json, table=counted(told))
    if once and tally.total["errors"]:
        raise typer.Exit(EXIT_PROBLEM)
