"""What a unit's own people do at its dispute platform: register, tell what has happened, look."""

from __future__ import annotations

import json
from typing import Any

from sandbox import dispute_rules
from sandbox.books import Books
from sandbox.json_door import Given
from sandbox.moments import china_time, instant

PREFIXES = {"union_platform": "GH", "arbitration_platform": "ZC", "court_platform": "FY"}
"""Name of a platform → how its own numbers begin."""


class Desk:
    """The people of one platform, over its books."""

    def __init__(self, books: Books, name: str) -> None:
        self._books, self._prefix = books, PREFIXES.get(name, "PT")
        self.actions = {
            ("POST", "/register"): self._register,
            ("POST", "/event"): self._event,
            ("GET", "/received"): self._received,
        }

    def _register(self, given: Given) -> Any:
        told = {"regNo": self._number("registration"), "regDate": china_time("%Y-%m-%d")}
        return self._tell("registration", told | given, "regNo")

    def _event(self, given: Given) -> Any:
        told = {"eventNo": self._number("event"), "time": china_time("%Y-%m-%d %H:%M:%S")}
        return self._tell("event", told | given, "eventNo")

    def _tell(self, stream: str, told: Given, number: str) -> Any:
        """What can't be right the platform's own screen does not take. ``ValueError`` with the reason."""
        if wrong := dispute_rules.complaint(stream, told):
            raise ValueError(wrong)
        row = {"at": instant(), "stream": stream, "given": json.dumps(told, ensure_ascii=False)}
        self._books.insert("told", row)
        return {number: told[number]}

    def _number(self, stream: str) -> str:
        sql = "SELECT count(*) AS n FROM told WHERE stream = ?"
        count = int(self._books.rows(sql, stream)[0]["n"]) + 1
        return f"{self._prefix}{'E' if stream == 'event' else ''}{china_time('%Y%m%d')}{count:05}"

    def _received(self, _: Given) -> Any:
        rows = self._books.rows("SELECT kind, serialNo, state, given FROM doings ORDER BY id")
        return [row | {"given": json.loads(row["given"])} for row in rows]
