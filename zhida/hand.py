"""``python -m zhida.hand``: a helping hand of a turn (``zhida.hands``), told what to do by line."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from threading import Event, Thread
from typing import TextIO

from zhida import logs, sweep
from zhida.hands import Order
from zhida.hub import open_again


def main() -> None:
    """One turn, or what is left of it when the caller's end of our input closes."""
    logs.if_asked()
    told = json.loads(sys.stdin.readline())
    stop = Event()
    Thread(target=_wait, args=(sys.stdin, stop), daemon=True).start()
    with closing(open_again(told["hub"])) as hub:
        done = sweep.work_through(hub, Order(*told["order"]), stop=stop)
    print(json.dumps(done.written()))  # noqa: T201 (this is its answer)


def _wait(stream: TextIO, stop: Event) -> None:
    stream.read()
    stop.set()


if __name__ == "__main__":
    main()
