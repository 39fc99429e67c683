"""The item process of a matter that dies at a chosen line: ``kill -9``, from within itself.

One JSON object a line on stdin, two answers a line on stdout: the child's pid, and what became of
it. ``{"item": "household", "mark": "call.begins", "line": 12, "ahead": 6.0}`` forks a child that
opens the hub and works through the item's ready cases, and sends itself SIGKILL at the 12th line of
ours after that mark (empty: from the start). With ``line`` 0 it lives unless the test kills it, and
tells at which line it passed each mark. ``ahead`` is how many seconds the test's clock is put
forward. The parent opens nothing that a child could inherit: no store, no lock, no thread.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

Child = Callable[[dict[str, Any]], None]
ROOT = Path(__file__).resolve().parents[2]
COUNTED = tuple(
    f"{ROOT / name}{os.sep}" for name in ("exchange", "zhida", "adapters", "connectors")
)
WARM = (
    "adapters.hospital",
    "adapters.medical_insurance",
    "adapters.oa",
    "adapters.public_security",
    "zhida.sweep",
)


class LineCounter:
    """A trace function for every thread of the process; the lines of all of them are one row."""

    def __init__(self, mark: str, line: int) -> None:
        self.mark = mark
        self.line = line
        self.lines = 0
        self.marks: dict[str, int] = {"": 0}

    def start(self) -> None:
        threading.settrace(self.enter)
        sys.settrace(self.enter)

    def stop(self) -> None:
        sys.settrace(None)
        threading.settrace(None)  # type: ignore[arg-type]

    def enter(self, frame: Any, event: str, _: Any) -> Any:
        """Called for every function; only ours are followed."""
        if not frame.f_code.co_filename.startswith(COUNTED):
            return None
        mark = MARKS.get((Path(frame.f_code.co_filename).stem, frame.f_code.co_name))
        if mark is None or (mark == "call" and frame.f_locals.get("operation") != "csdj"):
            return self.step
        self.marks.setdefault(f"{mark}.begins", self.lines)
        return self.step_to(f"{mark}.ends")

    def step(self, frame: Any, event: str, argument: Any) -> Any:
        """Called for every line of ours."""
        if event == "line":
            self.lines += 1
            if self.line and self.lines - self.marks.get(self.mark, self.lines) == self.line:
                os.kill(os.getpid(), signal.SIGKILL)
        return self.step

    def step_to(self, mark: str) -> Any:
        def step(frame: Any, event: str, argument: Any) -> Any:
            self.step(frame, event, argument)
            if event == "return":
                self.marks.setdefault(mark, self.lines)
            return step

        return step


MARKS = {
    ("journal", "begin"): "begin",
    ("soap", "call"): "call",
    ("journal", "finish"): "finish",
}
"""T1 (the row says sent), the call over the wire, T3 (the row says what came of it)."""


def child(order: dict[str, Any]) -> None:
    from exchange.ports import utc_now
    from zhida import site, sweep
    from zhida.environment import site_folder, var_folder
    from zhida.hub import Hub

    counter = LineCounter(order["mark"], order["line"])
    ahead = timedelta(seconds=order["ahead"])
    hub = Hub(
        site.load(site_folder()),
        var=var_folder(),
        secret=os.environ["ZHIDA_KEY_PASSWORD"].encode(),
        clock=lambda: utc_now() + ahead,
    )
    matter = hub.site.matter("newborn")
    counter.start()
    report = sweep.sweep_item(hub, matter, matter.items[order["item"]])
    counter.stop()
    hub.close()
    told = {"lines": counter.lines, "marks": counter.marks, "states": dict(report.states)}
    print(json.dumps(told), flush=True)


def main(child: Child, warm: Iterable[str]) -> None:
    """Fork a child for each order; ``warm``: modules that none of them need read anew."""
    for name in warm:
        importlib.import_module(name)
    print(json.dumps({"ready": threading.active_count()}), flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            print(json.dumps({"pid": os.getpid()}), flush=True)
            child(json.loads(line))
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if status:
            print(json.dumps({"killed": status == -signal.SIGKILL, "status": status}), flush=True)


if __name__ == "__main__":
    main(child, WARM)
