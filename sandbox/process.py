"""A process that belongs to the district: started with a log, ended by its own pid only."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""Where ``python -m sandbox.…`` finds its packages."""
_GRACE = 5.0
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV")


@dataclass
class Process:
    """``mark`` is a word of its command line: a recycled pid is never taken for it."""

    name: str
    command: list[str]
    log: Path
    mark: str
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    farewell: signal.Signals = signal.SIGTERM
    """How it is asked to end."""
    grace: float = _GRACE
    """Seconds that it has for its farewell."""
    leads: bool = False
    """Its children, who share its process group, end with it (only if it was started detached)."""
    pid: int = 0
    _child: subprocess.Popen[bytes] | None = None

    def start(self, *, detached: bool = False) -> None:
        """Start it; ``detached``: it outlives us and our terminal."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        inherited = {name: os.environ[name] for name in _KEPT if name in os.environ}
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=inherited | dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=detached,
            )
        self.pid = self._child.pid

    def run(self) -> int:
        """Start it and wait for its end; its exit code."""
        self.start()
        return self._child.wait() if self._child is not None else 1

    def is_alive(self) -> bool:
        """Whether it runs, and is still the one that was started."""
        if self._child is not None:
            return self._child.poll() is None
        try:
            words = Path(f"/proc/{self.pid}/cmdline").read_bytes().decode("utf-8", "replace")
            ending = not words and not _is_over(self.pid)
        except OSError:
            return False
        return bool(self.pid) and (self.mark in words or ending)

    def stop(self) -> None:
        """Ask it to end, and end it when it does not."""
        was_alive = self.is_alive()
        self._signal(self.farewell)
        if not self._gone_within(self.grace):
            self.kill()
        if self.leads and (was_alive or self._has_left_some()):
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    def kill(self) -> None:
        """``kill -9``: no farewell, no flush."""
        self._signal(signal.SIGKILL)
        self._gone_within(_GRACE)

    def _has_left_some(self) -> bool:
        """Whether children of it, which somebody killed, are still there."""
        return any(map(self._is_of_mine, Path("/proc").glob("[0-9]*")))

    def _is_of_mine(self, place: Path) -> bool:
        try:
            group = os.getpgid(int(place.name))
            words = (place / "cmdline").read_bytes().decode("utf-8", "replace")
        except OSError:
            return False
        return group == self.pid and self.mark in words

    def _signal(self, number: int) -> None:
        if self.is_alive():
            os.kill(self.pid, number)

    def _gone_within(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while self.is_alive():
            if time.monotonic() > end:
                return False
            time.sleep(0.01)
        return True

    def tail(self, lines: int = 20) -> str:
        """The last lines of its log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])


def _is_over(pid: int) -> bool:
    """A process on its way out gives up its command line before its parent can see that it ended."""
    state = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
    return state in "ZX"
