"""Every figure of the hub now (``metrics.csv``), read from its store and its site: nobody else is asked.

The one place where they are found out; Airflow's statistics, ``zhida metrics`` and the duty take them here.
Each part is told whatever ails the others. No count goes through what is over.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from exchange.errors import ZhidaError
from exchange.store import health
from zhida import environment, metrics_of_trust, metrics_of_work
from zhida.metric import Sample
from zhida.version import VERSION
from zhida.watch import Watch

Part = Callable[[Watch], Iterator[Sample]]


def _house(watch: Watch) -> Iterator[Sample]:
    yield Sample("zhida_info", 1, {"version": VERSION})
    places = {"data": environment.var_folder()}
    file = health.look(watch.store).file
    if file is not None:
        places["store"] = file.parent
    yield from (
        Sample("zhida_disk_free_bytes", _free(path), {"place": n}) for n, path in places.items()
    )


def _free(path: Path) -> int:
    return shutil.disk_usage(path).free


PARTS: Mapping[str, Part] = {
    "house": _house,
    "systems": metrics_of_work.systems,
    "deliveries": metrics_of_work.deliveries,
    "people": metrics_of_work.people,
    "sweeps": metrics_of_work.sweeps,
    "syncs": metrics_of_work.syncs,
    "feeds": metrics_of_work.feeds,
    "ledger": metrics_of_trust.ledger,
    "verified": metrics_of_trust.verified,
    "certificates": metrics_of_trust.certificates,
}


def collect(watch: Watch, parts: Iterable[str] = ()) -> list[Sample]:
    """All of them, or those of some ``PARTS``. Of a part that fails only that it did (``zhida_collect_trouble``)."""
    return [each for name in parts or PARTS for each in _tried(watch, name, PARTS[name])]


def _tried(watch: Watch, name: str, part: Part) -> list[Sample]:
    trouble = 0
    found: list[Sample] = []
    try:
        found = list(part(watch))
    except (ZhidaError, OSError):
        trouble = 1
    return [*found, Sample("zhida_collect_trouble", trouble, {"part": name})]
