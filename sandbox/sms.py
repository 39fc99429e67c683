"""A gateway for text messages as government platforms run them: templates, reports, opting out (an invented interface).

Only approved templates are sent, with exactly their parameters. One number of the sender's is one message,
however often it comes. Taken in is not delivered: the network's report (状态报告) comes later, is asked for
by number, and stands in a list by its time. Who answers 退订 (TD, T) gets no more of it, and the sender is
handed a file that says which of its customers that was (its own ``outId``), never a telephone.

At the control port: ``POST /report {"mobile", "state"}`` (the network's word on all that waits for that
telephone; DELIVRD or UNDELIV), ``POST /reply {"mobile", "content"}``.
``python -m sandbox.sms --dir DIR --port N --control N``.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from sandbox.books import Books, Row
from sandbox.faults import Faults
from sandbox.http_server import Request
from sandbox.json_door import Given, JsonDoor, Turned
from sandbox.moments import china_time, in_china, in_utc, instant
from sandbox.program import System, run

ACCOUNT, SECRET = "zhida-sms", "sandbox-sms-key"
TEMPLATES: Mapping[str, tuple[str, frozenset[str]]] = {
    "GS20260117": (
        "【惠企服务】贵单位符合“{policy}”的条件，请登录惠企服务门户查看。回复TD退订",
        frozenset({"policy"}),
    )
}
"""Approved beforehand: text, and the parameters that it has."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, msgId TEXT NOT NULL, mobile TEXT NOT NULL,
    text TEXT NOT NULL, outId TEXT NOT NULL, state TEXT NOT NULL,
    reported TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS optouts (mobile TEXT PRIMARY KEY, since TEXT NOT NULL);
"""
_TIME = "%Y-%m-%d %H:%M:%S"
_MOBILE, _ID = re.compile("1[3-9][0-9]{9}"), re.compile("[0-9a-f]{32}")
_LONGEST = 40
"""Characters of a parameter."""
_STOP = frozenset({"T", "TD", "退订", "N"})
WAITING = "WAIT"


class Gateway:
    """Messages, one at a time. ``replies``: where files about who opted out are handed over."""

    def __init__(self, books: Books, faults: Faults, replies: Path) -> None:
        self._books, self._replies, self._one_at_a_time = books, replies, Lock()
        replies.mkdir(parents=True, exist_ok=True)
        acts = {
            "POST /api/sms/send": self._send,
            "POST /api/sms/report": self._report,
            "POST /api/sms/reports": self._reports,
            "POST /api/sms/sent": self._sent,
        }
        self.door = JsonDoor(faults, acts, lambda reason: _no("1100", reason))
        self.actions = {("POST", "/report"): self._network, ("POST", "/reply"): self._reply}

    def _send(self, given: Given, _: Request) -> Any:
        _check(given)
        text, mobile = _text(given), str(given["mobile"])
        with self._one_at_a_time:
            known = self._rows("msgId = ?", given["msgId"])
            if known and (known[0]["mobile"], known[0]["text"]) != (mobile, text):
                return _no("1109", "消息编号重复且内容不同")
            if known:
                return _yes(_told(known[0]))
            if self._books.rows("SELECT 1 FROM optouts WHERE mobile = ?", mobile):
                return _no("1102", "该号码已退订")
            row: Row = {"at": instant(), "msgId": given["msgId"], "mobile": mobile, "text": text}
            row |= {"outId": str(given["outId"]), "state": WAITING}
            return _yes(_told(row | {"id": self._books.insert("messages", row)}))

    def _report(self, given: Given, _: Request) -> Any:
        _check(given)
        rows = self._rows("msgId = ?", given["msgId"])
        return _yes(_told(rows[0])) if rows else _no("1404", "没有这条消息")

    def _reports(self, given: Given, _: Request) -> Any:
        """Those that have come in a span of time."""
        return self._page(given, "reported", "reported <> ''")

    def _sent(self, given: Given, _: Request) -> Any:
        """What was sent in a span of time."""
        return self._page(given, "at", "1")

    def _page(self, given: Given, by: str, where: str) -> Any:
        _check(given)
        since, until = (in_utc(given[name], _TIME) for name in ("begin", "end"))
        rows = self._rows(f"{where} AND {by} >= ? AND {by} < ?", since, until)
        page, size = int(given["page"]), int(given["size"])
        part = [
            _told(row) | {"time": in_china(row[by], _TIME)}
            for row in rows[(page - 1) * size : page * size]
        ]
        return _yes({"total": len(rows), "rows": part})

    def _rows(self, where: str, *values: Any) -> list[Row]:
        return self._books.rows(f"SELECT * FROM messages WHERE {where} ORDER BY id", *values)

    def _network(self, given: Given) -> Any:
        sql = "UPDATE messages SET state = ?, reported = ? WHERE mobile = ? AND state = 'WAIT'"
        with self._books.transaction() as db:
            told = (given["state"], instant(), given["mobile"])
            return {"reported": db.execute(sql, told).rowcount}

    def _reply(self, given: Given) -> Any:
        """Only a plain word opts out; the file stands whole under its name or not at all."""
        mobile, said = str(given["mobile"]), str(given["content"]).strip().upper()
        asked = self._rows("mobile = ?", mobile)
        if said not in _STOP or not asked:
            return {"opted_out": False}
        with self._books.transaction() as db:
            since = china_time("%Y-%m-%d")
            db.execute("INSERT OR IGNORE INTO optouts VALUES (?, ?)", (mobile, since))
        number = f"MO{asked[-1]['id']:010}"
        told = {"replyId": number, "outId": asked[-1]["outId"], "date": since}
        draft = self._replies / f".{number}.tmp"
        draft.write_text(json.dumps(told), "utf-8")
        draft.rename(self._replies / f"{number}.json")
        return {"opted_out": True}


def _check(given: Given) -> None:
    if (given.get("appId"), given.get("appKey")) != (ACCOUNT, SECRET):
        raise Turned(_no("1001", "账号或口令有误"))


def _text(given: Given) -> str:
    template = TEMPLATES.get(str(given["templateId"]))
    if template is None:
        raise Turned(_no("1103", "模板没有报备"))
    text, names = template
    params = {name: str(value) for name, value in dict(given["params"]).items()}
    if params.keys() != names or any(not 0 < len(each) <= _LONGEST for each in params.values()):
        raise Turned(_no("1103", "参数与模板不符"))
    if not _MOBILE.fullmatch(str(given["mobile"])):
        raise Turned(_no("1101", "手机号码有误"))
    if not _ID.fullmatch(str(given["msgId"])):
        raise Turned(_no("1100", "消息编号不符合要求"))
    return text.format(**params)


def _told(row: Row) -> dict[str, Any]:
    told = {"msgId": row["msgId"], "smsId": f"SM{row['id']:010}", "outId": row["outId"]}
    told["state"] = row["state"]
    reported = row.get("reported", "")
    return told | ({"doneDate": in_china(reported, "%Y-%m-%d")} if reported else {})


def _yes(data: Any) -> dict[str, Any]:
    return {"code": "0", "msg": "OK", "data": data}


def _no(code: str, reason: str) -> dict[str, Any]:
    return {"code": code, "msg": reason}


def build(folder: Path) -> System:
    """The gateway over its books; its files lie in ``replies``."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="messages"), Faults()
    gateway = Gateway(books, faults, folder / "replies")
    return System(books, faults, gateway.door, gateway.actions)


if __name__ == "__main__":
    sys.exit(run("sms", build))
