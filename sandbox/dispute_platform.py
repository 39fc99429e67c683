"""A unit's own dispute platform (fictional: no real one is public): JSON of our own over HTTP.

It tells what its people registered and what has happened, in pages since a cursor (``GET /open/registrations``,
``GET /open/events``); it takes disputes that are handed over, and what the hub says of its own (where a
registration led, what came of an event). What is sent twice is there twice: who has lost an answer asks
by the serial number (``POST /open/query``).

At the control port, what people do: ``POST /register {…}`` (a dispute as the platform writes it), ``POST /event
{"disputeNo", "eventCode", …}``, ``GET /received`` (what has come, as people see it: material that must not be
used any more is gone). Run under three names: ``python -m sandbox.union_platform --dir DIR …``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

from sandbox import dispute_rules
from sandbox.books import Books, Row
from sandbox.dispute_desk import Desk
from sandbox.faults import Faults
from sandbox.http_server import Request
from sandbox.json_door import Act, Given, JsonDoor
from sandbox.moments import in_china, in_utc, instant
from sandbox.program import System

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
TAKEN, STOPPED = "1", "9"
MOST = 500
"""Rows of one page, whatever is asked for."""
_TIME = "%Y-%m-%d %H:%M:%S"


class Platform:
    """What the hub sees of it, one call at a time."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books, self._one_at_a_time = books, Lock()
        acts: dict[str, Act] = {
            "GET /open/registrations": self._listing("registration"),
            "GET /open/events": self._listing("event"),
            "POST /open/dispute/stop": self._stop,
            "POST /open/query": self._query,
            "POST /open/books": self._list,
        }
        for kind, path in (
            ("dispute", "dispute/take"),
            ("triage", "triage"),
            ("verdict", "verdict"),
        ):
            acts[f"POST /open/{path}"] = self._taking(kind)
        self.door = JsonDoor(faults, acts, lambda reason: no("4000", reason))

    def _listing(self, stream: str) -> Callable[[Given, Request], Any]:
        def listing(given: Given, _: Request) -> Any:
            since, size = int(given.get("since") or 0), int(given.get("size") or MOST)
            sql = "SELECT id, given FROM told WHERE stream = ? AND id > ? ORDER BY id LIMIT ?"
            found = self._books.rows(sql, stream, since, min(size, MOST))
            rows = [json.loads(row["given"]) for row in found]
            return yes({"rows": rows, "next": str(found[-1]["id"] if found else since)})

        return listing

    def _taking(self, kind: str) -> Callable[[Given, Request], Any]:
        def taking(given: Given, _: Request) -> Any:
            wrong = dispute_rules.complaint(kind, given)
            return no("4001", wrong) if wrong else yes(self._add(kind, given))

        return taking

    def _add(self, kind: str, given: Given) -> dict[str, Any]:
        row: Row = {"at": instant(), "kind": kind, "serialNo": given["serialNo"], "state": TAKEN}
        row |= {"about": dispute_rules.about(kind, given)}
        row |= {"given": json.dumps(given, ensure_ascii=False)}
        with self._one_at_a_time:
            return _told(row | {"id": self._books.insert("doings", row)})

    def _stop(self, given: Given, _: Request) -> Any:
        """Consent was withdrawn: the material of a dispute is used no more, and nobody sees it again."""
        wrong = dispute_rules.complaint("stop", given)
        if wrong:
            return no("4001", wrong)
        found = self._rows("serialNo = ? AND kind = 'dispute'", given["orgSerialNo"])
        if not found:
            return no("4041", "没有这笔移送")
        with self._books.transaction() as db:
            for row in found:
                left = {n: v for n, v in json.loads(row["given"]).items() if n not in _MATERIAL}
                values = (STOPPED, json.dumps(left, ensure_ascii=False), row["id"])
                db.execute("UPDATE doings SET state = ?, given = ? WHERE id = ?", values)
        return yes(self._add("stop", given))

    def _query(self, given: Given, _: Request) -> Any:
        rows = self._rows("serialNo = ?", given["serialNo"])
        return yes(_told(rows[-1])) if rows else no("4040", "没有这笔业务")

    def _list(self, given: Given, _: Request) -> Any:
        since, until = (in_utc(given[name], _TIME) for name in ("begin", "end"))
        rows = self._rows("kind = ? AND at >= ? AND at < ?", given["of"], since, until)
        page, size = int(given["page"]), int(given["size"])
        part = [
            {
                "serialNo": row["serialNo"],
                "fileNo": _file_no(row),
                "time": in_china(row["at"], _TIME),
            }
            for row in rows[(page - 1) * size : page * size]
        ]
        return yes({"total": len(rows), "rows": part})

    def _rows(self, condition: str, *values: Any) -> list[Row]:
        return self._books.rows(f"SELECT * FROM doings WHERE {condition} ORDER BY id", *values)


_MATERIAL = ("material", "offers")


def _file_no(row: Row) -> str:
    return f"{row['kind'][:1].upper()}{row['id']:010}"


def _told(row: Row) -> dict[str, Any]:
    """One doing: their number, ours, and what it is about."""
    told = {"serialNo": row["serialNo"], "fileNo": _file_no(row), "state": row["state"]}
    return told | {dispute_rules.ABOUT[row["kind"]]: row["about"]}


def yes(data: Any) -> dict[str, Any]:
    """The platform's own way to say that it is done."""
    return {"code": "0", "msg": "成功", "data": data}


def no(code: str, reason: str) -> dict[str, Any]:
    """And that it is not."""
    return {"code": code, "msg": reason}


def build(folder: Path) -> System:
    """One platform over its books; its folder's name says whose it is."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="doings"), Faults()
    desk = Desk(books, folder.name)
    return System(books, faults, Platform(books, faults).door, desk.actions)
