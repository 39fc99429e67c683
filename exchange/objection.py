"""校核: who received a field and doubts it tells the source, which answers within a time.

Nobody but the source changes a fact. It upholds the field, or says that it will correct it: then
the objection is closed by the new version itself, when that comes and says something else. One that
the source takes back altogether closes all that is doubted in it. The
field's value is told nowhere here: both sides have it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from exchange import times
from exchange.document import Document, new_id
from exchange.errors import Rejected
from exchange.ledger import Entry
from exchange.store import delivery_rows, objection_rows
from exchange.store.engine import Connection
from exchange.store.objection_rows import PENDING, ObjectionRow

TERM = timedelta(days=15)
"""Until when the source answers, unless the site agrees on something else (calendar days)."""
_CODE = re.compile(r"[a-z][a-z0-9-]{1,39}")
REASONS = ("wrong-value", "outdated", "missing", "unreadable", "other")


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a unit doubts: a field of a document that it got in a case."""

    case: str
    document: str
    """Id of the document."""
    receiver: str
    field: str
    """JSON Pointer."""
    reason: str
    """One of ``REASONS``."""


def raise_doubt(
    connection: Connection, doubt: Doubt, *, now: datetime, term: timedelta = TERM
) -> tuple[ObjectionRow, Entry]:
    """Record an objection and start its clock.

    ``Rejected`` if the unit has not received the field: it can't know what it would doubt.
    """
    if doubt.reason not in REASONS:
        raise Rejected("objection.reason", known=", ".join(REASONS))
    provider = _provider(connection, doubt)
    row = ObjectionRow(
        id=new_id(),
        document=doubt.document,
        case=doubt.case,
        provider=provider,
        receiver=doubt.receiver,
        field=doubt.field,
        opened_at=times.stamp(now),
        due_at=times.stamp(now + term),
        state="open",
        answer="",
        closed_at="",
    )
    objection_rows.put(connection, row)
    told = {"document": row.document, "field": row.field, "reason": doubt.reason}
    sides = {"provider": provider, "receiver": row.receiver, "due_at": row.due_at}
    return row, Entry("objection", row.id, row.case, told | sides)


def _provider(connection: Connection, doubt: Doubt) -> str:
    for moved in delivery_rows.transfers(connection, doubt.case):
        got = moved.receiver == doubt.receiver and moved.document == doubt.document
        if got and doubt.field in json.loads(moved.disclosed):
            return moved.provider
    raise Rejected("objection.not-received", unit=doubt.receiver, field=doubt.field)


def uphold(connection: Connection, row: ObjectionRow, reason: str, *, now: datetime) -> Entry:
    """The source stands by the field; ``reason`` is a code. ``Rejected`` if it is closed."""
    if not _CODE.fullmatch(reason):  # a sentence could quote the field
        raise Rejected("objection.reason", known="a-z, 0-9, -")
    _require(row, PENDING)
    closed = times.stamp(now)
    objection_rows.change(connection, row.id, state="upheld", answer=reason, closed_at=closed)
    return Entry("objection-closed", row.id, row.case, {"state": "upheld", "answer": reason})


def promise(connection: Connection, row: ObjectionRow) -> Entry:
    """The source will correct the field: its new version closes the objection."""
    _require(row, ("open",))
    objection_rows.change(connection, row.id, state="awaiting", answer="corrected")
    return Entry("objection-answered", row.id, row.case, {"answer": "corrected"})


def corrected(
    connection: Connection, before: Document, after: Document, *, now: datetime
) -> list[Entry]:
    """A newer version has come: it closes what was doubted and is different now."""
    entries: list[Entry] = []
    for row in objection_rows.pending(connection, before.id):
        if before.fields.get(row.field) == after.fields.get(row.field):
            objection_rows.change(connection, row.id, document=after.id)
            continue
        closed = {"state": "corrected", "closed_at": times.stamp(now)}
        objection_rows.change(connection, row.id, **closed)
        details = {"state": "corrected", "by": after.id}
        entries.append(Entry("objection-closed", row.id, row.case, details))
    return entries


def withdrawn(
    connection: Connection, before: Document, revocation: str, *, now: datetime
) -> list[Entry]:
    """The source takes the whole document back: there is nothing left to doubt."""
    rows = objection_rows.pending(connection, before.id)
    for row in rows:
        closed = {"state": "withdrawn", "closed_at": times.stamp(now)}
        objection_rows.change(connection, row.id, **closed)
    told = {"state": "withdrawn", "by": revocation}
    return [Entry("objection-closed", row.id, row.case, told) for row in rows]


def _require(row: ObjectionRow, states: tuple[str, ...]) -> None:
    if row.state not in states:
        raise Rejected("objection.closed", objection=row.id, state=row.state)
