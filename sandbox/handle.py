"""A running stand-in as seen from outside: its faults, its books, its wire."""

from __future__ import annotations

import base64
import json
import time
from http.client import HTTPConnection, HTTPException
from typing import Any

from sandbox.process import Process


class NotHealthy(RuntimeError):
    """A process of the district did not come up; the text ends with its log."""


class BadAction(ValueError):
    """The control port refused: an unknown fault or option, a missing fact."""


class Handle:
    """One system of the district."""

    def __init__(self, process: Process, *, port: int, control: int, detached: bool) -> None:
        self.process = process
        self.port = port
        """Its real port on loopback (0: it has none)."""
        self._control = control
        self._detached = detached

    @property
    def address(self) -> str:
        """Base URL of the real port."""
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Any action of the control port. Raises ``BadAction``, ``OSError``."""
        connection = HTTPConnection("127.0.0.1", self._control, timeout=30)
        try:
            connection.request(method, path, json.dumps(body or {}).encode())
            answer = connection.getresponse()
            value = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status != 200:
            raise BadAction(value["error"])
        return value

    def fault(self, name: str, **options: Any) -> None:
        """Switch a fault on (see ``sandbox.faults``)."""
        self.ask("POST", "/fault", {"name": name, **options})

    def clear(self) -> None:
        """Switch all faults off, let go of everything held, open the port."""
        self.ask("POST", "/clear")

    def books(self) -> list[dict[str, Any]]:
        """The effects, oldest first."""
        rows: list[dict[str, Any]] = self.ask("GET", "/books")
        return rows

    def wire(self) -> list[dict[str, Any]]:
        """What crossed the wire, oldest first; ``body`` as bytes."""
        rows = self.ask("GET", "/wire")
        return [row | {"body": base64.b64decode(row["body"])} for row in rows]

    def held(self) -> list[dict[str, Any]]:
        """The calls that stand still."""
        rows: list[dict[str, Any]] = self.ask("GET", "/held")
        return rows

    def release(self) -> int:
        """Let go of what is held; how many."""
        return int(self.ask("POST", "/release")["released"])

    def start(self) -> None:
        """Start the process; not yet sure that it listens."""
        self.process.start(detached=self._detached)

    def wait(self, seconds: float = 20.0) -> None:
        """Until it answers. Raises ``NotHealthy``."""
        wait_for(self.process, self._is_healthy, seconds=seconds)

    def _is_healthy(self) -> bool:
        return bool(self.ask("GET", "/health")["open"])

    def kill(self) -> None:
        """``kill -9`` of the system (it is restarted with ``restart``)."""
        self.process.kill()

    def restart(self) -> None:
        """End it if it runs, and start it again on its old ports with its old books."""
        self.process.stop()
        self.start()
        self.wait()


def wait_for(process: Process, is_healthy: Any, *, seconds: float) -> None:
    """Until ``is_healthy()``. Raises ``NotHealthy`` when the process ends or time is up."""
    end = time.monotonic() + seconds
    while process.is_alive() and time.monotonic() < end:
        try:
            if is_healthy():
                return
        except (OSError, HTTPException, ValueError):
            pass
        time.sleep(0.02)
    state = "does not answer" if process.is_alive() else "has ended"
    raise NotHealthy(f"{process.name} {state}; {process.log} ends with:\n{process.tail()}")
