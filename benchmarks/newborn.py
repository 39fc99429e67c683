"""S6-lite: newborns through the sandbox, without Airflow: what one case costs the hub.

The hub works in this process, the four systems and the signer in theirs, so this process's CPU
is the hub's. Many at once: ``ZHIDA_BENCH_CASES`` cases (200 unless told; 1,000 take minutes)
against one alone, both with the sweeps that they need. Under Airflow's scheduler: S6A.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import update

from benchmarks.births import recorded
from benchmarks.measure import Result, Sample, rates, timed
from exchange.store import schema
from exchange.store.tables import cursor
from sandbox.clerk import Clerk
from sandbox.district import District
from zhida import site, sweep
from zhida.hub import Hub

_WAVES, _WAVE = 5, 10
_MANY = int(os.environ.get("ZHIDA_BENCH_CASES", "200"))
_GOAL_MS = 50.0
_SWEEPS = 100
"""A sweep gives each item a budget of seconds: many cases need several."""


def run() -> Result:
    """Waves of ten newborns; the first, in which everything is opened, does not count."""
    with (
        tempfile.TemporaryDirectory() as name,
        District(Path(name) / "district") as district,
        _hub(district) as hub,
    ):
        numbers = count(1)
        samples = [_wave(hub, district, numbers, _WAVE) for _ in range(_WAVES + 1)][1:]
        one = _wave(hub, district, numbers, 1)
        many = _wave(hub, district, numbers, _MANY)
    ours, cpu = rates(samples)
    result = Result("S6", "新生儿一件事 newborn", "件", f"CPU ≤ {_GOAL_MS:.0f} ms", ours, cpu)
    result.pairs = len(samples)
    result.met = cpu <= _GOAL_MS
    times = f"{many.wall / one.wall:.1f} × the time of one ({one.wall:.2f} s)"
    result.notes = [
        f"waves of {_WAVE} without Airflow; the wall time includes the stand-ins' own",
        f"{_MANY} at once: {times}, {many.cpu_ms:.1f} ms of the hub's CPU a case",
    ]
    return result


def _wave(hub: Hub, district: District, numbers: Iterator[int], size: int) -> Sample:
    """Births recorded and declared (not timed), then swept until all are answered (timed)."""
    clerk = Clerk(district.system("oa").address)
    for invented in recorded(district, numbers, size):
        clerk.fill_in(invented.form)
    matter = hub.site.matter("newborn")

    def work() -> int:
        done = 0
        for _ in range(_SWEEPS):
            _look_now(hub)
            reports = sweep.sweep(hub, matter)
            done += reports[-1].states["applied"]
            if done == size:
                return done
        raise RuntimeError(f"{done} of {size} cases were answered: {reports}")

    return timed(work)


def _look_now(hub: Hub) -> None:
    """The OA is asked once a minute, for 200 forms; a wave does not wait for that."""
    with hub.store.write() as connection:
        connection.execute(update(cursor).values(next_at=""))


@contextmanager
def _hub(district: District) -> Iterator[Hub]:
    env = district.env
    os.makedirs(env["ZHIDA_VAR"], mode=0o700, exist_ok=True)
    hub = Hub(
        site.load(Path(env["ZHIDA_SITE"])),
        var=Path(env["ZHIDA_VAR"]),
        secret=env["ZHIDA_KEY_PASSWORD"].encode(),
        find=lambda name: json.loads(env[f"AIRFLOW_CONN_{name.upper()}"]),
    )
    try:
        schema.upgrade(hub.store)
        yield hub
    finally:
        hub.close()
