"""A figure that an operator watches: its name, labels and value; the table that says what it means.

``metrics.csv`` is the one place that names them. A label is a unit, a system, a matter, a sync or a state:
never a person, a case, or anything that a document says.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Metric:
    """One row of the table. ``unit``: seconds, days, bytes, or what is counted."""

    name: str
    unit: str
    labels: tuple[str, ...]
    zh: str
    en: str
    do_zh: str
    do_en: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of a metric now."""

    name: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)

    def told(self) -> dict[str, object]:
        """As JSON."""
        return {"name": self.name, "labels": dict(self.labels), "value": self.value}


@cache
def catalogue() -> Mapping[str, Metric]:
    """Every metric there is, in the table's order."""
    text = (resources.files("zhida") / "metrics.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return {row["name"]: Metric(**row | {"labels": tuple(row["labels"].split())}) for row in rows}


def text(samples: Iterable[Sample]) -> str:
    """In Prometheus' text format (version 0.0.4): all gauges, those of one metric together.

    >>> print(text([Sample("zhida_proposals_open", 2)]).splitlines()[-1])
    zhida_proposals_open 2
    """
    known = catalogue()
    found: dict[str, list[Sample]] = {name: [] for name in known}
    for each in samples:
        found[each.name].append(each)
    return "".join(
        line for name, rows in found.items() if rows for line in _family(known[name], rows)
    )


def _family(metric: Metric, rows: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {metric.name} {_plain(metric.en)}\n"
    yield f"# TYPE {metric.name} gauge\n"
    for each in rows:
        pairs = ",".join(f'{name}="{_quoted(value)}"' for name, value in each.labels.items())
        labels = f"{{{pairs}}}" if pairs else ""
        yield f"{each.name}{labels} {each.value:.15g}\n"


def _plain(told: str) -> str:
    return told.replace("\\", r"\\").replace("\n", r"\n")


def _quoted(told: str) -> str:
    """
    >>> _quoted('a "b"')
    'a \\\\"b\\\\"'
    """
    return _plain(told).replace('"', r"\"")
