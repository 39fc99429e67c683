"""The portal that firms know (及时雨, 宁企通): JSON of our own; lists are public, firms answer, messages arrive.

A list or a question that is sent twice is there twice; a message is known by its number and sent once.
At the control port, what people do: ``POST /list {"listNo"}`` (what everybody reads of it), ``POST /object
{"listNo", "awardNo", "reason"}`` (to an award that is on it), ``POST /pass {"days"}`` (working days go by, lists
close), ``POST /answer {"awardNo", …}`` (what the firm fills in; ``reason``: it declines), ``POST /answer_all
{"silent", "declines"}`` (whoever was asked says yes, with an account of its own; every so manyth says nothing,
or declines, unless it is asked for another account), ``POST /optout {"uscc", "on"}``,
``POST /read {"serialNo"}``, ``POST /fill {"questionNo", "answers"}`` (fact → what the firm fills in; ``reason``
instead: it won't say). ``python -m sandbox.portal --dir DIR --port N --control N``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from threading import Lock
from typing import Any

from sandbox import portal_rules, uscc
from sandbox.books import Books, Row
from sandbox.faults import Faults
from sandbox.http_server import Request
from sandbox.json_door import Given, JsonDoor
from sandbox.moments import in_china, in_utc, instant
from sandbox.portal_people import DONE, OPEN, People
from sandbox.program import System, run

SCHEMA = """
CREATE TABLE IF NOT EXISTS doings (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, serialNo TEXT NOT NULL,
    about TEXT NOT NULL, uscc TEXT NOT NULL, state TEXT NOT NULL, days INTEGER NOT NULL,
    given TEXT NOT NULL, said TEXT NOT NULL, answered TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS doings_serial ON doings (serialNo);
CREATE INDEX IF NOT EXISTS doings_answered ON doings (kind, answered);
CREATE TABLE IF NOT EXISTS objections (
    id INTEGER PRIMARY KEY, listNo TEXT NOT NULL, awardNo TEXT NOT NULL, reason TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS optouts (uscc TEXT PRIMARY KEY, since TEXT NOT NULL);
"""
_TIME = "%Y-%m-%d %H:%M:%S"


class Portal:
    """Lists, questions and messages, one call at a time."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books, self._one_at_a_time = books, Lock()
        acts = {
            "POST /open/list/publish": self._publish,
            "POST /open/confirm/ask": self._ask,
            "POST /open/facts/ask": self._ask_facts,
            "POST /open/message/push": self._push,
            "POST /open/query": self._query,
            "POST /open/books": self._list,
            "POST /open/answers": self._answers,
            "POST /open/optout/query": self._opted_out,
            "POST /open/optout/set": self._opt_out,
        }
        self.door = JsonDoor(faults, acts, lambda reason: _no("4000", reason))

    def _publish(self, given: Given, _: Request) -> Any:
        wrong = portal_rules.complaint("list", given)
        return _no("4001", wrong) if wrong else self._add("list", given, given["listNo"])

    def _ask(self, given: Given, _: Request) -> Any:
        wrong = portal_rules.complaint("question", given)
        return _no("4001", wrong) if wrong else self._add("question", given, given["awardNo"])

    def _ask_facts(self, given: Given, _: Request) -> Any:
        wrong = portal_rules.complaint("facts", given)
        return _no("4001", wrong) if wrong else self._add("facts", given, given["questionNo"])

    def _push(self, given: Given, _: Request) -> Any:
        wrong = portal_rules.complaint("message", given)
        if wrong:
            return _no("4001", wrong)
        with self._one_at_a_time:
            known = self._rows("serialNo = ? AND kind = 'message'", given["serialNo"])
            if known and json.loads(known[0]["given"]) != given:
                return _no("4009", "消息编号重复且内容不同")
            if known:
                return _yes(self._told(known[0]))
            if given["about"] == "matched" and self._optout(given["uscc"]):
                return _no("4003", "企业已退订政策推送")
            return self._added("message", given, given["noticeNo"])

    def _add(self, kind: str, given: Given, about: str) -> Any:
        with self._one_at_a_time:
            return self._added(kind, given, about)

    def _added(self, kind: str, given: Given, about: str) -> Any:
        row: Row = {"at": instant(), "kind": kind, "serialNo": given["serialNo"], "about": about}
        row |= {"uscc": str(given.get("uscc", "")), "days": int(given.get("days", 0))}
        row |= {"state": DONE if kind == "message" else OPEN, "said": "{}"}
        row |= {"given": json.dumps(given, ensure_ascii=False)}
        number = self._books.insert("doings", row)
        return _yes(self._told(row | {"id": number}))

    def _query(self, given: Given, _: Request) -> Any:
        rows = self._rows("serialNo = ?", given["serialNo"])
        return _yes(self._told(rows[-1])) if rows else _no("4040", "没有这笔业务")

    def _told(self, row: Row) -> dict[str, Any]:
        """One doing as it stands: our number and theirs, and what people have said to it."""
        given = json.loads(row["given"])
        names = ("serialNo", "listNo", "awardNo", "noticeNo", "questionNo", "kind", "attempt")
        told = {name: given[name] for name in names if name in given}
        told |= {"portalNo": f"MH{row['id']:010}", "state": row["state"]}
        if row["kind"] == "message":
            told["sentDate"] = in_china(row["at"], "%Y-%m-%d")
        if row["kind"] == "list" and row["state"] == DONE:
            sql = "SELECT awardNo, reason FROM objections WHERE listNo = ? ORDER BY awardNo, id"
            told["objections"] = self._books.rows(sql, row["about"])
        said: dict[str, Any] = json.loads(row["said"])
        return told | said

    def _list(self, given: Given, _: Request) -> Any:
        since, until = (in_utc(given[name], _TIME) for name in ("begin", "end"))
        rows = self._rows("kind = ? AND at >= ? AND at < ?", given["of"], since, until)
        page, size = int(given["page"]), int(given["size"])
        part = [
            {"serialNo": row["serialNo"], "portalNo": f"MH{row['id']:010}", "state": row["state"]}
            | {"time": in_china(row["at"], _TIME)}
            for row in rows[(page - 1) * size : page * size]
        ]
        return _yes({"total": len(rows), "rows": part})

    def _answers(self, given: Given, _: Request) -> Any:
        """What firms have answered in a span of time, by the time of the answer."""
        since, until = (in_utc(given[name], _TIME) for name in ("begin", "end"))
        where = "kind = ? AND answered >= ? AND answered < ?"
        span = (str(given.get("of", "question")), since, until)
        total = self._books.rows(f"SELECT count(*) AS n FROM doings WHERE {where}", *span)
        page, size = int(given["page"]), int(given["size"])
        sql = f"SELECT serialNo, answered FROM doings WHERE {where} ORDER BY answered, id LIMIT ? OFFSET ?"
        rows = self._books.rows(sql, *span, size, (page - 1) * size)
        told = [
            {"serialNo": row["serialNo"], "time": in_china(row["answered"], _TIME)} for row in rows
        ]
        return _yes({"total": total[0]["n"], "rows": told})

    def _opted_out(self, given: Given, _: Request) -> Any:
        since = self._optout(str(given["uscc"]))
        told = {"uscc": given["uscc"], "optedOut": "1" if since else "0"}
        return _yes(told | ({"since": since} if since else {}))

    def _opt_out(self, given: Given, _: Request) -> Any:
        """Another channel heard it: the firm's setting is the same as if it had made it here."""
        if not uscc.is_valid(str(given["uscc"])):
            return _no("4001", "统一社会信用代码不符合要求")
        sql = "INSERT OR IGNORE INTO optouts VALUES (?, ?)"
        with self._books.transaction() as db:
            db.execute(sql, (given["uscc"], given["since"]))
        return _yes({"uscc": given["uscc"], "optedOut": "1"})

    def _optout(self, uscc: str) -> str:
        rows = self._books.rows("SELECT since FROM optouts WHERE uscc = ?", uscc)
        return str(rows[0]["since"]) if rows else ""

    def _rows(self, condition: str, *values: Any) -> list[Row]:
        return self._books.rows(f"SELECT * FROM doings WHERE {condition} ORDER BY id", *values)


def _yes(data: Any) -> dict[str, Any]:
    return {"code": "0", "msg": "成功", "data": data}


def _no(code: str, reason: str) -> dict[str, Any]:
    return {"code": code, "msg": reason}


def build(folder: Path) -> System:
    """The portal over its books."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="doings"), Faults()
    portal = Portal(books, faults)
    return System(books, faults, portal.door, People(books).actions)


if __name__ == "__main__":
    sys.exit(run("portal", build))
