"""What the small sites of matters have in common: a hub in this process, one office behind all its adapters, a clock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from exchange import audit, canonical, times
from exchange.ports import Arrival, utc_now
from exchange.store import case_rows, schema
from sandbox import pki
from zhida import message, site
from zhida.hub import Hub
from zhida.message import Stream


class Clock:
    """The machine's, put forward by tests."""

    def __init__(self, at: datetime | None = None) -> None:
        self.ahead = at - utc_now() if at else timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead

    def skip(self, **told: float) -> None:
        self.ahead += timedelta(**told)


class SmallTown:
    """``matter``: the main one, whose name the kinds of its documents begin with; ``books``: of the office."""

    def __init__(self, matter: str, folder: Path, books: Any, at: datetime | None) -> None:
        self.matter, self.folder, self.books, self.clock = matter, folder, books, Clock(at)
        var = folder / "var"
        var.mkdir(exist_ok=True, mode=0o700)
        self.hub = Hub(
            site.load(folder / "site"),
            var=var,
            secret=pki.secrets_of(folder)["hub"].encode(),
            find=lambda _: {"host": str(folder / "office.sqlite")},
            clock=self.clock,
        )
        schema.upgrade(self.hub.store)

    def take(self, matter: str, gives: str, unit: str, record: Mapping[str, Any]) -> str:
        """A message of this unit's system; what became of it."""
        found = self.hub.site.matter(matter)
        opening = next(o for o in found.opens_on if o.unit == unit and o.gives == gives)
        into = Stream(self.hub, found, opening, self.hub.site.find_system(unit, opening.adapter))
        kind, raw = f"{self.matter}-{gives}", canonical.dumps(dict(record))
        key = record.get("number") or f"{record['code']}/{record['building']}"
        return message.take(into, Arrival(key, raw, kind, record=record))

    def case_of(self, matter: str, *identity: str) -> str:
        """The case that was opened for this."""
        tag = self.hub.vault.tag("case", matter, *identity)
        with self.hub.store.read() as connection:
            found = case_rows.by_identity(connection, matter, tag)
        assert found is not None
        return found

    def verdict(self, unit: str, number: str) -> dict[str, Any]:
        """What the hub answered to a unit's event."""
        case = self.case_of(f"{self.matter}-event", unit, number)
        with self.hub.store.read() as connection:
            name = case_rows.documents(connection, case)["verdict"]
        return dict(self.hub.archive.get(name).record)

    def stamp(self) -> str:
        """Now, as units write it."""
        return self.clock().astimezone(times.CHINA).strftime("%Y-%m-%dT%H:%M:%S")

    def effects(self, operation: str) -> list[dict[str, Any]]:
        """What the units got, in the order in which it came."""
        sql = "SELECT body FROM effect WHERE operation=? ORDER BY rowid"
        return [json.loads(row[0]) for row in self.books.run(sql, operation)]

    def audit(self) -> None:
        found = audit.verify(self.hub.store, self.hub.signer.public, self.hub.site.name)
        assert found.problems == []


def monday(day: date = date(2026, 3, 2), hour: int = 9) -> datetime:
    """A working morning in China."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=times.CHINA)
