"""S7D: the same new rows (S7) by dlt (Apache-2.0), in the same run; and what stands in the two targets after it.

dlt is kept apart: ``benchmarks/dlt/requirements.lock``, installed by ``make bench``. It reads what is newer than its
cursor, and merges it by primary key by way of a staging table; it signs nothing, knows no agreement, and asks
nothing of the values.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from benchmarks import sync_site
from benchmarks.measure import PAIRS, Result, Sample, compared, rates, timed
from benchmarks.sync_site import COLUMNS
from benchmarks.syncs import COUNT, Bases, ours
from sandbox.postgres import Postgres

_ROOT = Path(__file__).resolve().parents[1]
_PYTHON = _ROOT / "var/bench/dlt/bin/python"


def run() -> Result:
    """In turn into two tables of one server; once before to warm up, when dlt makes its table."""
    if not _PYTHON.exists():
        return _absent()
    folder = Path(tempfile.mkdtemp(prefix="zhida-bench-"))
    try:
        with Postgres(folder / "postgres") as server:
            bases = Bases(server)
            with (
                closing(sync_site.hub(folder, server, "bench")) as hub,
                worker(bases.url, folder / "dlt") as by_dlt,
            ):
                samples = []
                for _ in range(PAIRS + 1):
                    bases.fill(COUNT)
                    samples.append((timed(lambda: ours(hub)), once(by_dlt)))
            told = differing(bases.url)
    finally:
        shutil.rmtree(folder)
    return _told(samples, told)


def _absent() -> Result:
    result = Result("S7D", "同步 against dlt", "行", "-", rates([Sample(1, 1.0, 0.0)])[0], 0.0)
    result.invalid = "dlt is not installed: make bench"
    return result


def _told(samples: list[tuple[Sample, Sample]], told: dict[str, int]) -> Result:
    rows = (PAIRS + 1) * COUNT
    if told.pop("rows") != rows or any(mine.units != COUNT for mine, _ in samples):
        raise RuntimeError("rows are missing")
    mine, cpu = rates([each for each, _ in samples[1:]])
    result = Result("S7D", "同步 sync of 200,000 new rows", "行", "≥ 1 ×", mine, cpu)
    result.reference = "dlt: pyarrow, csv, merge"
    result.notes = [f"of {rows} rows, differing in {name}: {count}" for name, count in told.items()]
    return compared(result, samples[1:], 1)


@contextmanager
def worker(url: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """dlt, waiting for its first line."""
    folder.mkdir()
    command = [str(_PYTHON), str(_ROOT / "benchmarks/dlt/worker.py"), url, str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=folder) as process:
        _line(process)
        yield process
        if process.stdin:
            process.stdin.close()


def once(process: subprocess.Popen[str]) -> Sample:
    """What is new goes over."""
    if process.stdin:
        print("go", file=process.stdin, flush=True)
    told = json.loads(_line(process))
    return Sample(told["rows"], told["wall"], told["cpu"])


def _line(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise RuntimeError("dlt has ended")
    return line


def differing(url: str) -> dict[str, int]:
    """How many rows are in both targets, and in how many each column's text is another."""
    same = [f"count(*) FILTER (WHERE a.{n}::text IS DISTINCT FROM b.{n}::text)" for n in COLUMNS]
    both = "firm_in a FULL JOIN by_dlt.firm b ON a.code = b.code"
    with psycopg.connect(url) as connection:
        found = connection.execute(f"SELECT count(*), {', '.join(same)} FROM {both}").fetchone()
    return dict(zip(("rows", *COLUMNS), found or (), strict=True))
