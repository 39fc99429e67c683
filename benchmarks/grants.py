"""S5: 2 million firms against all shipped policies with masks written, against one pass of DuckDB.

Each pass is a process of its own, so that its memory can be told. DuckDB writes verdict and amount of
the same policies (``grants_sql``), no masks; both must count and pay the same. Then 10 million firms.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measure import Result, Sample, compared, peak_rss_mb, rates

ROWS, MANY, PAIRS = 2_000_000, 10_000_000, 5
ON = date(2026, 5, 6)
_PART = 131_072
_UNKNOWN = 5
"""Percent of each fact."""
Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pass:
    """What a process says of its pass."""

    sample: Sample
    peak_mb: float
    counts: dict[str, list[int]]
    """Policy → passed, unknown, and fen of those who pass."""
    written_mb: float


def run() -> Result:
    """In a temporary folder on the disk of ``TMPDIR``; some gigabytes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _child("draw", folder)
        pairs = [(_pass("ours", folder), _pass("theirs", folder)) for _ in range(PAIRS)]
        many = _pass("many", folder)
    if any(ours.counts != theirs.counts for ours, theirs in pairs):
        raise RuntimeError("the two differ")
    samples = [(ours.sample, theirs.sample) for ours, theirs in pairs]
    figures, cpu = rates([ours for ours, _ in samples])
    title = f"政策匹配 2 million × {len(pairs[0][0].counts)}"
    result = Result("S5", title, "千户", "> 1 ×", figures, cpu)
    result.reference = "DuckDB"
    result.notes = _notes(pairs, many)
    return compared(result, samples, 1.0)


def _notes(pairs: list[tuple[Pass, Pass]], many: Pass) -> list[str]:
    ours, theirs = pairs[0]
    share = median(o.sample.cpu / t.sample.cpu for o, t in pairs)
    linear = many.sample.cpu / median(o.sample.cpu for o, _ in pairs) / (MANY / ROWS)
    peaks = [max(each.peak_mb for each in side) for side in zip(*pairs, strict=True)]
    return [
        f"CPU {share:.2f} of DuckDB's; memory at most {peaks[0]:.0f} MB against {peaks[1]:.0f} MB",
        f"written {ours.written_mb:.0f} MB with masks of all firms, {theirs.written_mb:.0f} MB without",
        f"10 million firms: CPU {many.sample.cpu:.0f} s, {linear:.2f} of linear; {many.peak_mb:.0f} MB",
    ]


def _pass(kind: str, folder: Path) -> Pass:
    told = _child(kind, folder)
    return Pass(Sample(**told["sample"]), told["peak_mb"], told["counts"], told["written_mb"])


def _child(kind: str, folder: Path) -> Told:
    command = [sys.executable, "-m", "benchmarks.grants", kind, str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    told: Told = json.loads(done.stdout)
    return told


# --- in the process of a pass -------------------------------------------------------------------


def _draw(folder: Path) -> Told:
    from benchmarks import grant_firms
    from matters import fact_columns, grants

    policies = list(grants.load().policies.values())
    kinds, drawn = fact_columns.needed(policies), grant_firms.pools(policies, ON)
    for number, start in enumerate(range(0, ROWS, _PART)):
        rows = range(start, min(start + _PART, ROWS))
        part = grant_firms.frame(drawn, kinds, rows, unknown=_UNKNOWN)
        part.write_parquet(folder / f"firms-{number:03}.parquet")
    return {}


def _ours(folder: Path, times: int = 1) -> Told:
    from matters import grants, match_parts
    from matters.match_counts import Counts
    from matters.policy_match import match

    policies = list(grants.load().policies.values())
    files = sorted(folder.glob("firms-*.parquet")) * times
    counts = Counts(policies)

    def work(out: Path) -> None:
        match_parts.write(
            counts.counted(match(policies, match_parts.firms(files, policies), ON)), out
        )

    told = _measured(work, folder, ROWS * times)
    told["counts"] = {n: [each.passed, each.unknown, each.fen] for n, each in counts.of.items()}
    return told


def _theirs(folder: Path) -> Told:
    import duckdb

    from benchmarks.grants_sql import Query
    from matters import grants

    known = grants.load()
    table = f"read_parquet('{folder}/firms-*.parquet')"
    query = Query(known.facts, ON).select(known.policies.values(), table)
    connection = duckdb.connect()

    def work(out: Path) -> None:
        connection.execute(f"COPY ({query}) TO '{out}/matches.parquet' (FORMAT parquet)")

    def counts(out: Path) -> dict[str, list[int]]:
        told = ", ".join(_counted(name) for name in known.policies)
        row = connection.execute(f"SELECT {told} FROM '{out}/matches.parquet'").fetchone() or ()
        numbers = [int(each or 0) for each in row]
        return {name: numbers[3 * n : 3 * n + 3] for n, name in enumerate(known.policies)}

    return _measured(work, folder, ROWS, counts)


def _counted(name: str) -> str:
    verdict = f'"{name}.verdict"'
    return (
        f"count(*) FILTER ({verdict}), count(*) FILTER ({verdict} IS NULL),"
        f'sum("{name}.amount") FILTER ({verdict})'
    )


def _measured(
    work: Callable[[Path], None],
    folder: Path,
    rows: int,
    counts: Callable[[Path], dict[str, list[int]]] | None = None,
) -> Told:
    """Thousands of firms, seconds and memory; what was written is thrown away."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        wall, cpu = time.perf_counter(), time.process_time()
        work(Path(name))
        sample = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        written = sum(each.stat().st_size for each in Path(name).iterdir()) / 1e6
        told: Told = {"sample": sample | {"units": rows // 1000}, "peak_mb": peak_rss_mb()}
        return told | {"written_mb": written, "counts": counts(Path(name)) if counts else {}}


_KINDS: dict[str, Callable[[Path], Told]] = {
    "draw": _draw,
    "ours": _ours,
    "theirs": _theirs,
    "many": lambda folder: _ours(folder, MANY // ROWS),
}

if __name__ == "__main__":
    print(json.dumps(_KINDS[sys.argv[1]](Path(sys.argv[2]))))
