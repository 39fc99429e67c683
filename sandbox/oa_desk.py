"""The OA's own doing: requests that move from node to node through people's to-do lists.

Numbers below zero are the vendor's answers to a creation that failed: −1 and −3 it could not be
created, −2 no right to create, −4 a wrong field or table, −5 the level, −6 no to-do could be
made, −7 the next node is in error, −8 an automatic assignment failed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.books import Books, Row
from sandbox.moments import china_time, instant
from sandbox.oa_forms import DEPARTMENTS, USERS, WORKFLOWS
from sandbox.oa_workflow import Workflow

SCHEMA = """
CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY, workflow INTEGER NOT NULL, name TEXT NOT NULL, level TEXT NOT NULL,
    creator INTEGER NOT NULL, node INTEGER NOT NULL, created TEXT NOT NULL,
    operated TEXT NOT NULL, operator INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS fields (
    request INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (request, name)
);
CREATE TABLE IF NOT EXISTS todo (
    request INTEGER NOT NULL, user INTEGER NOT NULL, received TEXT NOT NULL,
    PRIMARY KEY (request, user)
);
CREATE TABLE IF NOT EXISTS acts (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, request INTEGER NOT NULL, workflow INTEGER NOT NULL,
    act TEXT NOT NULL, user INTEGER NOT NULL, node_from TEXT NOT NULL, node_to TEXT NOT NULL,
    ywlsh TEXT NOT NULL, remark TEXT NOT NULL
);
"""
FIRST_REQUEST = 447473
"""Request ids of a long-lived installation do not start at one."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A request as somebody sends it in: to be created, or with changed fields."""

    workflow: int = 0
    name: str = ""
    level: str = "0"
    next: bool = True
    """False: stays with its creator as a draft (isnextflow 0)."""
    fields: Mapping[str, str] = field(default_factory=dict)


