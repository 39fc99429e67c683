"""Where one stream's file is: with the sender, claimed, or done; moved by renames and only once.

A marker file (``x.json.ok``) goes before its file on each way, so that none is left behind that
would announce the sender's next, unfinished one. A marker alone in ``claimed/`` is a claim that
was cut short.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from connectors.folder import Entry, Folder
from connectors.pickup_rules import Rule
from connectors.rows import Split
from exchange import times
from exchange.ports import Clock

MAX_BYTES = 64_000_000


@dataclass(frozen=True, slots=True)
class Drop:
    """One stream's folder and the ways of its sender."""

    folder: str
    rule: Rule = field(default_factory=Rule)
    split: Split = "whole"
    same_row: str = "by-number"
    """Or ``by-content``: the same row in tomorrow's file is the same parcel."""
    max_bytes: int = MAX_BYTES


@dataclass(frozen=True, slots=True)
class Claims:
    """The files of one drop. Several workers may do the same at once: whoever renames has it."""

    place: Folder
    drop: Drop
    clock: Clock

    def claim(self, cursor: str, limit: int) -> str:
        """Claim what is complete while less than ``limit`` is claimed; the rule's next cursor."""
        room = limit - len(self.claimed())
        entries = self.place.list(self.drop.folder)
        ready, cursor = self.drop.rule.ready(entries, cursor, self.clock())
        taken = ready[: max(0, room)]
        for entry, token in zip(taken, self._tokens(len(taken)), strict=True):
            with suppress(FileNotFoundError):  # another worker was first
                self._fetch(entry.name, f"claimed/{token}~{entry.name}")
        return cursor

    def _tokens(self, number: int) -> Iterator[str]:
        """Rising, so that what is claimed at one moment keeps its order: the latest list counts."""
        now = f"{self.clock():%Y%m%dT%H%M%S%f}"
        parts = sorted(secrets.token_hex(4) for _ in range(number))
        return (f"{now}-{part}" for part in parts)

    def claimed(self) -> list[Entry]:
        """What is claimed, in the order in which it was; a claim cut short is finished first."""
        self.place.make(self.drop.folder, "claimed")
        entries = self.place.list(self._at("claimed"))
        names = {entry.name for entry in entries}
        cut_short = [
            name for name in names if self._is_marker(name) and self._file(name) not in names
        ]
        for name in cut_short:
            self._finish(self._file(name))
        if cut_short:
            entries = self.place.list(self._at("claimed"))
        return sorted((e for e in entries if not self._is_marker(e.name)), key=lambda e: e.name)

    def file_away(self, name: str) -> None:
        """Move a claimed file to today's folder, once: another worker may have done it."""
        done = f"done/{times.civil_day(self.clock())}"
        self.place.make(self.drop.folder, done)
        if self._has_markers:
            self._marker_away(name, done)
        with suppress(FileNotFoundError):
            self._move(f"claimed/{name}", f"{done}/{name}")

    def path(self, name: str) -> str:
        """Where a claimed file is."""
        return self._at(f"claimed/{name}")

    def _fetch(self, name: str, claimed: str) -> None:
        if self._has_markers:
            self._move(name + self.drop.rule.marker, claimed + self.drop.rule.marker)
        self._move(name, claimed)

    def _finish(self, name: str) -> None:
        try:
            self._move(original(name), f"claimed/{name}")
        except FileNotFoundError:  # taken back by its sender, or moved by another worker just now
            self._marker_away(name, f"done/{times.civil_day(self.clock())}")

    def _marker_away(self, name: str, done: str) -> None:
        self.place.make(self.drop.folder, done)
        marker = name + self.drop.rule.marker
        with suppress(FileNotFoundError):
            self._move(f"claimed/{marker}", f"{done}/{marker}")

    @property
    def _has_markers(self) -> bool:
        return self.drop.rule.complete == "marker"

    def _is_marker(self, name: str) -> bool:
        return self._has_markers and name.endswith(self.drop.rule.marker)

    def _file(self, marker: str) -> str:
        return marker.removesuffix(self.drop.rule.marker)

    def _move(self, source: str, target: str) -> None:
        self.place.rename(self._at(source), self._at(target))

    def _at(self, path: str) -> str:
        return f"{self.drop.folder}/{path}"


def original(claimed: str) -> str:
    """The name that the sender gave.

    >>> original("20260108T010203000000-9f3a0b1c~a~b.json")
    'a~b.json'
    """
    return claimed.partition("~")[2] or claimed


def token(claimed: str) -> str:
    """What a person finds the file by; its name may name somebody, so it is never told.

    >>> token("20260108T010203000000-9f3a0b1c~a.json")
    '20260108T010203000000-9f3a0b1c'
    """
    name, found, _ = claimed.partition("~")
    return name if found else ""
