"""The hub's figures into Airflow's own statistics: StatsD or OpenTelemetry, as ``airflow.cfg`` says.

``[metrics]`` decides where they go; where it names nowhere, nothing is even counted. Each is a gauge
``zhida.‹name›``, its labels as tags. Plain StatsD has no tags: there the labels stand in the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from airflow.sdk import conf
from airflow.sdk.observability import stats

from zhida.metric import Sample

if TYPE_CHECKING:
    from zhida.hub import Hub

_ON = ("statsd_on", "statsd_datadog_enabled", "otel_on")
_OF_SWEEP = ("systems", "people", "sweeps")
_STRANGE = re.compile(r"[^A-Za-z0-9-]")


def is_on() -> bool:
    """Does Airflow send its statistics anywhere?"""
    return any(map(_says, _ON))


def of_sweep(hub: Hub, matter: str) -> None:
    """At the end of a sweep: how long it took, what each system has left, what waits for people."""
    found = _collected(hub, _OF_SWEEP)
    emit(each for each in found if each.labels.get("matter", matter) == matter)


def of_all(hub: Hub) -> int:
    """Every figure there is; how many."""
    found = _collected(hub, ())
    emit(found)
    return len(found)


def _collected(hub: Hub, parts: tuple[str, ...]) -> list[Sample]:
    from zhida import metrics
    from zhida.watch import Watch

    watch = Watch(hub.site, hub.store, hub.clock)
    return metrics.collect(watch, parts) if is_on() else []


def emit(samples: Iterable[Sample]) -> None:
    """Give them to Airflow. A collector that is not there is no error (UDP; or Airflow's own warning)."""
    way = _way()
    for each in samples:
        stat = "zhida." + each.name.removeprefix("zhida_")
        labels = {name: told for name, told in each.labels.items() if told}
        if way == "plain":
            stat = ".".join([stat, *map(part, each.labels.values())])
        elif way == "influx":  # the tags become a part of the name, which Airflow checks
            labels = {name: part(told) for name, told in labels.items()}
        stats.gauge(stat, each.value, tags=None if way == "plain" else labels)


def part(told: str) -> str:
    """A label as a part of a name: what may not stand there as its number, so that no two become one.

    >>> part("public-security"), part("国库"), part("")
    ('public-security', '_56fd_5e93', '_')
    """
    return _STRANGE.sub(lambda found: f"_{ord(found[0]):x}", told) or "_"


def _way() -> str:
    """Airflow asks for Datadog first, then StatsD, then OpenTelemetry; so do we."""
    if _says("statsd_datadog_enabled") or not _says("statsd_on"):
        return "tags"
    return "influx" if _says("statsd_influxdb_enabled") else "plain"


def _says(option: str) -> bool:
    return bool(conf.getboolean("metrics", option, fallback=False))
