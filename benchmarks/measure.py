"""How everything here is measured: ours and the reference in turn, a ratio of each pair.

Machines are shared and noisy, so a figure alone says little. Each benchmark does its work and
the reference's work alternately in one run; the ratio of each pair is what is reported, with
median, smallest and greatest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

Work = Callable[[], int]
"""Does a piece of work; how many units it did."""
PAIRS = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """One piece of work: units done, seconds on the wall, seconds of this process's CPU."""

    units: int
    wall: float
    cpu: float

    @property
    def rate(self) -> float:
        """Units in a second of wall time."""
        return self.units / self.wall

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of CPU for one unit."""
        return 1000 * self.cpu / self.units


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, smallest, greatest."""

    median: float
    min: float
    max: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Of at least one value."""
        return cls(median(values), min(values), max(values))


@dataclass(slots=True)
class Result:
    """One line of the table."""

    id: str
    title: str
    unit: str
    goal: str
    ours: Spread
    """Units a second."""
    cpu_ms: float
    """Our CPU milliseconds for a unit, median."""
    their_cpu_ms: float = 0.0
    reference: str = ""
    theirs: Spread | None = None
    ratio: Spread | None = None
    pairs: int = 0
    met: bool | None = None
    """Whether the goal was reached; None when it has none."""
    invalid: str = ""
    """Why this run proves nothing."""
    notes: list[str] = field(default_factory=list)
    peak_rss_mb: float = 0.0
    wall_s: float = 0.0

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def timed(work: Work) -> Sample:
    """Do it once."""
    wall, cpu = time.perf_counter(), time.process_time()
    units = work()
    return Sample(units, time.perf_counter() - wall, time.process_time() - cpu)


def in_turn(ours: Work, theirs: Work, pairs: int = PAIRS) -> list[tuple[Sample, Sample]]:
    """Once each to warm up, then ours, theirs, ours, theirs…"""
    ours()
    theirs()
    return [(timed(ours), timed(theirs)) for _ in range(pairs)]


def compared(result: Result, samples: Sequence[tuple[Sample, Sample]], least: float) -> Result:
    """Fill in what the pairs say; ``least`` is the ratio of rates that the goal asks for."""
    result.theirs, result.their_cpu_ms = rates([theirs for _, theirs in samples])
    result.ratio = Spread.of([ours.rate / theirs.rate for ours, theirs in samples])
    result.pairs = len(samples)
    result.met = result.ratio.median >= least
    return result


def rates(samples: Sequence[Sample]) -> tuple[Spread, float]:
    """Rate and median CPU milliseconds a unit."""
    return Spread.of([each.rate for each in samples]), median(each.cpu_ms for each in samples)


def peak_rss_mb() -> float:
    """The most memory that this process has held: VmHWM (proc(5)).

    ``ru_maxrss`` would also count the process that started this one.
    """
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
