"""The registry's word on firms and their people (an invented interface): who may speak for one, whom to call.

Nobody is listed: one asks about one firm, and about a person only with the name and number at hand.
At the control port: ``POST /people {"uscc", "idNo", "name", "role"}`` (1 legal person, 2 agent),
``POST /contact {"uscc", "mobile"}`` (empty: none is named any more).
``python -m sandbox.registry --dir DIR --port N --control N``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from sandbox.books import Books
from sandbox.faults import Faults
from sandbox.http_server import Request
from sandbox.json_door import Given, JsonDoor
from sandbox.moments import instant
from sandbox.program import System, run

SCHEMA = """
CREATE TABLE IF NOT EXISTS people (
    uscc TEXT NOT NULL, idNo TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
    PRIMARY KEY (uscc, idNo)
);
CREATE TABLE IF NOT EXISTS contacts (uscc TEXT PRIMARY KEY, mobile TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS asked (id INTEGER PRIMARY KEY, at TEXT NOT NULL, what TEXT NOT NULL, uscc TEXT NOT NULL);
"""


class Registry:
    """Answers what it is asked; every question is written down."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books = books
        acts = {"POST /open/person/verify": self._verify, "POST /open/firm/contact": self._contact}
        self.door = JsonDoor(faults, acts, lambda reason: {"code": "4000", "msg": reason})
        self.actions = {("POST", "/people"): self._person, ("POST", "/contact"): self._name}

    def _verify(self, given: Given, _: Request) -> Any:
        self._note("person", given)
        names = ("uscc", "idNo", "name", "role")
        sql = "SELECT 1 FROM people WHERE uscc = ? AND idNo = ? AND name = ? AND role = ?"
        found = self._books.rows(sql, *(str(given[name]) for name in names))
        told = {"uscc": given["uscc"], "idNo": given["idNo"], "match": "1" if found else "0"}
        return {"code": "0", "data": told}

    def _contact(self, given: Given, _: Request) -> Any:
        self._note("contact", given)
        rows = self._books.rows("SELECT mobile FROM contacts WHERE uscc = ?", given["uscc"])
        if not rows:
            return {"code": "4040", "msg": "该企业没有登记联络员"}
        return {"code": "0", "data": {"uscc": given["uscc"], "mobile": rows[0]["mobile"]}}

    def _note(self, what: str, given: Given) -> None:
        row = {"at": instant(), "what": what, "uscc": str(given["uscc"])}
        self._books.insert("asked", row)

    def _person(self, given: Given) -> Any:
        values = tuple(str(given[name]) for name in ("uscc", "idNo", "name", "role"))
        with self._books.transaction() as db:
            db.execute("INSERT OR REPLACE INTO people VALUES (?, ?, ?, ?)", values)
        return {"known": True}

    def _name(self, given: Given) -> Any:
        with self._books.transaction() as db:
            db.execute("DELETE FROM contacts WHERE uscc = ?", (given["uscc"],))
            if given["mobile"]:
                values = (given["uscc"], given["mobile"])
                db.execute("INSERT INTO contacts VALUES (?, ?)", values)
        return {"known": bool(given["mobile"])}


def build(folder: Path) -> System:
    """The registry over its books; what counts is that it was asked."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="asked"), Faults()
    registry = Registry(books, faults)
    return System(books, faults, registry.door, registry.actions)


if __name__ == "__main__":
    sys.exit(run("registry", build))
