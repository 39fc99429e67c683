"""What runs in a folder, noted there: so that a later command can tell of it and end it."""

from __future__ import annotations

import json
import signal
from dataclasses import dataclass
from pathlib import Path

from sandbox.process import Process
from sandbox.tls import write_secret


@dataclass(frozen=True, slots=True)
class Noted:
    """One process, what it is for people, and where it listens."""

    process: Process
    what: str
    address: str = ""


class Running:
    """The processes of one folder, in the order in which they started."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "processes.json"
        self.noted: list[Noted] = []

    def read(self) -> list[Noted]:
        """Those that were noted, dead or alive."""
        if self._file.exists():
            self.noted = [_of(each) for each in json.loads(self._file.read_text("utf-8"))]
        return self.noted

    def add(self, process: Process, what: str, address: str = "") -> None:
        """Note one that was started; at once, so that whatever happens now it can be ended."""
        self.noted.append(Noted(process, what, address))
        told = [_told(each) for each in self.noted]
        write_secret(self._file, json.dumps(told, indent=1, ensure_ascii=False).encode())

    def stop(self) -> None:
        """End them by their pids, the last first."""
        for each in reversed(self.noted):
            each.process.stop()
        self.noted = []
        self._file.unlink(missing_ok=True)


def _told(each: Noted) -> dict[str, object]:
    process = each.process
    return {
        "name": process.name,
        "pid": process.pid,
        "mark": process.mark,
        "log": str(process.log),
        "farewell": process.farewell.value,
        "grace": process.grace,
        "leads": process.leads,
        "what": each.what,
        "address": each.address,
    }


def _of(told: dict[str, object]) -> Noted:
    process = Process(str(told["name"]), [], Path(str(told["log"])), str(told["mark"]))
    process.pid, process.leads = int(str(told["pid"])), bool(told["leads"])
    process.grace = float(str(told["grace"]))
    process.farewell = signal.Signals(int(str(told["farewell"])))
    return Noted(process, str(told["what"]), str(told["address"]))
