"""The district's platform of finished buildings, 竣工即交付综合管理平台 (fictional: the real one is not public).

It tells which buildings owners registered and what they handed in or mended, in pages since a cursor
(``GET /open/projects``, ``GET /open/events``); it takes what the hub says: what a building needs, what came of
what was handed in, sealed papers for the owner and for the district. What is sent twice is there twice: who
has lost an answer asks by the serial number (``POST /open/query``). Material files are got by their digest
(``acceptance_files``).

At the control port, what owners do: ``POST /project {…}``, ``POST /event {"acceptanceNo", "eventCode", …}``,
``POST /file {"name", "size"}``, ``GET /received``.
``python -m sandbox.acceptance_platform --dir DIR --port N --control N``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

from sandbox import acceptance_complaints, acceptance_files
from sandbox.acceptance_files import Files
from sandbox.acceptance_owners import Owners
from sandbox.books import Books, Row
from sandbox.faults import Faults
from sandbox.http_server import Request, Response
from sandbox.json_door import Act, Given, JsonDoor
from sandbox.moments import in_china, in_utc, instant
from sandbox.program import System, run

SCHEMA = f"""
CREATE TABLE IF NOT EXISTS told (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, stream TEXT NOT NULL, given TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS doings (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, serialNo TEXT NOT NULL,
    about TEXT NOT NULL, given TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS doings_serial ON doings (serialNo);
{acceptance_files.SCHEMA}
"""
MOST = 500
"""Rows of one page, whatever is asked for."""
_TIME = "%Y-%m-%d %H:%M:%S"
_TAKES = {
    "plan": "plan",
    "verdict": "verdict",
    "paper": "paper/deliver",
    "collected": "paper/collect",
}
"""Kind of doing → where it is taken."""


class Platform:
    """What the hub sees of it, one call at a time; an application of ``port``."""

    def __init__(self, books: Books, faults: Faults, files: Files) -> None:
        self._books, self._files, self._one_at_a_time = books, files, Lock()
        acts: dict[str, Act] = {
            "GET /open/projects": self._listing("project"),
            "GET /open/events": self._listing("event"),
            "POST /open/query": self._query,
            "POST /open/books": self._list,
        }
        acts |= {f"POST /open/{path}": self._taking(kind) for kind, path in _TAKES.items()}
        self._door = JsonDoor(faults, acts, lambda reason: _no("4000", reason))

    def operation(self, request: Request) -> str:
        """The path; of a file without its digest."""
        is_file = request.path.startswith(acceptance_files.PATH)
        return acceptance_files.OPERATION if is_file else self._door.operation(request)

    def answer(self, request: Request) -> Response:
        """A file, or what the door does."""
        if request.path.startswith(acceptance_files.PATH):
            return self._files.answer(request)
        return self._door.answer(request)

    def _listing(self, stream: str) -> Callable[[Given, Request], Any]:
        def listing(given: Given, _: Request) -> Any:
            since, size = int(given.get("since") or 0), int(given.get("size") or MOST)
            sql = "SELECT id, given FROM told WHERE stream = ? AND id > ? ORDER BY id LIMIT ?"
            found = self._books.rows(sql, stream, since, min(size, MOST))
            rows = [json.loads(row["given"]) for row in found]
            return _yes({"rows": rows, "next": str(found[-1]["id"] if found else since)})

        return listing

    def _taking(self, kind: str) -> Callable[[Given, Request], Any]:
        def taking(given: Given, _: Request) -> Any:
            wrong = acceptance_complaints.complaint(kind, given)
            return _no("4001", wrong) if wrong else _yes(self._add(kind, given))

        return taking

    def _add(self, kind: str, given: Given) -> dict[str, Any]:
        row: Row = {"at": instant(), "kind": kind, "serialNo": given["serialNo"]}
        row |= {"about": acceptance_complaints.about(kind, given)}
        row |= {"given": json.dumps(given, ensure_ascii=False)}
        with self._one_at_a_time:
            return _told(row | {"id": self._books.insert("doings", row)})

    def _query(self, given: Given, _: Request) -> Any:
        rows = self._rows("serialNo = ?", given["serialNo"])
        return _yes(_told(rows[-1])) if rows else _no("4040", "没有这笔业务")

    def _list(self, given: Given, _: Request) -> Any:
        since, until = (in_utc(given[name], _TIME) for name in ("begin", "end"))
        rows = self._rows("kind = ? AND at >= ? AND at < ?", given["of"], since, until)
        page, size = int(given["page"]), int(given["size"])
        part = rows[(page - 1) * size : page * size]
        return _yes({"total": len(rows), "rows": [_listed(row) for row in part]})

    def _rows(self, condition: str, *values: Any) -> list[Row]:
        return self._books.rows(f"SELECT * FROM doings WHERE {condition} ORDER BY id", *values)


def _file_no(row: Row) -> str:
    return f"{row['kind'][:1].upper()}{row['id']:010}"


def _listed(row: Row) -> dict[str, Any]:
    time = in_china(row["at"], _TIME)
    return {"serialNo": row["serialNo"], "fileNo": _file_no(row), "time": time}


def _told(row: Row) -> dict[str, Any]:
    """One doing: their number, ours, and what it is about."""
    told = {"serialNo": row["serialNo"], "fileNo": _file_no(row)}
    return told | {acceptance_complaints.ABOUT[row["kind"]]: row["about"]}


def _yes(data: Any) -> dict[str, Any]:
    return {"code": "0", "msg": "成功", "data": data}


def _no(code: str, reason: str) -> dict[str, Any]:
    return {"code": code, "msg": reason}


def build(folder: Path) -> System:
    """The platform over its books."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="doings"), Faults()
    files, owners = Files(books, faults), Owners(books)
    return System(books, faults, Platform(books, faults, files), owners.actions | files.actions)


if __name__ == "__main__":
    sys.exit(run("acceptance_platform", build))
