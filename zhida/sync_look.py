"""A sync as whoever starts it sees it: each line by itself, one process at a time, with its incident.

One that fails stops no other. Its incident (kind ``sync``) is open until a run of that line goes through.
"""

from __future__ import annotations

from dataclasses import asdict, replace

from exchange import incident, times
from exchange.errors import ZhidaError
from exchange.incident import Trouble
from exchange.store import incident_rows, sync_rows
from exchange.store.sync_batch_rows import Counts
from zhida import sync_run, sync_to
from zhida.hub import Hub
from zhida.sync_asked import RUN, Asked
from zhida.sync_file import Sync
from zhida.sync_run import Done
from zhida.sync_to import Line

KIND = "sync"


def look(hub: Hub, line: Line, asked: Asked) -> Done:
    """One run, if nobody else is at it and nobody has paused it. Errors as ``sync_run.run``.

    A span that a person has read again begins no incident (whoever asked sees why) and ends none: what
    stopped the sync may be there still.
    """
    with hub.locks.hold(f"sync/{line.key}") as mine:
        if not mine:
            return Done(*line.names, "", "busy")
        if is_paused(hub, line):
            return Done(*line.names, "", "paused")
        try:
            done = _all(hub, line, asked)
        except ZhidaError as error:
            if asked.kind == RUN:
                _begin(hub, line, error)
            raise
        if done.state == "done" and asked.kind == RUN:
            _end(hub, line)
        return done


def _all(hub: Hub, line: Line, asked: Asked) -> Done:
    """One run; of lists that wait one after another, a run each, told together."""
    done = sync_run.run(hub, line, asked)
    while done.more:
        last = sync_run.run(hub, line, asked)
        counts = Counts(**done.counts).plus(Counts(**last.counts))
        state = "done" if last.state == "waiting" else last.state
        done = replace(last, state=state, counts=asdict(counts))
    return done


def is_paused(hub: Hub, line: Line) -> bool:
    """Has an operator paused it?"""
    with hub.store.read() as connection:
        return bool(sync_rows.get_line(connection, *line.names).paused_at)


def pause(hub: Hub, sync: Sync, *, until_resumed: bool) -> None:
    """Pause every line of a sync, or let them go on; one that is running stops after its batch."""
    at = times.stamp(hub.clock()) if until_resumed else ""
    for line in sync_to.lines(sync):
        with hub.store.write() as connection:
            sync_rows.change_line(connection, *line.names, {"paused_at": at})


def _begin(hub: Hub, line: Line, error: ZhidaError) -> None:
    facts = {**error.facts, "sync": line.sync.name}
    trouble = Trouble(line.sync.source.system, KIND, error.code, facts, about=line.key)
    with hub.store.write() as connection:
        incident.begin(connection, trouble, hub.clock())


def _end(hub: Hub, line: Line) -> None:
    with hub.store.read() as connection:
        rows = [r for r in incident_rows.open_about(connection, line.key) if r.kind == KIND]
    for row in rows:
        with hub.store.write() as connection:
            incident_rows.change(connection, row.id, closed_at=times.stamp(hub.clock()))
