"""What five holders say of a firm, in yes and no, as a sharing platform hands it on (an invented interface).

``POST /service/<holder> {"uscc", "name", "other"}`` with the holders ``registry tax insurance credit court`` answers
their flags: ``1``, ``0``, or nothing where the holder does not say. A firm that nobody has put in is in order;
``POST /standing {"holder", "uscc", <flag>: …}`` at the control port says otherwise, ``POST /unknown {"holder", "uscc"}``
that the holder does not know it. ``python -m sandbox.standings --dir DIR --port N --control N``.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

from sandbox.books import Books
from sandbox.faults import Faults
from sandbox.http_server import Request
from sandbox.json_door import Given, JsonDoor
from sandbox.moments import china_time, instant
from sandbox.program import System, run

IN_ORDER: dict[str, dict[str, str]] = {
    "registry": {"nameSame": "1", "active": "1", "abnormal": "0", "serious": "0", "related": "0"},
    "tax": {"grade": "B", "taxClear": "1"},
    "insurance": {"insuranceClear": "1"},
    "credit": {"dishonest": "0", "serious": "0"},
    "court": {"dishonest": "0", "enforced": "0", "sued": "0"},
}
"""Holder → what it says of a firm against which nothing is known."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS flags (
    holder TEXT NOT NULL, uscc TEXT NOT NULL, flag TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (holder, uscc, flag)
);
CREATE TABLE IF NOT EXISTS strangers (holder TEXT NOT NULL, uscc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS asked (id INTEGER PRIMARY KEY, at TEXT NOT NULL, holder TEXT NOT NULL, uscc TEXT NOT NULL);
"""


class Standings:
    """Answers by firm and holder; every question is written down."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books = books
        acts = {f"POST /service/{name}": partial(self._tell, name) for name in IN_ORDER}
        self.door = JsonDoor(faults, acts, lambda reason: {"code": "4000", "msg": reason})
        self.actions = {("POST", "/standing"): self._put, ("POST", "/unknown"): self._forget}

    def _tell(self, holder: str, given: Given, _: Request) -> Any:
        uscc = str(given["uscc"])
        self._books.insert("asked", {"at": instant(), "holder": holder, "uscc": uscc})
        sql = "SELECT 1 FROM strangers WHERE holder = ? AND uscc = ?"
        if self._books.rows(sql, holder, uscc):
            return {"code": "4040", "msg": "没有这个主体"}
        sql = "SELECT flag, value FROM flags WHERE holder = ? AND uscc = ?"
        said = {row["flag"]: row["value"] for row in self._books.rows(sql, holder, uscc)}
        told = {"uscc": uscc, "date": china_time("%Y-%m-%d"), **IN_ORDER[holder], **said}
        return {"code": "0", "data": {name: value for name, value in told.items() if value}}

    def _put(self, given: Given) -> Any:
        told = {str(name): str(value) for name, value in given.items()}
        holder, uscc = told.pop("holder"), told.pop("uscc")
        with self._books.transaction() as db:
            for flag, value in told.items():
                db.execute(
                    "INSERT OR REPLACE INTO flags VALUES (?, ?, ?, ?)", (holder, uscc, flag, value)
                )
        return {"flags": len(told)}

    def _forget(self, given: Given) -> Any:
        row = {"holder": str(given["holder"]), "uscc": str(given["uscc"])}
        self._books.insert("strangers", row)
        return row


def build(folder: Path) -> System:
    """The platform over its books; what counts is that it was asked."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="asked"), Faults()
    standings = Standings(books, faults)
    return System(books, faults, standings.door, standings.actions)


if __name__ == "__main__":
    sys.exit(run("standings", build))
