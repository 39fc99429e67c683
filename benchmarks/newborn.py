"""S6-lite: newborns through the sandbox, without Airflow: what one case costs the hub.

The hub works in this process, the four systems and the signer in theirs, so this process's CPU
is the hub's. A full S6 (Airflow's scheduler, 1,000 at once) comes with PostgreSQL.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import update

from benchmarks.measure import Result, Sample, rates, timed
from exchange.store import schema
from exchange.store.tables import cursor
from sandbox.births import birth
from sandbox.clerk import Clerk
from sandbox.district import District
from zhida import site, sweep
from zhida.hub import Hub

_WAVES, _WAVE = 5, 10
_GOAL_MS = 50.0


def run() -> Result:
    """Waves of ten newborns; the first, in which everything is opened, does not count."""
    with (
        tempfile.TemporaryDirectory() as name,
        District(Path(name) / "district") as district,
        _hub(district) as hub,
    ):
        samples = [_wave(hub, district, number) for number in range(_WAVES + 1)][1:]
    ours, cpu = rates(samples)
    result = Result("S6", "新生儿一件事 newborn", "件", f"CPU ≤ {_GOAL_MS:.0f} ms", ours, cpu)
    result.pairs = len(samples)
    result.met = cpu <= _GOAL_MS
    result.notes = [f"waves of {_WAVE} without Airflow; the wall time includes the stand-ins' own"]
    return result


def _wave(hub: Hub, district: District, number: int) -> Sample:
    """Ten births recorded and declared (not timed), then one sweep (timed)."""
    clerk = Clerk(district.system("oa").address)
    for each in range(1 + number * _WAVE, 1 + (number + 1) * _WAVE):
        invented = birth(each)
        district.birth(invented.facts)
        clerk.fill_in(invented.form)
    _wait_for_the_signer(district)
    matter = hub.site.matter("newborn")
    _look_now(hub)

    def work() -> int:
        reports = sweep.sweep(hub, matter)
        done = reports[-1].states["applied"]
        if done != _WAVE:
            raise RuntimeError(f"{done} of {_WAVE} cases were answered: {reports}")
        return done

    return timed(work)


def _wait_for_the_signer(district: District) -> None:
    """Until the hospital has its acknowledgement for every birth."""
    while not all(row["ack"] == "AA" for row in district.system("hospital").books()):
        time.sleep(0.1)


def _look_now(hub: Hub) -> None:
    """The OA is asked once a minute; a wave does not wait for that."""
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