class Desk:
    """Creates, moves and shows requests. Every act is a row of ``acts``, the OA's effects."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def create(self, draft: Draft, user: int) -> int:
        """The id of the new request, or a number below zero."""
        flow = WORKFLOWS.get(draft.workflow)
        wrong = _why_not(flow, draft, user)
        if flow is None or wrong:
            return wrong
        with self._books.transaction() as db:
            request = _new(db, draft, user)
            _write_fields(db, request, {**draft.fields, **_filled(flow, request, user)})
            node = 1 if draft.next else 0
            _move(db, self._request(request), node=node, user=user, act="create", remark="")
        return request

    def submit(self, request: int, user: int, *, act: str, draft: Draft, remark: str) -> bool:
        """Change fields and pass it on or back; only for whom it lies in the to-do list."""
        with self._books.transaction() as db:
            if act not in ("submit", "reject") or not self._in_todo(request, user):
                return False
            row = self._request(request)
            flow = WORKFLOWS[row["workflow"]]
            if not all(flow.column(name) for name in draft.fields):
                return False
            own = _filled(flow, request, row["creator"])
            _write_fields(db, request, {**draft.fields, **own})
            node = flow.back_to if act == "reject" else row["node"] + 1
            _move(db, row, node=node, user=user, act=act, remark=remark)
        return True

    def _in_todo(self, request: int, user: int) -> bool:
        found = "SELECT 1 FROM todo WHERE request = ? AND user = ?"
        return bool(self._books.rows(found, request, user))

    def _request(self, request: int) -> Row:
        return self._books.rows("SELECT * FROM requests WHERE id = ?", request)[0]

    def todo(self, user: int) -> list[Row]:
        """What waits for a user, the newest first (so a page turns under one's hands)."""
        return self._books.rows(
            "SELECT r.*, t.received FROM requests r JOIN todo t ON t.request = r.id"
            " WHERE t.user = ? ORDER BY t.received DESC, r.id DESC",
            user,
        )

    def created_by(self, user: int) -> list[Row]:
        """What a user once created, the newest first."""
        mine = "SELECT *, '' AS received FROM requests WHERE creator = ? ORDER BY id DESC"
        return self._books.rows(mine, user)

    def show(self, request: int, user: int) -> Row | None:
        """A request with its fields and acts; None for who never had to do with it."""
        acts = self._books.rows("SELECT * FROM acts WHERE request = ? ORDER BY id", request)
        todo = self._in_todo(request, user)
        if not todo and all(act["user"] != user for act in acts):
            return None
        fields = self._books.rows("SELECT name, value FROM fields WHERE request = ?", request)
        values = {row["name"]: row["value"] for row in fields}
        row = self._request(request) | {"received": "", "can_edit": todo}
        return row | {"fields": values, "acts": acts}


def _why_not(flow: Workflow | None, draft: Draft, user: int) -> int:
    if flow is None or not draft.name:
        return -1
    if user not in flow.creators:
        return -2
    if not all(flow.column(name) for name in draft.fields):
        return -4
    if draft.level not in ("", "0", "1", "2"):
        return -5
    person = draft.fields.get("blr", "")
    if flow.column("blr") and not (person.isdecimal() and int(person) in USERS):
        return -6
    return 0


def _filled(flow: Workflow, request: int, creator: int) -> dict[str, str]:
    """What the OA itself writes into the form: nobody can say that he is of another department."""
    told = {"department": DEPARTMENTS.get(creator, ""), "number": f"{flow.id}-{request}"}
    return {column.name: told[column.filled] for column in flow.columns if column.filled}


def _new(db: sqlite3.Connection, draft: Draft, user: int) -> int:
    now = china_time("%Y-%m-%d %H:%M:%S")
    values = (draft.workflow, draft.name, draft.level or "0", user, 0, now, now, user)
    done = db.execute(
        "INSERT INTO requests (id, workflow, name, level, creator, node, created, operated,"
        f" operator) SELECT ifnull(max(id), {FIRST_REQUEST - 1}) + 1, ?, ?, ?, ?, ?, ?, ?, ?"
        " FROM requests",
        values,
    )
    return int(done.lastrowid or 0)


def _write_fields(db: sqlite3.Connection, request: int, fields: Mapping[str, str]) -> None:
    rows = [(request, name, value) for name, value in fields.items()]
    db.executemany("INSERT OR REPLACE INTO fields (request, name, value) VALUES (?, ?, ?)", rows)


def _value(db: sqlite3.Connection, request: int, name: str) -> str:
    one = "SELECT value FROM fields WHERE request = ? AND name = ?"
    found = db.execute(one, (request, name)).fetchone()
    return str(found["value"]) if found else ""


def _move(db: sqlite3.Connection, row: Row, *, node: int, user: int, act: str, remark: str) -> None:
    flow, request = WORKFLOWS[row["workflow"]], row["id"]
    now = china_time("%Y-%m-%d %H:%M:%S")
    db.execute("DELETE FROM todo WHERE request = ?", (request,))
    actor = _actor(db, row, flow.nodes[node].actor)
    if actor:
        db.execute("INSERT INTO todo VALUES (?, ?, ?)", (request, actor, now))
    changed = "UPDATE requests SET node = ?, operated = ?, operator = ? WHERE id = ?"
    db.execute(changed, (node, now, user, request))
    names = (flow.nodes[row["node"]].name, flow.nodes[node].name)
    values = (instant(), request, flow.id, act, user, *names, _value(db, request, "ywlsh"), remark)
    db.execute(
        "INSERT INTO acts (at, request, workflow, act, user, node_from, node_to, ywlsh, remark)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        values,
    )


def _actor(db: sqlite3.Connection, row: Row, actor: str) -> int:
    if actor == "creator":
        return int(row["creator"])
    if actor.startswith("field:"):
        return int(_value(db, row["id"], actor.removeprefix("field:")))
    return int(actor or 0)
