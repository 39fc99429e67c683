"""ISO 20022 by files: an order is put as pain.001, what came of it is read from the treasury's files.

Folders: ``orders`` (ours), ``taken`` (where the treasury moves what it has taken in), ``answers``. A file
is named by the message and our order's number, so that asking after one of 20,000 opens at most four
files and lists no folder. A file that lies in none of them was never put.

Error map::

    an answer that is no such XML, or about another order    Unknown    treasury.unreadable-answer
    the statement of a day is not there (yet)                Retriable  treasury.no-statement
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters import _treasury_answers, _treasury_order
from connectors import json_text
from exchange.errors import Retriable, Unknown
from exchange.ports import Clock, Connector, Reply

ORDER = "pain.001.{}.xml"
STATUS = "pain.002.{}.xml"
NOTICE = "camt.054.{}.xml"
STATEMENT = "camt.053.{}.xml"
SENT = "SENT"


class TreasuryFiles:
    """A connector over one that keeps files: ``order``, ``ask``, ``statement``. Owns it."""

    def __init__(self, over: Connector, clock: Clock) -> None:
        self._over, self._clock = over, clock

    def call(self, operation: str, body: Mapping[str, Any]) -> Reply:
        """``Reply.value``: the outcome of a put, or rows. Raises what the wire raises."""
        if operation == "order":
            return self._put(body)
        return self._ask(str(body["order"])) if operation == "ask" else self._day(str(body["day"]))

    def close(self) -> None:
        """Close the wire."""
        self._over.close()

    def _put(self, body: Mapping[str, Any]) -> Reply:
        content = _treasury_order.written(body, self._clock())
        name = ORDER.format(body["order"])
        return self._over.call("put orders", {"name": name, "content": content})

    def _ask(self, order: str) -> Reply:
        """The notice of booking counts before the report, and both before that the order is there.

        ``orders`` before ``taken``: a file moves from the one to the other, never back.
        """
        for name, read in _ANSWERS:
            found = self._file("answers", name.format(order))
            if found and (row := _read(read, found, order)):
                return _rows([row], found)
        for folder in ("orders", "taken"):
            if found := self._file(folder, ORDER.format(order)):
                return _rows([{"order": order, "status": SENT}], found)
        return _rows([])

    def _day(self, day: str) -> Reply:
        found = self._file("answers", STATEMENT.format(day))
        try:
            rows = _treasury_answers.statement(found) if found else None
        except _treasury_answers.UNREADABLE:
            rows = None
        if rows is None:
            raise Retriable("treasury.no-statement", day=day)
        return _rows(rows, found)

    def _file(self, folder: str, name: str) -> bytes:
        return self._over.call(f"get {folder}", {"name": name}).value or b""


_ANSWERS = ((NOTICE, _treasury_answers.notice), (STATUS, _treasury_answers.status))


def _read(read: Any, found: bytes, order: str) -> dict[str, str] | None:
    """What a file says of the order; None: nothing yet (a report of nobody's transaction)."""
    try:
        row: dict[str, str] | None = read(found, order)
    except _treasury_answers.UNREADABLE:
        raise Unknown("treasury.unreadable-answer") from None
    return row


def _rows(rows: list[dict[str, str]], raw: bytes = b"") -> Reply:
    return Reply(raw or json_text.written(rows), rows)
