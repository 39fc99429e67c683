"""What owners of buildings do at the platform: register one, hand in and mend, look at what has come."""

from __future__ import annotations

import json
from typing import Any

from sandbox import acceptance_complaints
from sandbox.books import Books
from sandbox.json_door import Given
from sandbox.moments import china_time, instant

_PREFIX = {"project": "JG", "event": "TJ"}


class Owners:
    """Everybody with an account there, over the platform's books."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self.actions = {
            ("POST", "/project"): self._project,
            ("POST", "/event"): self._event,
            ("GET", "/received"): self._received,
        }

    def _project(self, given: Given) -> Any:
        return self._tell("project", {"registerNo": self._number("project")} | given, "registerNo")

    def _event(self, given: Given) -> Any:
        told = {"eventNo": self._number("event"), "time": china_time("%Y-%m-%d %H:%M:%S")}
        return self._tell("event", told | given, "eventNo")

    def _tell(self, stream: str, told: Given, number: str) -> Any:
        """What can't be right the platform's own screen does not take. ``ValueError`` with the reason."""
        if wrong := acceptance_complaints.complaint(stream, told):
            raise ValueError(wrong)
        row = {"at": instant(), "stream": stream, "given": json.dumps(told, ensure_ascii=False)}
        self._books.insert("told", row)
        return {number: told[number]}

    def _number(self, stream: str) -> str:
        sql = "SELECT count(*) AS n FROM told WHERE stream = ?"
        count = int(self._books.rows(sql, stream)[0]["n"]) + 1
        return f"{_PREFIX[stream]}{china_time('%Y%m%d')}{count:05}"

    def _received(self, _: Given) -> Any:
        rows = self._books.rows("SELECT id, kind, serialNo, given FROM doings ORDER BY id")
        return [row | {"given": json.loads(row["given"])} for row in rows]
