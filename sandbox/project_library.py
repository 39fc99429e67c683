"""What others made of a building, as a sharing platform has it: reviews, layouts, surveys, inspections (invented).

``POST /service/document {"kind", "projectCode", "buildingNo"}`` answers one paper: number, issuer, digest. The
paper of a building is made up from its number, so that everybody gets the same; ``POST /missing {"kind",
"buildingNo"}`` at the control port: there is none (yet), ``POST /found`` likewise: there is.
``python -m sandbox.project_library --dir DIR --port N --control N``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from sandbox import large_bytes
from sandbox.books import Books
from sandbox.faults import Faults
from sandbox.http_server import Request
from sandbox.json_door import Given, JsonDoor
from sandbox.moments import instant
from sandbox.program import System, run

PAPERS = {
    "drawing-review": ("施工图设计文件审查合格书", "示例施工图审查中心"),
    "site-layout-plan": ("经审定的建设工程设计总平面图", "示例区规划和自然资源局"),
    "setting-out-report": ("规划放线测量报告", "示例测绘院"),
    "survey-planning": ("规划竣工测量成果", "示例测绘院"),
    "survey-property": ("房产测绘成果", "示例测绘院"),
    "survey-defence": ("人防工程面积测量成果", "示例测绘院"),
    "survey-green": ("绿地测量成果", "示例测绘院"),
    "survey-pipes": ("地下管线竣工测量成果", "示例测绘院"),
    "lift-inspection": ("电梯监督检验报告", "示例特种设备检验院"),
}
"""Kind → title, issuer."""
SIZE = 4096
"""Bytes of each file."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS queries (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, project TEXT NOT NULL,
    building TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS missing (kind TEXT NOT NULL, building TEXT NOT NULL);
"""


class Library:
    """Papers by kind and building."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books = books
        self.door = JsonDoor(faults, {"POST /service/document": self._document}, _refusal)
        self.actions = {("POST", "/missing"): self._miss, ("POST", "/found"): self._find}

    def _document(self, given: Given, _: Request) -> Any:
        kind, project, building = (str(given[n]) for n in ("kind", "projectCode", "buildingNo"))
        row = {"at": instant(), "kind": kind, "project": project, "building": building}
        self._books.insert("queries", row)
        sql = "SELECT 1 FROM missing WHERE kind = ? AND building = ?"
        if kind not in PAPERS or self._books.rows(sql, kind, building):
            return {"code": "4040", "msg": "没有这份资料"}
        title, issuer = PAPERS[kind]
        told = {"kind": kind, "projectCode": project, "buildingNo": building, "docName": title}
        told |= {"docNo": f"示例-{kind}-{project[-6:]}-{building}", "issuer": issuer}
        digest = large_bytes.sm3(f"{kind}/{project}/{building}", SIZE)
        told |= {"issueDate": "2026-01-04", "sm3": digest, "fileSize": str(SIZE)}
        return {"code": "0", "data": told}

    def _miss(self, given: Given) -> Any:
        row = {"kind": str(given["kind"]), "building": str(given["buildingNo"])}
        self._books.insert("missing", row)
        return row

    def _find(self, given: Given) -> Any:
        with self._books.transaction() as db:
            sql = "DELETE FROM missing WHERE kind = ? AND building = ?"
            return {"found": db.execute(sql, (given["kind"], given["buildingNo"])).rowcount}


def _refusal(reason: str) -> dict[str, Any]:
    return {"code": "4000", "msg": reason}


def build(folder: Path) -> System:
    """The library, its queries for books."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="queries"), Faults()
    library = Library(books, faults)
    return System(books, faults, library.door, library.actions)


if __name__ == "__main__":
    sys.exit(run("project_library", build))
