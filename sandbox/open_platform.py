"""What the fictional platforms of one vendor have in common: JSON at ``/open/…`` over two tables.

``told`` is what the platform's people said, read in pages since a cursor; ``doings`` is what the hub said. What
is sent twice is there twice: who has lost an answer asks by the serial number (``POST /open/query``), and a
period is compared by ``POST /open/books``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, Protocol

from sandbox.books import Books, Row
from sandbox.faults import Faults
from sandbox.json_door import Act, Given, JsonDoor
from sandbox.moments import in_china, in_utc, instant

SCHEMA = """
CREATE TABLE IF NOT EXISTS told (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, stream TEXT NOT NULL, given TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS doings (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, serialNo TEXT NOT NULL,
    about TEXT NOT NULL, state TEXT NOT NULL, given TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS doings_serial ON doings (serialNo);
"""
TAKEN = "1"
MOST = 500
"""Rows of one page, whatever is asked for."""
_TIME = "%Y-%m-%d %H:%M:%S"


class Rules(Protocol):
    """What one platform asks of what it takes: a module with these."""

    @property
    def ABOUT(self) -> Mapping[str, str]:  # noqa: N802 — a module's constant
        """Kind of doing → the name under which the platform tells what it is about."""

    def complaint(self, kind: str, given: Given) -> str:
        """What is wrong with it; empty: nothing."""

    def about(self, kind: str, given: Given) -> str:
        """What it is about."""


class OpenPlatform:
    """``lists``: path → stream that is told there; ``takes``: path → kind of doing."""

    def __init__(
        self,
        books: Books,
        rules: Rules,
        lists: Mapping[str, str],
        takes: Mapping[str, str],
    ) -> None:
        self.books, self._rules, self._one_at_a_time = books, rules, Lock()
        self.acts: dict[str, Act] = {
            "POST /open/query": self._query,
            "POST /open/books": self._list,
        }
        self.acts |= {f"GET /open/{path}": self._listing(name) for path, name in lists.items()}
        self.acts |= {f"POST /open/{path}": self._taking(kind) for path, kind in takes.items()}

    def door(self, faults: Faults) -> JsonDoor:
        """Its acts over HTTP."""
        return JsonDoor(faults, self.acts, lambda reason: no("4000", reason))

    def add(self, kind: str, given: Given) -> dict[str, Any]:
        """One more doing."""
        row: Row = {"at": instant(), "kind": kind, "serialNo": given["serialNo"], "state": TAKEN}
        row |= {"about": self._rules.about(kind, given)}
        row |= {"given": json.dumps(given, ensure_ascii=False)}
        with self._one_at_a_time:
            return self._told(row | {"id": self.books.insert("doings", row)})

    def rows(self, condition: str, *values: Any) -> list[Row]:
        """Doings, as they came."""
        return self.books.rows(f"SELECT * FROM doings WHERE {condition} ORDER BY id", *values)

    def _listing(self, stream: str) -> Callable[[Given, Any], Any]:
        def listing(given: Given, _: Any) -> Any:
            since, size = int(given.get("since") or 0), int(given.get("size") or MOST)
            sql = "SELECT id, given FROM told WHERE stream = ? AND id > ? ORDER BY id LIMIT ?"
            found = self.books.rows(sql, stream, since, min(size, MOST))
            rows = [json.loads(row["given"]) for row in found]
            return yes({"rows": rows, "next": str(found[-1]["id"] if found else since)})

        return listing

    def _taking(self, kind: str) -> Callable[[Given, Any], Any]:
        def taking(given: Given, _: Any) -> Any:
            wrong = self._rules.complaint(kind, given)
            return no("4001", wrong) if wrong else yes(self.add(kind, given))

        return taking

    def _query(self, given: Given, _: Any) -> Any:
        found = self.rows("serialNo = ?", given["serialNo"])
        return yes(self._told(found[-1])) if found else no("4040", "没有这笔业务")

    def _list(self, given: Given, _: Any) -> Any:
        since, until = (in_utc(given[name], _TIME) for name in ("begin", "end"))
        found = self.rows("kind = ? AND at >= ? AND at < ?", given["of"], since, until)
        page, size = int(given["page"]), int(given["size"])
        part = found[(page - 1) * size : page * size]
        return yes({"total": len(found), "rows": [_listed(row) for row in part]})

    def _told(self, row: Row) -> dict[str, Any]:
        """One doing: their number, ours, and what it is about."""
        told = {"serialNo": row["serialNo"], "fileNo": _file_no(row), "state": row["state"]}
        return told | {self._rules.ABOUT[row["kind"]]: row["about"]}


def _file_no(row: Row) -> str:
    return f"{row['kind'][:1].upper()}{row['id']:010}"


def _listed(row: Row) -> dict[str, Any]:
    time = in_china(row["at"], _TIME)
    return {"serialNo": row["serialNo"], "fileNo": _file_no(row), "time": time}


def yes(data: Any) -> dict[str, Any]:
    """The platforms' own way to say that it is done."""
    return {"code": "0", "msg": "成功", "data": data}


def no(code: str, reason: str) -> dict[str, Any]:
    """And that it is not."""
    return {"code": code, "msg": reason}
