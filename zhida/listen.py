"""``zhida listen``: takes in from every feed that opens cases, as the messages come.

One thread a stream. Every minute it tells counts (never what is in a message), looks for dead
letters, and lets incidents be told.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from functools import partial
from threading import Event, Lock, Thread

from exchange.errors import Fatal, Problem, ZhidaError
from exchange.store.engine import THREADS
from zhida import alerts, dead_letters
from zhida.ear import Ear
from zhida.hub import Hub
from zhida.intake import Intake
from zhida.message import Stream
from zhida.site import System

MINUTE = 60.0
FEED = "feed"
"""The adapter whose systems are listened to; others are only asked (polled), by the sweeps."""

_log = logging.getLogger(__name__)


class Tally:
    """What the looks came to since it was last told. Thread-safe."""

    def __init__(self) -> None:
        self.total: Counter[str] = Counter()
        self.failed: dict[str, Problem] = {}
        """System → why it could not be read the last time."""
        self._minute: Counter[str] = Counter()
        self._guard = Lock()

    def add(self, found: Intake, system: str = "") -> None:
        """Count one look at a stream of ``system``."""
        counts = {name: found.words[name] for name in ("opened", "invalid", "known")}
        counts["errors"] = int(found.error is not None)
        with self._guard:
            self.total.update(counts)
            if found.error is not None:
                self.failed[system] = Problem(found.error.code, found.error.facts)
            self._minute.update(counts)

    def tell(self, **more: int) -> None:
        """One line, ``name=number``; then a new minute begins."""
        with self._guard:
            counts, self._minute = self._minute, Counter()
        told = {**counts, **more}
        _log.info(" ".join(f"{name}=%d" for name in told), *told.values())


def streams(hub: Hub) -> list[Stream]:
    """Every stream that can be listened to. ``Fatal`` if there is none, or more than threads."""
    found = [
        Stream(hub, matter, opening, system)
        for matter in hub.site.matters.values()
        for opening in filter(hub.site.tells, matter.opens_on)
        if _is_heard(system := hub.site.find_system(opening.unit, opening.adapter))
    ]
    if not found:
        raise Fatal("listen.nothing")
    if len(found) > THREADS:
        raise Fatal("listen.too-many", streams=len(found), most=THREADS)
    return found


def _is_heard(system: System) -> bool:
    """A feed, or a generic system that messages are taken from too (``receive``)."""
    return system.adapter == FEED or "receive" in system.options


def listen(hub: Hub, stop: Event) -> Tally:
    """Until ``stop``: then each thread ends after the message that it has in hand."""
    tally, heard = Tally(), streams(hub)
    _log.info("streams=%d", len(heard))
    threads = _started(
        [Ear(s, stop, partial(tally.add, system=s.system.name)).listen for s in heard]
    )
    while not stop.wait(MINUTE):
        _minute(hub, heard, tally)
    for thread in threads:
        thread.join()
    return tally


def drain(hub: Hub, stop: Event) -> Tally:
    """Take in what lies there now, stream by stream, and end."""
    tally, heard = Tally(), streams(hub)
    for stream in heard:
        Ear(stream, stop, partial(tally.add, system=stream.system.name)).drain()
    _minute(hub, heard, tally)
    return tally


def _started(runs: list[Callable[[], None]]) -> list[Thread]:
    threads = [Thread(target=run, name=f"listen-{n}") for n, run in enumerate(runs)]
    for thread in threads:
        thread.start()
    return threads


def _minute(hub: Hub, heard: list[Stream], tally: Tally) -> None:
    """A store that is away is told by the threads; the next minute looks again.

    A defect is told by its kind only (it may quote data) and ends nothing: while the ears go on,
    somebody must go on telling.
    """
    for work in (partial(_count, hub, heard, tally), partial(alerts.tell, hub)):
        try:
            work()
        except ZhidaError:
            continue
        except Exception as defect:  # noqa: BLE001
            _log.error("defect while telling type=%s", type(defect).__name__)


def _count(hub: Hub, heard: list[Stream], tally: Tally) -> None:
    tally.tell(streams=len(heard), dead_letters=dead_letters.look(hub, heard))
