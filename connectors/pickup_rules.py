"""When is a file complete? Three ways in which senders tell, and what each needs to remember.

- ``renamed``: the sender writes under another name (``x.json.part``) and renames at the end;
- ``marker``: after ``x.json`` the sender writes ``x.json.ok``;
- ``quiet``: the sender tells nothing, so size and time must stay as they are for a while. By our
  own clock, for the sender's may be wrong.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, Literal

import orjson

from connectors.folder import Entry
from exchange import times


@dataclass(frozen=True, slots=True)
class Rule:
    """How one stream's sender tells that a file is complete, and which files are meant."""

    complete: Literal["renamed", "marker", "quiet"] = "renamed"
    pattern: str = "*"
    unfinished: Sequence[str] = (".tmp", ".part", ".filepart", ".uploading")
    """Ends of names of files that are still being written."""
    marker: str = ".ok"
    quiet_s: float = 60.0

    def ready(
        self, entries: Sequence[Entry], cursor: str, now: datetime
    ) -> tuple[list[Entry], str]:
        """The complete files, oldest first, and the cursor that remembers the others."""
        meant = [entry for entry in entries if self._means(entry)]
        if self.complete == "marker":
            names = {entry.name for entry in entries}
            meant = [entry for entry in meant if entry.name + self.marker in names]
        if self.complete == "quiet":
            since = _since(meant, _read(cursor), now)
            cursor = _written(since)
            wait = timedelta(seconds=self.quiet_s)
            meant = [e for e in meant if now - since[_mark(e)][1] >= wait]
        return sorted(meant, key=lambda entry: (entry.changed, entry.name)), cursor

    def _means(self, entry: Entry) -> bool:
        hidden = entry.name.startswith(".") or entry.name.endswith(tuple(self.unfinished))
        marks = self.complete == "marker" and entry.name.endswith(self.marker)
        matches = fnmatchcase(entry.name, self.pattern)
        return entry.kind != "folder" and matches and not hidden and not marks


Watched = Mapping[str, tuple[str, datetime]]
"""Mark of a name → how the file looked, and since when it looks so."""


def _since(entries: Sequence[Entry], before: Watched, now: datetime) -> Watched:
    return dict(_looked(entries, before, now))


def _looked(
    entries: Sequence[Entry], before: Watched, now: datetime
) -> Iterator[tuple[str, tuple[str, datetime]]]:
    for entry in entries:
        looks, mark = f"{entry.size}-{entry.changed}", _mark(entry)
        known = before.get(mark)
        yield mark, known if known and known[0] == looks else (looks, now)


def _mark(entry: Entry) -> str:
    """A file's name may name a person, so the cursor holds a digest of it."""
    return hashlib.sha256(entry.name.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _read(cursor: str) -> Watched:
    told: dict[str, Any] = orjson.loads(cursor) if cursor else {}
    return {mark: (looks, times.instant(since)) for mark, (looks, since) in told.items()}


def _written(watched: Watched) -> str:
    told = {mark: (looks, times.stamp(since)) for mark, (looks, since) in watched.items()}
    return orjson.dumps(told).decode() if told else ""
