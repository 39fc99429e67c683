"""One new version of a document, or its revocation, as its unit tells and signs it.

It opens no case. What concerns no case of ours is let go; what does is filed in its source's
order, and reaches everybody who got the version before (``zhida.filing``).
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass

from exchange import pointer, times
from exchange.document import Document
from exchange.errors import Rejected
from exchange.ledger import Entry
from exchange.ports import Arrival
from exchange.store import case_rows, delivery_rows, document_rows
from exchange.store.case_rows import CaseRow
from exchange.store.engine import Connection
from matters.matter import Change, Matter
from zhida import definitions, filing, progress, renumbering
from zhida.filing import Folder, Found
from zhida.hub import Hub
from zhida.renumbering import Thing
from zhida.site import System
from zhida.task import bucket

REVOCATION = "revocation"
"""Kind of the document by which a unit takes another back: ``/kind`` and what identifies it."""
_WORDS = {"document": "changed", "superseded": "superseded"}


@dataclass(frozen=True, slots=True)
class Stream:
    """Where changes of one kind of document come from."""

    hub: Hub
    matter: Matter
    opening: Change
    system: System


def take(stream: Stream, arrival: Arrival) -> str:
    """Take one change in: ``changed``, ``superseded``, ``known`` or ``foreign`` (no case of ours).

    ``Rejected`` for a document that is not this unit's word.
    """
    hub, key = stream.hub, (stream.system.name, arrival.key)
    with hub.store.read() as connection:
        if document_rows.seen(connection, *key) is not None:
            return "known"
    found = _verified(stream, arrival)
    row = _case(stream, found)
    if row is None:
        return "foreign"
    content = hub.vault.tag("message", base64.b64encode(arrival.raw).decode())

    def write(connection: Connection) -> tuple[str, list[Entry]]:
        if document_rows.seen(connection, *key) is not None:
            return "known", []
        entries = _file(stream, arrival, row, connection, found=found)
        if not entries:
            return "known", []
        at = times.stamp(hub.clock())
        document_rows.remember(connection, *key, content=content, document=found.id, first_at=at)
        told = Entry("change", found.id, row.id, {"source": stream.system.name})
        return _WORDS.get(entries[0].kind, "known"), [*entries, told]

    return hub.ledger.decide(write)


def _verified(stream: Stream, arrival: Arrival) -> Document:
    """Only the unit itself may change its facts, and a revocation is signed as one."""
    if arrival.error is not None:
        raise arrival.error
    found = stream.hub.archive.verify(arrival.signed)
    origin, unit = found.origin, stream.opening.unit
    told = (origin.issuer, origin.provider, origin.custody, origin.kind == REVOCATION)
    if told != (unit, unit, "unit", arrival.revoked) or origin.kind != arrival.kind:
        raise Rejected("document.wrong", unit=unit, field="iss, custody, kind")
    return found


def _case(stream: Stream, found: Document) -> CaseRow | None:
    matter = stream.matter
    values = [pointer.get(found.record, path) for path in stream.opening.identity]
    if not all(isinstance(value, str) for value in values):
        raise Rejected("document.wrong", unit=stream.opening.unit, field="identity")
    thing = Thing(stream.opening.document, found)
    with stream.hub.store.read() as connection:
        known = renumbering.holder(stream.hub, connection, matter, thing)
        return case_rows.get_case(connection, known) if known else None


def _file(
    stream: Stream, arrival: Arrival, row: CaseRow, connection: Connection, *, found: Document
) -> list[Entry]:
    hub, name = stream.hub, stream.opening.document
    matter = definitions.of_case(hub.site, hub.store, row)
    opened = times.civil_day(times.instant(row.opened_at))
    folder = Folder(hub, matter, row.id, bucket(matter, opened))
    if not arrival.revoked and not _is_asked_for(connection, matter, row.id, name):
        return []  # the case will ask for it, and get the newest
    does = filing.revoke if arrival.revoked else filing.file
    entries = does(folder, connection, name, Found(found, arrival.raw, os.urandom(16)))
    return entries and entries + progress.ended(hub, connection, matter, row.id)


def _is_asked_for(connection: Connection, matter: Matter, case_id: str, name: str) -> bool:
    """The case has the document, or has asked: then an older version may be on its way to it.

    Who asks notes it before the question leaves (``zhida.query``), so nothing falls in between.
    """
    if name in case_rows.documents(connection, case_id):
        return True
    givers = {item.name for item in matter.items.values() if item.gives == name}
    return any(each.item in givers for each in delivery_rows.transfers(connection, case_id))
