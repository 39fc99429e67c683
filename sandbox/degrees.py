"""The education bureau's window on the national archive of degrees (an invented interface): JSON.

``POST /degree/verify``: is there such a certificate of this person, and of which level? It keeps no
books of questions. ``POST /graduate {"zsbh", "zjhm", "cc"}`` at the control port puts one in.
``python -m sandbox.degrees --dir DIR --port N --control N``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from sandbox import resident_id
from sandbox.books import Books
from sandbox.faults import Faults
from sandbox.http_server import Request
from sandbox.json_door import Given, JsonDoor
from sandbox.moments import china_time, instant
from sandbox.program import System, run

SCHEMA = """
CREATE TABLE IF NOT EXISTS graduates (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, zsbh TEXT NOT NULL, zjhm TEXT NOT NULL, cc TEXT NOT NULL
);
"""
LEVELS = ("博士研究生", "硕士研究生", "本科", "专科")


class Archive:
    """Certificates, and questions about them."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books = books
        acts = {"POST /degree/verify": self._verify}
        self.door = JsonDoor(faults, acts, lambda reason: {"code": "4000", "msg": reason})
        self.actions = {("POST", "/graduate"): self._graduate}

    def _verify(self, given: Given, _: Request) -> Any:
        strange = set(given) - {"applyNo", "xm", "zjhm", "zsbh"}
        if strange or not resident_id.is_valid(given["zjhm"]):
            return {"code": "4000", "msg": "请求不符合要求"}
        known = "SELECT cc FROM graduates WHERE zsbh = ? AND zjhm = ?"
        found = self._books.rows(known, given["zsbh"], given["zjhm"])
        level = found[0]["cc"] if found else ""
        told = {"applyNo": given["applyNo"], "found": str(int(bool(found))), "cc": level}
        return {"code": "0", "msg": "成功", "data": told | {"date": china_time("%Y%m%d")}}

    def _graduate(self, given: Given) -> dict[str, Any]:
        if given["cc"] not in LEVELS:
            raise ValueError(given["cc"])
        row = {"at": instant(), **{name: given[name] for name in ("zsbh", "zjhm", "cc")}}
        self._books.insert("graduates", row)
        return {}


def build(folder: Path) -> System:
    """The archive over its books."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="graduates"), Faults()
    archive = Archive(books, faults)
    return System(books, faults, archive.door, actions=archive.actions)


if __name__ == "__main__":
    sys.exit(run("degrees", build))
