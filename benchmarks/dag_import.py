"""S10: importing all our dag files, against one of Airflow's own example dags.

Each import happens in a fresh fork of a process that has Airflow loaded, as Airflow's dag
processor does it. What ``zhida.airflow.preload`` loads into that is there before, as in production; what it takes
where nothing of ours is there is told beside. The site is the example site.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from unittest.mock import patch

from benchmarks.measure import PAIRS, Result, Sample, compared, rates
from zhida.airflow.preload import preload

_ROOT = Path(__file__).parents[1]
_EXAMPLE = "example_simplest_dag.py"


def run() -> Result:
    """Airflow gets a home of its own in a temporary folder."""
    with tempfile.TemporaryDirectory() as name:
        os.environ |= {
            "AIRFLOW_HOME": name,
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
            "ZHIDA_SITE": str(_ROOT / "sandbox" / "site"),
        }
        example = _example()
        _pair(example)  # files into the page cache
        cold = [_pair(example) for _ in range(PAIRS)]
        with patch.object(sys, "argv", ["airflow", "dag-processor"]):
            preload()
        samples = [_pair(example) for _ in range(PAIRS)]
    ours, cpu = rates([mine for mine, _ in samples])
    goal = "≥ 0.5 ×, < 1 s"
    result = Result("S10", "导入 dag import", "遍", goal, ours, cpu)
    result.reference = f"Airflow's {_EXAMPLE}"
    slowest = max(mine.wall for mine, _ in [*cold, *samples])
    bare = median(mine.rate / theirs.rate for mine, theirs in cold)
    result.notes = [
        f"slowest import {slowest:.2f} s; without preload {bare:.2f} of the example's rate"
    ]
    compared(result, samples, 0.5)
    result.met = bool(result.met) and slowest < 1
    return result


def _pair(example: Path) -> tuple[Sample, Sample]:
    return _forked(lambda: _import(_ROOT / "dags")), _forked(lambda: _import(example))


def _example() -> Path:
    import airflow.example_dags

    return Path(airflow.example_dags.__path__[0]) / _EXAMPLE


def _import(place: Path) -> None:
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(dag_folder=str(place))
    if bag.import_errors or not bag.dags:
        raise RuntimeError(f"{place.name}: {bag.import_errors or 'no dag'}")


def _forked(work: Callable[[], None]) -> Sample:
    """Do it in a child of its own, which tells its times through a pipe."""
    from airflow.dag_processing import dagbag

    del dagbag  # loaded before the fork
    gc.freeze()  # as the dag processor does: no collection goes through what Airflow itself has loaded
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _in_child(work, writer)
    os.close(writer)
    with os.fdopen(reader) as told:
        text = told.read()
    os.waitpid(child, 0)
    if not text:
        raise RuntimeError("the import failed; see above")
    wall, cpu = (float(word) for word in text.split())
    return Sample(1, wall, cpu)


def _in_child(work: Callable[[], None], writer: int) -> None:
    status = 1
    try:
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        told = f"{time.perf_counter() - wall} {time.process_time() - cpu}"
        os.write(writer, told.encode())
        status = 0
    except Exception as error:  # noqa: BLE001 (a child must not return into its parent's code)
        print(error, file=sys.stderr)
    finally:
        os._exit(status)
