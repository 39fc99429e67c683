"""One look at a source of facts, whoever takes it; while it does not go well, an incident tells so.

One kind of incident a source, ``facts``: a look that failed, or a list that did not come by its day.
It ends with the look that goes well. Nothing is decided on by it: what grows stale is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from exchange import incident, times
from exchange.errors import Fact, ZhidaError
from exchange.incident import Trouble
from exchange.store import incident_rows
from zhida import fact_schedule, fact_view
from zhida.fact_outcome import Synced
from zhida.fact_sync import Sync
from zhida.grants_file import FactSource, GrantsFile
from zhida.hub import Hub

KIND = "facts"
Tell = Callable[[int], None]


class _Late(NamedTuple):
    code: str
    facts: Mapping[str, Fact]


def look(
    hub: Hub,
    site: GrantsFile,
    source: FactSource,
    *,
    force: bool = False,
    tell: Tell = lambda _: None,
) -> Synced:
    """Take in what waits there, if it is due; ``busy`` while another process does. Errors as ``Sync.run``."""
    with hub.locks.hold(f"facts/{source.system}") as mine:
        if not mine:
            return Synced(source.system, "busy")
        try:
            done = Sync(hub, site, source, tell).run(force=force)
        except ZhidaError as error:
            _begin(hub, site, source, _Late(error.code, error.facts))
            raise
        _settle(hub, site, source, done)
        return done


def watch(hub: Hub, site: GrantsFile) -> int:
    """Begin the incident of each source that is late, though nobody may have looked; how many are."""
    late = [(source, told) for source in site.sources if (told := _late(hub, source))]
    for source, told in late:
        _begin(hub, site, source, told, keep=True)
    return len(late)


def _settle(hub: Hub, site: GrantsFile, source: FactSource, done: Synced) -> None:
    if done.state == "stopped":  # an operator has stopped it and knows
        return
    waits, late = done.state == "waiting", _late(hub, source)
    if late:
        _begin(hub, site, source, late, keep=waits)
    elif not waits:
        _end(hub, source)


def _late(hub: Hub, source: FactSource) -> _Late | None:
    """Its day is over and nothing came, or what came counts no more."""
    row, now = fact_view.newest(hub, source), hub.clock()
    if row is None:
        looked = fact_view.next_at(hub, source)
        return _Late("facts.never-came", {"system": source.system}) if looked else None
    as_of = times.instant(row.as_of)
    day = fact_schedule.expected_on(as_of, source.expected)
    if times.civil_day(now) <= day and now - as_of <= source.fresh:
        return None
    last = times.civil_day(as_of).isoformat()
    told = {"system": source.system, "last": last, "day": day.isoformat()}
    return _Late("facts.overdue", told)


def _begin(
    hub: Hub, site: GrantsFile, source: FactSource, late: _Late, *, keep: bool = False
) -> None:
    """``keep``: an incident that is open tells why already."""
    owner = {"operator": site.owner} if site.owner else {}
    trouble = Trouble(source.system, KIND, late.code, {**late.facts, **owner})
    with hub.store.write() as connection:
        if not (keep and incident_rows.still_open(connection, KIND, source.system)):
            incident.begin(connection, trouble, hub.clock())


def _end(hub: Hub, source: FactSource) -> None:
    with hub.store.read() as connection:
        if not incident_rows.still_open(connection, KIND, source.system):
            return
    with hub.store.write() as connection:
        incident.end(connection, source.system, KIND, hub.clock())
