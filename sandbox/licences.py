"""A register of electronic certificates: names of GB/T 36903, an invented interface.

``POST /issue`` and ``POST /revoke`` at the control port are what its own staff do.
``python -m sandbox.licences --dir DIR --port N --control N``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from sandbox.books import Books
from sandbox.faults import Faults
from sandbox.http_server import Request
from sandbox.json_door import Given, JsonDoor
from sandbox.program import System, run

SCHEMA = """
CREATE TABLE IF NOT EXISTS certificates (
    id INTEGER PRIMARY KEY, ZZBS TEXT NOT NULL, ZZLXDM TEXT NOT NULL, ZZBH TEXT NOT NULL,
    ZZMC TEXT NOT NULL, ZZBFJG TEXT NOT NULL, ZZBFRQ TEXT NOT NULL, CZZTDM TEXT NOT NULL,
    ZZYXQJZRQ TEXT NOT NULL, ZZZT TEXT NOT NULL
);
"""
_DEFAULTS = {"ZZBFJG": "示例医院", "ZZBFRQ": "20260106", "ZZYXQJZRQ": "长期", "ZZZT": "1"}


class Register:
    """Certificates that its staff issued."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books = books
        self.door = JsonDoor(faults, {"POST /certificates/query": self._query}, _refusal)
        self.actions = {("POST", "/issue"): self._issue, ("POST", "/revoke"): self._revoke}

    def _query(self, given: Given, _: Request) -> Any:
        """One alone is an object, several are a list, none has its own code."""
        wanted = {n: str(given[n]) for n in ("CZZTDM", "ZZLXDM", "ZZBH") if n in given}
        where = " AND ".join(f"{name} = ?" for name in wanted)
        rows = self._books.rows(
            f"SELECT * FROM certificates WHERE {where} ORDER BY id", *wanted.values()
        )
        for row in rows:
            del row["id"]
        if not rows:
            return {"code": 404, "message": "未查询到证照"}
        return {"code": 0, "message": "成功", "data": rows[0] if len(rows) == 1 else rows}

    def _issue(self, given: Given) -> Any:
        return {"id": self._books.insert("certificates", {**_DEFAULTS, **given})}

    def _revoke(self, given: Given) -> Any:
        with self._books.transaction() as db:
            sql = "UPDATE certificates SET ZZZT = '0' WHERE ZZBH = ?"
            return {"revoked": db.execute(sql, (given["ZZBH"],)).rowcount}


def _refusal(reason: str) -> dict[str, Any]:
    return {"code": "403", "message": reason}


def build(folder: Path) -> System:
    """The register over its books."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="certificates"), Faults()
    register = Register(books, faults)
    return System(books, faults, register.door, register.actions)


if __name__ == "__main__":
    sys.exit(run("licences", build))
