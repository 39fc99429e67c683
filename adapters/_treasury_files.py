"""ISO 20022 by files: an order is put as pain.001, what came of it is read from the treasury's files.

Folders: ``orders`` (ours), ``taken`` (where the treasury moves what it has taken in), ``answers``. A file
is named by the message and our order's number, so that asking after one of 20,000 opens at most four
files and lists no folder. A file that lies in none of them was never put.

What is recovered is asked back by a request of ours (pain.013) and known by its number in what the
treasury books as coming in: in a notice of that name, or in the statements of the last days.

Error map::

    an answer that is no such XML, or about another order    Unknown    treasury.unreadable-answer
    the statement of a day is not there (yet)                Retriable  treasury.no-statement
    the order that is to be asked back is not there any more Rejected   treasury.no-order
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from adapters import _treasury_answers, _treasury_order, _treasury_repaid, _treasury_request
from adapters._treasury_repaid import REPAID
from connectors import json_text
from exchange import times
from exchange.errors import Rejected, Retriable, Unknown
from exchange.ports import Clock, Connector, Reply

ORDER = "pain.001.{}.xml"
REQUEST = "pain.013.{}.xml"
REPORT = "pain.014.{}.xml"
STATUS = "pain.002.{}.xml"
NOTICE = "camt.054.{}.xml"
STATEMENT = "camt.053.{}.xml"
SENT = "SENT"
BACK = 10
"""Days whose statements are looked through for what came in: who was away for longer has the daily comparison."""


class TreasuryFiles:
    """A connector over one that keeps files: ``order``, ``ask``, ``statement``. Owns it."""

    def __init__(self, over: Connector, clock: Clock) -> None:
        self._over, self._clock = over, clock

    def call(self, operation: str, body: Mapping[str, Any]) -> Reply:
        """``Reply.value``: the outcome of a put, or rows. Raises what the wire raises."""
        calls: Mapping[str, Callable[[Mapping[str, Any]], Reply]] = {
            "order": self._put,
            "ask": lambda told: self._ask(str(told["order"])),
            "request": self._request,
            "ask request": lambda told: self._ask_request(str(told["order"])),
            "statement": lambda told: self._day(str(told["day"]), str(told["kind"])),
        }
        return calls[operation](body)

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
        if found := self._ours(ORDER.format(order)):
            return _rows([{"order": order, "status": SENT}], found)
        return _rows([])

    def _ours(self, name: str) -> bytes:
        return self._file("orders", name) or self._file("taken", name)

    def _request(self, body: Mapping[str, Any]) -> Reply:
        """Amount and parties are those of the order that paid, the other way round."""
        original = self._ours(ORDER.format(body["root"]))
        try:
            content = _treasury_request.written(original, body, self._clock())
        except _treasury_answers.UNREADABLE:
            raise Rejected("treasury.no-order", path="/root/effect") from None
        name = REQUEST.format(body["order"])
        return self._over.call("put orders", {"name": name, "content": content})

    def _ask_request(self, order: str) -> Reply:
        """What came in counts before what was reported of the request."""
        request = self._ours(REQUEST.format(order))
        if not request:
            return _rows([])
        paid = _treasury_repaid.settled(order, _treasury_request.amount(request), self._in(order))
        if paid:
            return _rows([paid])
        found = self._file("answers", REPORT.format(order))
        told = _read(_report, found, order) if found else None
        return _rows([told or {"order": order, "status": SENT}], found or request)

    def _in(self, order: str) -> Iterator[dict[str, str]]:
        """What came in under our number; a file that can't be read says nothing."""
        today = self._clock().astimezone(times.CHINA).date()
        days = [f"{today - timedelta(days=ago):%Y%m%d}" for ago in range(BACK)]
        read = _treasury_answers.notified
        files = [(NOTICE.format(order), read)]
        files += [(STATEMENT.format(day), _treasury_answers.statement) for day in days]
        for name, read in files:
            found = self._file("answers", name)
            with suppress(*_treasury_answers.UNREADABLE):
                rows = read(found) if found else []
                yield from (r for r in rows if (r["order"], r["status"]) == (order, REPAID))

    def _day(self, day: str, kind: str) -> Reply:
        found = self._file("answers", STATEMENT.format(day))
        try:
            rows = _treasury_answers.statement(found) if found else None
        except _treasury_answers.UNREADABLE:
            rows = None
        if rows is None:
            raise Retriable("treasury.no-statement", day=day)
        return _rows([row for row in rows if row["kind"] == kind], found)

    def _file(self, folder: str, name: str) -> bytes:
        return self._over.call(f"get {folder}", {"name": name}).value or b""


_ANSWERS = ((NOTICE, _treasury_answers.notice), (STATUS, _treasury_answers.status))


def _report(raw: bytes, order: str) -> dict[str, str] | None:
    return _treasury_answers.status(raw, order, "CdtrPmtActvtnReqStsRpt")


def _read(read: Any, found: bytes, order: str) -> dict[str, str] | None:
    """What a file says of the order; None: nothing yet (a report of nobody's transaction)."""
    try:
        row: dict[str, str] | None = read(found, order)
    except _treasury_answers.UNREADABLE:
        raise Unknown("treasury.unreadable-answer") from None
    return row


def _rows(rows: list[dict[str, str]], raw: bytes = b"") -> Reply:
    return Reply(raw or json_text.written(rows), rows)
