"""A long backlog is worked off by several processes: one process of Python keeps one core busy.

A helping hand is ``python -m zhida.hand``: the same turn of the same item, in a process of its own.
It is told on its standard input how to reach the system (so no secret stands in its arguments), and
when that input ends, because the turn that called it is over or dead, it takes no more cases. What
keeps any two workers apart keeps hands apart: the liveness locks, and the slots of the system.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import astuple, dataclass, field, replace
from threading import Timer
from typing import Any
from zlib import crc32

from exchange import times
from exchange.errors import Fact, Problem
from exchange.outcome import tellable
from exchange.store import case_rows
from zhida.hub import Hub
from zhida.site import System

ENOUGH = 100
"""Due cases for each hand: fewer would be done before another process has started."""
GRACE = 600.0
"""Seconds beyond its turn that a hand may take for what it has in hand: every call has a time-out."""
COMMAND = (sys.executable, "-m", "zhida.hand")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Order:
    """Which item's turn it is, for how many seconds, and which part of its cases is this hand's.

    The parts are disjoint (by a checksum of the case), so hands do not get in each other's way.
    """

    matter: str
    item: str
    budget: float
    part: int = 0
    parts: int = 1

    def has(self, case: str) -> bool:
        """Is this case of our part?

        >>> [Order("m", "i", 15.0, part, 2).has("case-1") for part in (0, 1)]
        [True, False]
        """
        return crc32(case.encode()) % self.parts == self.part

    def others(self) -> list[Order]:
        """A hand's order for each part but the caller's own."""
        return [replace(self, part=n) for n in range(self.parts) if n != self.part]


@dataclass(slots=True)
class Done:
    """What a hand did: how many cases ended in which state, what was sick, its slowest case in
    seconds, and whether the system acted at all (``Outcome.acted``).
    """

    states: dict[str, int] = field(default_factory=dict)
    sick: Problem | None = None
    slowest: float = 0.0
    acted: bool = False
    causes: list[Problem] = field(default_factory=list)
    """Why cases ended as they did: each code once, with the facts of one of them."""

    def written(self) -> dict[str, Any]:
        """For the process that called."""
        sick = None if self.sick is None else [self.sick.code, dict(self.sick.facts)]
        told = {"states": self.states, "slowest": self.slowest, "acted": self.acted}
        causes = [[each.code, dict(each.facts)] for each in self.causes]
        return {**told, "causes": causes, "sick": sick}

    def note(self, code: str, facts: Mapping[str, Fact]) -> None:
        """One case's reason, if it is a new one."""
        if code and all(each.code != code for each in self.causes):
            self.causes.append(Problem(code, tellable(facts)))


def read(told: dict[str, Any]) -> Done:
    """The reverse of ``Done.written``."""
    sick = told["sick"]
    causes = [Problem(*each) for each in told["causes"]]
    return Done(**{**told, "causes": causes, "sick": None if sick is None else Problem(*sick)})


def number(hub: Hub, system: System, matter: str, item: str) -> int:
    """How many processes this turn is worth. SQLite has one writer at a time: there it is one."""
    most = min(len(os.sched_getaffinity(0)), system.concurrency)
    if hub.store.is_embedded or most == 1:
        return 1
    now = times.stamp(hub.clock())
    with hub.store.read() as connection:
        waiting = len(case_rows.due(connection, matter, item, now, most * ENOUGH))
    return max(1, waiting // ENOUGH)


@contextmanager
def beside(hub: Hub, system: System, order: Order) -> Iterator[list[Done]]:
    """Hands work on the other parts meanwhile; afterwards the list tells what they did."""
    done: list[Done] = []
    with ExitStack() as called:
        others = [called.enter_context(_call(hub, system, each)) for each in order.others()]
        yield done
        done += filter(None, (_told(each, order.budget + GRACE) for each in others))


@contextmanager
def _call(hub: Hub, system: System, order: Order) -> Iterator[subprocess.Popen[str]]:
    """Started and told; at the end of the block its input ends, and we wait for what it has in hand."""
    pipe = subprocess.PIPE
    told = json.dumps({"hub": hub.passed_on(system), "order": astuple(order)})
    with subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, bufsize=1, text=True) as hand:
        with suppress(BrokenPipeError):  # it is dead already, which its end tells
            print(told, file=hand.stdin)  # a line at a time, so it is under way
        yield hand


def _told(hand: subprocess.Popen[str], seconds: float) -> Done | None:
    """Its answer, when its part is done. What one that died had in hand the next sweep finds.

    One that is not done after so many ``seconds`` is killed, which does no more harm than a crash;
    one that says what nobody can read is told like a dead one: the sweep itself goes on.
    """
    limit = Timer(seconds, hand.kill)
    limit.start()
    text = hand.stdout.read() if hand.stdout else ""
    code = hand.wait()
    limit.cancel()
    if code:
        _log.error("a helping hand ended status=%d", hand.returncode)
        return None
    try:
        return read(json.loads(text))
    except (ValueError, TypeError, LookupError):
        _log.error("a helping hand ended with an answer that can't be read")
        return None
