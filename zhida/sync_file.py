"""The syncs of a site: ``syncs/‹name›.yaml``, read and checked one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from exchange.errors import Invalid
from exchange.names import nearest
from matters import durations, files
from zhida import site_files, sync_schedule
from zhida.fact_schedule import period
from zhida.sync_schema import SYNC
from zhida.sync_since import Since

FOLDER = "syncs"
_KINDS = ("table", "query", "list", "route", "file", "gate")


@dataclass(frozen=True, slots=True)
class Place:
    """A table of a system, or a queue or folder, and its key."""

    system: str
    table: str
    schema: str | None
    key: tuple[str, ...]
    columns: tuple[str, ...] = ()
    file: Mapping[str, Any] = field(default_factory=dict)
    """Of a folder into which files are put: ``adapters.recipient.FILE``."""
    kind: str = "table"
    """table; of a source, also list (``table`` is its name) and query (``table`` is what it says); of a target, also
    route (``table`` is a routing key) and file (``table`` is a folder); of either, gate (``table`` is a channel)."""
    hub: str = ""
    """Of a gate: who signs on the other side."""

    @property
    def name(self) -> str:
        """By which a line is known.

        >>> Place("police", "T_IN", None, ("ID",)).name
        'police/T_IN'
        """
        table = f"{self.schema}.{self.table}" if self.schema else self.table
        return f"{self.system}/{'query' if self.kind == 'query' else table}"


@dataclass(frozen=True, slots=True)
class Sync:
    """One file."""

    name: str
    title: str
    source: Place
    targets: tuple[Place, ...]
    cursor: tuple[str, ...]
    """The columns behind which it reads; none where everything is read."""
    look_back: int
    since: Since | None
    mapping: str
    document: str
    purpose: str
    mode: str
    schedule: str
    after: str
    batch: int
    fresh: timedelta
    drop: int
    errors: int
    drift: str
    retention: durations.Duration

    @property
    def is_listed(self) -> bool:
        """Is its source a list that is read into memory, and no table?"""
        return self.source.kind == "list"

    @property
    def is_snapshot(self) -> bool:
        """Is the whole table read each time?"""
        return self.mode == "snapshot"

    def bucket(self, day: date) -> str:
        """The retention bucket of what comes in on this day."""
        return f"sync-{self.retention.after(day):%Y-%m}"


def load_all(folder: Path) -> dict[str, Sync]:
    """Every sync of a site, by name. ``Invalid`` with all that is wrong in any of the files."""
    wrong: list[Any] = []
    found: dict[str, Sync] = {}
    for path in site_files.paths(folder, FOLDER):
        try:
            found[path.stem] = load(path)
        except Invalid as error:
            wrong += error.problems
    if wrong:
        raise Invalid.of(wrong)
    return found


def load(path: Path) -> Sync:
    """One file. ``Invalid`` with every mistake and its line."""
    read = files.read(path, SYNC)
    told: Mapping[str, Any] = read.data
    if told["sync"] != path.stem:
        raise Invalid("sync.name", file=path.name, line=read.line("/sync"), sync=told["sync"])
    if "schedule" in told and not sync_schedule.is_right(told["schedule"]):
        line = read.line("/schedule")
        raise Invalid("sync.cron", file=path.name, line=line, cron=told["schedule"])
    found = _sync(told)
    if found.cursor and found.is_snapshot:
        raise Invalid("sync.snapshot-cursor", file=path.name, line=read.line("/cursor"))
    is_api = found.since is not None
    if found.cursor and (is_api != found.is_listed or (is_api and len(found.cursor) > 1)):
        raise Invalid("sync.list-cursor", file=path.name, line=read.line("/cursor"))
    return found


def find(folder: Path, name: str) -> Sync:
    """The sync of this name. ``Invalid`` names the nearest."""
    known = load_all(folder)
    if name not in known:
        raise Invalid("sync.unknown", sync=name[:80], nearest=nearest(name, known))
    return known[name]


def require_cursor(sync: Sync) -> None:
    """``Invalid`` for a sync that reads its whole table each time: of that there are no spans."""
    if not sync.cursor:
        raise Invalid("sync.no-cursor", sync=sync.name)


def _sync(told: Mapping[str, Any]) -> Sync:
    stop, cursor = told.get("stop", {}), told.get("cursor", {})
    key = tuple(told["key"])
    return Sync(
        name=told["sync"],
        title=told["title"],
        source=_place(told["source"], key),
        targets=tuple(_place(each, key) for each in told["targets"]),
        cursor=tuple(cursor.get("columns", [cursor["column"]] if "column" in cursor else ())),
        look_back=cursor.get("look_back", 600),
        since=Since.of(cursor) if "parameter" in cursor else None,
        mapping=told.get("mapping", ""),
        document=told["agreement"]["document"],
        purpose=told["agreement"]["purpose"],
        mode=told["mode"],
        schedule=told.get("schedule", ""),
        after=told.get("after", ""),
        batch=told.get("batch", 16_384),
        fresh=period(told["fresh"]),
        drop=stop.get("drop", 20),
        errors=stop.get("errors", 5),
        drift=told.get("drift", "stop"),
        retention=durations.parse(told.get("retention", "10 years")),
    )


def _place(told: Mapping[str, Any], key: tuple[str, ...]) -> Place:
    kind = next(each for each in _KINDS if each in told)
    file = told.get("file", {})
    return Place(
        told["system"],
        file.get("folder") or told[kind],
        told.get("schema"),
        tuple(told.get("key", key)),
        tuple(told.get("columns", ())),
        file,
        kind,
        told.get("hub", ""),
    )
