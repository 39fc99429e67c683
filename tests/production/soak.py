"""A steady load on a whole hub, and what is looked at while it lasts: memory, rows, logs.

Memory is what a program and its children hold for themselves, shared pages divided among those who share
them (PSS): a pool of forked processes is not counted as often as it has members.
"""

from __future__ import annotations

import os
import statistics
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from sandbox.postgres import Postgres
from sandbox.process import Process

ROWS = ("dag_run", "task_instance", "log", "job", "xcom", "trigger")
"""Airflow's tables that grow with every run."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One look: seconds since the beginning, kilobytes by program, rows by table of Airflow's, its log files."""

    at: float
    memory: Mapping[str, int]
    rows: Mapping[str, int]
    logs: int


@dataclass(slots=True)
class Watch:
    """Looks every ``every`` seconds at ``programs``, until it is stopped."""

    programs: Sequence[Process]
    postgres: Postgres
    logs: Path
    every: float = 20.0
    seen: list[Sample] = field(default_factory=list)

    def look(self, begun: float) -> None:
        memory = {each.name: tree_memory(each.pid) for each in self.programs}
        asked = " UNION ALL ".join(f"SELECT '{t}', count(*) FROM {t}" for t in ROWS)
        told = [line.split("|") for line in self.postgres.sql(asked, database="airflow").split()]
        rows = {name: int(count) for name, count in told}
        walked = os.walk(self.logs)  # passes over folders that are being pruned
        files = sum(name.endswith(".log") for _, _, names in walked for name in names)
        self.seen.append(Sample(time.monotonic() - begun, memory, rows, files))

    def memory(self, name: str) -> list[tuple[float, float]]:
        """Minutes and megabytes of one program."""
        return [(each.at / 60, each.memory[name] / 1024) for each in self.seen]

    def medians(self, after: float, before: float) -> dict[str, float]:
        """Each figure's median over the looks of that time."""
        looks = [each for each in self.seen if after <= each.at < before]
        flat = [dict(each.memory) | dict(each.rows) | {"log files": each.logs} for each in looks]
        return {name: statistics.median(each[name] for each in flat) for name in flat[0]}


def tree_memory(pid: int) -> int:
    """Kilobytes of a program and all below it; what ends meanwhile counts nothing."""
    return sum(_memory(each) for each in _tree(pid))


def _tree(pid: int) -> list[int]:
    below: list[int] = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            below += [int(word) for word in file.read_text().split()]
        except OSError:
            continue
    return [pid, *(deep for each in below for deep in _tree(each))]


def _memory(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return int(next(line.split()[1] for line in text.splitlines() if line.startswith("Pss:")))


class Repeated:
    """Does ``act`` every ``every`` seconds in a thread of its own; what it could not do is its ``error``."""

    def __init__(self, every: float, act: Callable[[], None]) -> None:
        self.done, self.error = 0, ""
        self._every, self._act, self._over = every, act, threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        due = time.monotonic()
        while not self._over.wait(max(0.0, due - time.monotonic())):
            due += self._every
            try:
                self._act()
            except Exception as error:
                self.error = self.error or repr(error)
            else:
                self.done += 1

    def stop(self) -> None:
        self._over.set()
        self._thread.join()


class Reader:
    """The portal: fetches one file from the endpoint, each time over a new line."""

    def __init__(self, port: int, token: str, path: str, wanted: bytes) -> None:
        self._port, self._token, self._path, self._wanted = port, token, path, wanted

    def fetch(self) -> None:
        line = HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            line.request("GET", self._path, headers={"Authorization": f"Bearer {self._token}"})
            answer = line.getresponse()
            body = answer.read()
        finally:
            line.close()
        if answer.status != 200 or body != self._wanted:
            raise ValueError(f"{answer.status}: {body[:300]!r}")
