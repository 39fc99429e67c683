"""The faults that can be switched on in a running stand-in.

========  =============================  ===================================================
fault     options                        what the system then does
========  =============================  ===================================================
down      –                              its port is closed: connection refused
slow      seconds, stage ("after")       waits, before or after applying
reset     stage ("after")                applies, then resets the connection, no answer
hold      stage ("before")               waits until released, before or after applying
once503   –                              503, nothing applied
html      –                              200 with a login page, nothing applied
refuse    reason, code, about            says no in its own way, nothing applied
cut       bytes                          sends so many bytes of a file, then resets the connection
========  =============================  ===================================================

Each takes ``operation`` (only that operation suffers) and ``times`` (how often; absent: until
cleared; ``once503`` is once unless told), ``about`` only that thing (by its number). ``down`` knows neither: who cannot connect is not seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any

from sandbox.moments import instant

OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "down": {},
    "slow": {"seconds": 1.0, "stage": "after"},
    "reset": {"stage": "after"},
    "hold": {"stage": "before"},
    "once503": {},
    "html": {},
    "refuse": {"reason": "审核不通过", "code": "", "about": ""},
    "cut": {"bytes": 0},
}
"""Each fault with its own options and what they are unless told."""


class UnknownFault(ValueError):
    """No such fault, or not such an option of it."""


@dataclass
class _Armed:
    name: str
    operation: str
    times: int | None
    options: dict[str, Any]


@dataclass
class _Held:
    number: int
    operation: str
    stage: str
    since: str
    go: Event = field(default_factory=Event)


class Faults:
    """The switchboard of one system; thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._armed: list[_Armed] = []
        self._held: dict[int, _Held] = {}
        self._count = 0

    def arm(self, name: str, **given: Any) -> None:
        """Switch a fault on. Raises ``UnknownFault``."""
        if name not in OPTIONS:
            raise UnknownFault(f"no fault {name!r}; there are {', '.join(OPTIONS)}")
        times = given.pop("times", 1 if name == "once503" else None)
        operation = str(given.pop("operation", ""))
        strange = set(given) - set(OPTIONS[name])
        if strange or (name == "down" and (times is not None or operation)):
            raise UnknownFault(f"{name} takes {', '.join(OPTIONS[name]) or 'no option'}")
        with self._lock:
            self._armed.append(_Armed(name, operation, times, {**OPTIONS[name], **given}))

    def take(
        self, name: str, operation: str, *, stage: str = "", about: str = ""
    ) -> dict[str, Any] | None:
        """The options of that fault if it strikes now; uses up one of its times."""
        with self._lock:
            for armed in self._armed:
                if armed.name == name and _strikes(armed, operation, stage, about):
                    self._use(armed)
                    return armed.options
        return None

    def _use(self, armed: _Armed) -> None:
        if armed.times is not None:
            armed.times -= 1
            if armed.times <= 0:
                self._armed.remove(armed)

    def armed(self) -> list[dict[str, Any]]:
        """What is switched on."""
        with self._lock:
            return [vars(armed) | {} for armed in self._armed]

    def clear(self) -> None:
        """Switch everything off and let go of everything held."""
        with self._lock:
            self._armed.clear()
        self.release()

    def wait_while_held(self, operation: str, stage: str) -> None:
        """Stand still here if ``hold`` strikes, until released."""
        if self.take("hold", operation, stage=stage) is None:
            return
        with self._lock:
            self._count += 1
            held = _Held(self._count, operation, stage, instant())
            self._held[held.number] = held
        held.go.wait()

    def held(self) -> list[dict[str, Any]]:
        """The calls that stand still now, oldest first."""
        with self._lock:
            return [
                {"id": h.number, "operation": h.operation, "stage": h.stage, "since": h.since}
                for h in self._held.values()
            ]

    def release(self) -> int:
        """Let go of everything held now; ``hold`` itself stays on if it has times left."""
        with self._lock:
            freed = list(self._held.values())
            self._held.clear()
        for held in freed:
            held.go.set()
        return len(freed)


def _strikes(armed: _Armed, operation: str, stage: str, about: str) -> bool:
    here = armed.operation in ("", operation) and armed.options.get("about") in (None, "", about)
    return here and armed.options.get("stage", stage) == stage
