"""S6A: newborns through everything that ``make up`` starts: one, 20 at once, 1,000 at once.

From the first declaration in the broker's queue to the last case done: the listener, Airflow's
scheduler and triggerer, a dag run a sweep, a process a task, PostgreSQL, and the stand-ins, which
share the machine. Births are recorded and signed before (not timed). The reference: the same three
calls with nothing around them. ``ZHIDA_BENCH_CASES``: how many, if not 1,000 (at most 4,900).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from statistics import median

from benchmarks import bare_newborn
from benchmarks.births import recorded
from benchmarks.measure import Result, Sample, Spread, rates, timed
from benchmarks.whole_hub import Wave, WholeHub, whole_hub

_ONES, _FEW = 7, 20
_MANY = int(os.environ.get("ZHIDA_BENCH_CASES", "1000"))
_GOAL = 10.0
_ROUNDS, _CALLS = 5, 20
_WARM_UP = 4950
"""Its day of birth has no other, so the register has numbers for those that repeat it."""
_HUB = ("scheduler", "listen")
"""Where the hub works: the scheduler's children are the tasks."""


def run() -> Result:
    """One after another, then 20 at once, then 1,000 at once."""
    with whole_hub() as hub:
        bare = _bare(hub)
        numbers = count(1)
        ones = [_wave(hub, numbers, 1) for _ in range(_ONES)]
        few, many = _wave(hub, numbers, _FEW), _wave(hub, numbers, _MANY)
    alone = median(each.wall for each in ones)
    rate = Spread.of([many.size / many.wall])
    cpu = 1000 * _hub_s(many) / many.size
    result = Result("S6A", "新生儿 under Airflow", "件", f"≤ {_GOAL:.0f} × one", rate, cpu)
    result.reference = "the bare calls"
    result.theirs, result.their_cpu_ms = rates(bare)
    result.ratio = Spread.of([many.wall / each.wall for each in ones])
    result.pairs = len(ones)
    result.met = many.wall <= _GOAL * alone
    result.notes = [*_notes(ones, few, many), f"the bare calls: {_ms(bare):.0f} ms for one"]
    return result


def _wave(hub: WholeHub, numbers: Iterator[int], size: int) -> Wave:
    return hub.wave(recorded(hub.stack.district, numbers, size))


def _bare(hub: WholeHub) -> list[Sample]:
    """A case for the bytes (and to open everything), then its calls again and again."""
    (known,) = births = recorded(hub.stack.district, count(_WARM_UP), 1)
    hub.wave(births)
    calls = bare_newborn.calls(hub.stack.district, hub.stack.environment, known)

    def work() -> int:
        for _ in range(_CALLS):
            for call in calls:
                call.make()
        return _CALLS

    return [timed(work) for _ in range(_ROUNDS)]


def _ms(samples: list[Sample]) -> float:
    return 1000 * median(each.wall / each.units for each in samples)


def _hub_s(wave: Wave) -> float:
    return sum(wave.cpu[name] for name in _HUB)


def _notes(ones: list[Wave], few: Wave, many: Wave) -> list[str]:
    times = Spread.of([each.wall for each in ones])
    middle = sorted(ones, key=lambda each: each.wall)[len(ones) // 2]
    return [
        f"one: {times.median:.1f} s ({times.min:.1f}…{times.max:.1f}), the median one: {_way(middle)}",
        f"{_told(few, times.median)}: {_way(few)}",
        _told(many, times.median),
        *(f"of these {_way(many, number)}" for number in range(len(many.runs))),
        "CPU seconds then: " + _cpu(many),
    ]


def _told(wave: Wave, alone: float) -> str:
    published = (wave.published - wave.began).total_seconds()
    opened = (wave.opened - wave.began).total_seconds()
    return (
        f"{wave.size} at once: {wave.wall:.1f} s = {wave.wall / alone:.1f} × one, {len(wave.runs)}"
        f" dag runs; published after {published:.1f} s, opened after {opened:.1f} s"
    )


def _way(wave: Wave, number: int = 0) -> str:
    """When a run was woken, and of each task the seconds before it and its own."""
    told = wave.runs[number]
    woken = (told.woken - wave.began).total_seconds()
    steps = [f"{each.task} {each.before:.1f}+{each.own:.1f}" for each in told.steps]
    return f"run {number + 1}: woken after {woken:.1f} s, " + ", ".join(steps)


def _cpu(wave: Wave) -> str:
    parts = sorted(wave.cpu.items(), key=lambda part: -part[1])
    return ", ".join(f"{name} {seconds:.1f}" for name, seconds in parts if seconds >= 0.05)
