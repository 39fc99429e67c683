"""An hour (``ZHIDA_ROUNDS=full``; else four minutes, or ``ZHIDA_SOAK_MINUTES``) of steady load on scheduler, two Celery workers, listener, endpoint.

Newborns are declared one by one, a file is fetched again and again, Airflow's rows are pruned as they age.
At the end every account is exact, and no program holds more memory than a quarter of an hour before.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from benchmarks import plot
from sandbox.births import birth
from sandbox.process import ROOT
from tests.conftest import FULL
from tests.production.celery_machine import TOKEN, CeleryMachine, require_tools
from tests.production.soak import Reader, Repeated, Watch

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.peer("containers"),
    pytest.mark.guarantee("G13"),
    pytest.mark.timeout(7200),
]
MINUTES = float(os.environ.get("ZHIDA_SOAK_MINUTES", "60" if FULL else "4"))
CASE_EVERY, READ_EVERY = 2.0, 0.25
KEPT = 600.0 if MINUTES >= 60 else 60.0
"""Seconds that Airflow's rows and logs are kept here, where production keeps days."""
GROWTH, NOISE = 1.05, 10_000
"""What a program may hold in the last quarter: so much of what it held in the third, and so many kilobytes more.
A single step before that is none of a leak's: the triggerer makes one (docs/scale.md).
"""
DRAWING = ROOT / "var" / "soak.svg"
DATA = random.Random(5).randbytes(262_144)
SCANS = """system: scans
title: 扫描件（示例）
unit: hospital
adapter: large_files
connection: scans_disk
options: {wire: files, take: out, settings: {folders: {out: {folder: out}}}}
"""
AGREEMENT = """agreement: scans-to-window
provider: hospital
receiver: service-window
document: file-claim
purpose: newborn-registration
basis: 示例
fields: [/title, /sha256]
valid_from: "2026-01-01"
valid_until: "2040-12-31"
"""
PRUNE = """import os, sys
from datetime import timedelta
from exchange.ports import utc_now
from zhida import airflow_settings, prune
found = airflow_settings.of(os.environ)
assert found is not None
prune.run(found, utc_now() + timedelta(days=7, seconds=-float(sys.argv[1])), 7, dry=False)
"""


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CeleryMachine]:
    require_tools()
    folder = tmp_path_factory.mktemp("soak")
    (folder / "holder/out").mkdir(parents=True)
    (folder / "holder/out/scan.pdf").write_bytes(DATA)
    found = CeleryMachine(
        folder,
        files={"systems/scans.yaml": SCANS, "agreements/scans-to-window.yaml": AGREEMENT},
        connections={"scans_disk": {"conn_type": "generic", "host": str(folder / "holder")}},
    )
    try:
        found.start()
        yield found
    finally:
        found.close()


def test_memory_is_flat_tables_are_pruned_accounts_are_exact(
    machine: CeleryMachine, record_property: Callable[[str, object], None]
) -> None:
    claim = _told(
        machine, *("file", "add", "scans", "scan.pdf"),
        *("--matter", "newborn", "--material", "M-001", "--title", "扫描件"),
    )["claim"]  # fmt: skip
    _told(machine, "file", "fetch", claim)
    reader = Reader(machine.door, TOKEN, f"/files/{claim}", DATA)
    programs = [process for process, _ in machine.processes]
    watch = Watch(programs, machine.postgres, machine.folder / "logs")
    begun, births = time.monotonic(), iter(range(1, 5000))
    acts = [
        Repeated(watch.every, lambda: watch.look(begun)),
        Repeated(CASE_EVERY, lambda: _declare(machine, next(births))),
        Repeated(READ_EVERY, reader.fetch),
        Repeated(KEPT / 2, lambda: _prune(machine)),
    ]
    time.sleep(MINUTES * 60)
    for act in acts:
        act.stop()
    assert [act.error for act in acts] == ["", "", "", ""]
    _, declared, reads, pruned = (act.done for act in acts)
    _wait_until_done(machine, declared)
    quarter, end = MINUTES * 15, MINUTES * 60
    third, last = (
        watch.medians(end - 2 * quarter, end - quarter),
        watch.medians(end - quarter, end + 60),
    )
    told = {name: (round(third[name]), round(last[name])) for name in third}
    record_property("soak", told)
    memory = {p.name: watch.memory(p.name) for p in programs}
    told_of = f"{declared} 件办件，{reads} 次取文件，清理 {pruned} 次"
    DRAWING.parent.mkdir(exist_ok=True)
    DRAWING.write_text(plot.lines(memory, "各进程的内存", told_of, "MB"), "utf-8")
    print(json.dumps({"cases": declared, "reads": reads, "pruned": pruned, **told}, indent=1))
    _accounts_are_exact(machine, claim, declared, reads)
    assert all(process.is_alive() for process in programs)
    if MINUTES >= 60:
        grown = {n: t for n, t in told.items() if t[1] > GROWTH * t[0] + NOISE}
        assert grown == {}


def _accounts_are_exact(machine: CeleryMachine, claim: str, declared: int, reads: int) -> None:
    wanted = sorted(birth(number).form["cszmbh"] for number in range(1, declared + 1))
    district = machine.production.district
    registered = [row["cszmbh"] for row in district.system("police").books()]
    assert sorted(registered) == wanted
    assert len(district.system("insurance").books()) == declared
    noted = machine.postgres.sql(
        f"SELECT count(*) FROM ledger_entry WHERE kind = 'file-read' AND ref = '{claim}'",
        database="zhida",
    )
    assert int(noted) == reads
    for words in (("parked", "list"), ("invalid", "list"), ("incident", "list")):
        assert _told(machine, *words) == [], words
    done = machine.zhida("ledger", "verify")
    assert done.returncode == 0, done.stdout + done.stderr


def _declare(machine: CeleryMachine, number: int) -> None:
    machine.production.district.birth(birth(number).facts)
    machine.broker.declare(birth(number).form)


def _prune(machine: CeleryMachine) -> None:
    done = machine.run("scheduler-0", "python", "-c", PRUNE, str(KEPT))
    assert done.returncode == 0, done.stderr


def _wait_until_done(machine: CeleryMachine, count: int) -> None:
    end, states = time.monotonic() + 900, ""
    asked = "SELECT state, count(*) FROM matter_case GROUP BY state"
    while states != f"done|{count}":
        assert time.monotonic() < end, states
        time.sleep(2)
        states = machine.postgres.sql(asked, database="zhida")


def _told(machine: CeleryMachine, *words: str) -> Any:
    done = machine.zhida(*words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
