"""A unit's own dispute platform (fictional: no real one is public): JSON of our own over HTTP.

It tells what its people registered and what has happened, in pages since a cursor (``GET /open/registrations``,
``GET /open/events``); it takes disputes that are handed over, and what the hub says of its own (where a
registration led, what came of an event). What is sent twice is there twice: who has lost an answer asks
by the serial number (``POST /open/query``).

At the control port, what people do: ``POST /register {…}`` (a dispute as the platform writes it), ``POST /event
{"disputeNo", "eventCode", …}``, ``GET /received`` (what has come, as people see it: material that must not be
used any more is gone). Run under three names: ``python -m sandbox.union_platform --dir DIR …``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sandbox import dispute_rules
from sandbox.books import Books
from sandbox.dispute_desk import Desk
from sandbox.faults import Faults
from sandbox.json_door import Given, JsonDoor
from sandbox.open_platform import SCHEMA, OpenPlatform, no, yes
from sandbox.program import System

STOPPED = "9"
_LISTS = {"registrations": "registration", "events": "event"}
_TAKES = {"dispute/take": "dispute", "triage": "triage", "verdict": "verdict"}
_MATERIAL = ("material", "offers")


class Platform:
    """What the hub sees of it, one call at a time."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._open = OpenPlatform(books, dispute_rules, _LISTS, _TAKES)
        self._open.acts["POST /open/dispute/stop"] = self._stop
        self.door: JsonDoor = self._open.door(faults)

    def _stop(self, given: Given, _: Any) -> Any:
        """Consent was withdrawn: the material of a dispute is used no more, and nobody sees it again."""
        wrong = dispute_rules.complaint("stop", given)
        if wrong:
            return no("4001", wrong)
        found = self._open.rows("serialNo = ? AND kind = 'dispute'", given["orgSerialNo"])
        if not found:
            return no("4041", "没有这笔移送")
        with self._open.books.transaction() as db:
            for row in found:
                left = {n: v for n, v in json.loads(row["given"]).items() if n not in _MATERIAL}
                values = (STOPPED, json.dumps(left, ensure_ascii=False), row["id"])
                db.execute("UPDATE doings SET state = ?, given = ? WHERE id = ?", values)
        return yes(self._open.add("stop", given))


def build(folder: Path) -> System:
    """One platform over its books; its folder's name says whose it is."""
    books, faults = Books(folder / "books.sqlite", SCHEMA, effects="doings"), Faults()
    desk = Desk(books, folder.name)
    return System(books, faults, Platform(books, faults).door, desk.actions)
