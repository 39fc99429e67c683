"""Civil affairs' marriage register behind the national sharing platform's front.

``POST /service/marriage`` is asked with the numbers of a man and a woman and answers with the acts of
their marriage: none (an empty list), one (an object) or several (a list, in no order). Names count only
where they are given, or demanded (``POST /demand`` at the control port). ``POST /act`` enters a
marriage, a divorce or a reissued certificate; the form of the rows is invented.
``python -m sandbox.civil --dir DIR --port N --control N``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from sandbox.books import Books, Row
from sandbox.faults import Faults
from sandbox.http_server import Request
from sandbox.json_door import Given, JsonDoor, Turned
from sandbox.moments import instant
from sandbox.program import System, run
from sandbox.sharing_gate import SharingGate

RIDS = {"/secret": "r-secret", "/service/marriage": "r-marriage-both"}
SCHEMA = """
CREATE TABLE IF NOT EXISTS acts (
    id INTEGER PRIMARY KEY, cert_num_man TEXT NOT NULL, cert_num_woman TEXT NOT NULL,
    name_man TEXT NOT NULL, name_woman TEXT NOT NULL,
    op_type TEXT NOT NULL CHECK (op_type IN ('IA', 'IB', 'ICA', 'ICB', 'ID')),
    op_date TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS queries (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, rid TEXT NOT NULL, named INTEGER NOT NULL
);
"""
_NUMBERS, _NAMES = ("cert_num_man", "cert_num_woman"), ("name_man", "name_woman")
_DEFAULTS = {"name_man": "", "name_woman": "", "op_type": "IA", "op_date": "2019-05-20"}


class MarriageRegister:
    """Acts by couple."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books, self._demands_names = books, False
        gate = self._gate = SharingGate(RIDS)
        acts = {"POST /secret": gate.hand_out, "POST /service/marriage": self._verify}
        self.door = JsonDoor(faults, acts, _refusal, frozenset({"POST /secret"}))
        self.actions = {
            ("POST", "/rotate"): gate.rotate,
            ("POST", "/act"): self._enter,
            ("POST", "/demand"): self._demand,
        }

    def _verify(self, given: Given, request: Request) -> Any:
        rid, names = self._gate.let_in(request), {n: given.get(n) for n in _NAMES}
        if self._demands_names and not all(names.values()):
            raise Turned(_refusal("姓名不能为空"))
        row = {"at": instant(), "rid": rid, "named": int(any(names.values()))}
        self._books.insert("queries", row)
        rows = [_told(row) for row in self._acts(given) if _fits(row, names)]
        return {"code": "0", "message": "成功", "data": rows[0] if len(rows) == 1 else rows}

    def _acts(self, given: Given) -> list[Row]:
        sql = "SELECT * FROM acts WHERE cert_num_man = ? AND cert_num_woman = ? ORDER BY id DESC"
        return self._books.rows(sql, *(str(given[name]) for name in _NUMBERS))

    def _enter(self, given: Given) -> Any:
        """What the registrar's office does."""
        return {"id": self._books.insert("acts", {**_DEFAULTS, **given})}

    def _demand(self, given: Given) -> Any:
        """``names``: whether a question without names is refused."""
        self._demands_names = bool(given["names"])
        return {"names": self._demands_names}


def _fits(row: Row, names: Given) -> bool:
    """A name that is given must be the registered one."""
    return all(not told or row[name] == told for name, told in names.items())


def _told(row: Row) -> Row:
    """Numbers and act; a name is never told."""
    return {name: row[name] for name in (*_NUMBERS, "op_type", "op_date")}


def _refusal(reason: str) -> dict[str, Any]:
    return {"code": "1001", "message": reason}


def build(folder: Path) -> System:
    """The register; what is counted of it are the questions."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="queries"), Faults()
    register = MarriageRegister(books, faults)
    return System(books, faults, register.door, register.actions)


if __name__ == "__main__":
    sys.exit(run("civil", build))
