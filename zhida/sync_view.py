"""How each line of the syncs stands: its last run, how old its data are, what is held, what adds up."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from exchange import times
from exchange.store import sync_batch_rows, sync_rows
from exchange.store.sync_batch_rows import BatchRow
from exchange.store.sync_rows import LineRow, RunRow
from zhida.sync_file import Sync
from zhida.sync_to import Line, lines
from zhida.watch import Watch


def listed(syncs: list[Sync]) -> list[dict[str, Any]]:
    """What the files say, one row a line."""
    return [_told(line) for sync in syncs for line in lines(sync)]


def status(watch: Watch, line: Line) -> dict[str, Any]:
    """Everything that is known of a line; counts of all its runs so far."""
    with watch.store.read() as connection:
        known = sync_rows.get_line(connection, *line.names)
        last = sync_rows.last_run(connection, *line.names)
        good = sync_rows.last_run(connection, *line.names, done=True)
        counts = sync_batch_rows.of_line(connection, *line.names)
        held = sync_rows.held_by_code(connection, *line.names)
        away = sync_batch_rows.away(connection, *line.names)
    return {
        **_told(line),
        "paused_at": known.paused_at,
        "state": "paused" if known.paused_at else last.state if last else "never",
        "code": last.code if last else "",
        "last_at": last.begun_at if last else "",
        "done_at": good.begun_at if good else "",
        "is_fresh": is_fresh(line.sync, good, watch.clock()) and not _is_late(line, away, watch),
        "rows": known.rows,
        "counts": asdict(counts),
        "is_exact": counts.is_exact,
        "away": _away(known, away),
        "held": [{"kind": k, "code": code, "count": n} for (k, code), n in held.items()],
    }


def is_fresh(sync: Sync, done: RunRow | None, now: datetime) -> bool:
    """Did a run that went through begin within the promise? What a run reads is as old as its beginning."""
    return done is not None and now - times.instant(done.begun_at) <= sync.fresh


def _is_late(line: Line, away: list[BatchRow], watch: Watch) -> bool:
    """Has the other side of a gate not answered for as long as data count as new?"""
    return bool(away) and watch.clock() - times.instant(away[0].at) > line.sync.fresh


def _away(known: LineRow, away: list[BatchRow]) -> dict[str, Any]:
    """What waits for the other side of a gate: how much, and since when the first."""
    if not away:
        return {}
    rows = sum(each.counts.in_flight + each.counts.gone for each in away)
    first = known.given_number - len(away) + 1
    return {"batches": len(away), "rows": rows, "number": first, "since": away[0].at}


def _told(line: Line) -> dict[str, Any]:
    sync = line.sync
    return {
        "sync": sync.name,
        "title": sync.title,
        "source": sync.source.name,
        "target": line.target.name,
        "mode": sync.mode,
        "schedule": sync.schedule or (f"after {sync.after}" if sync.after else ""),
    }
