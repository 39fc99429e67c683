"""What follows when an item of a case ends: documents kept, dependants freed, the case closed."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date

from exchange import case, document, times
from exchange.document import Document, Origin
from exchange.errors import Rejected
from exchange.ledger import Entry
from exchange.outcome import Outcome
from exchange.ports import Answer
from exchange.store import case_rows, document_rows
from exchange.store.engine import Connection
from matters.matter import Matter
from zhida.hub import Hub
from zhida.task import Task


def follow(task: Task, connection: Connection, outcome: Outcome) -> list[Entry]:
    """Everything that an outcome brings with it, in the transaction that writes the outcome."""
    entries: list[Entry] = []
    answer = outcome.answer
    if outcome.state == "applied" and answer is not None and answer.record and task.item.gives:
        entries.append(keep_answer(task, connection, answer))
    return entries + ended(task.hub, connection, task.matter, task.case)


def keep_answer(task: Task, connection: Connection, answer: Answer) -> Entry:
    """The record that an answer carries becomes a document of the case."""
    found, salt = sign_as_hub(task.hub, answer, origin(task))
    return keep(task, connection, found, raw=answer.raw, salt=salt)


def origin(task: Task) -> Origin:
    """Where a record that the item's system gave comes from."""
    return Origin(
        kind=task.operation.gives,
        issuer="",
        provider=task.item.unit,
        custody="hub",
        source=task.system.name,
        as_of=task.hub.clock(),
    )


def keep(
    task: Task,
    connection: Connection,
    found: Document,
    *,
    raw: bytes,
    salt: bytes,
    name: str = "",
) -> Entry:
    """Store a document under ``name``, or the name that the item gives it.

    A unit's document that has come before (to this case or to another) is stored already.
    """
    hub = task.hub
    known = document_rows.get(connection, found.id)
    if known is not None and known.digest != document.digest(found.token):
        raise Rejected("document.wrong", unit=task.item.unit, field="id")
    if known is None:
        hub.archive.put(connection, found, raw=raw, salt=salt, bucket=task.bucket, now=hub.clock())
    file_document(connection, task.matter, task.case, name or task.item.gives, found)
    return document_entry(found, task.case)


def file_document(
    connection: Connection, matter: Matter, case_id: str, name: str, found: Document
) -> None:
    """Put a document into its case; legal periods that it starts begin to run."""
    case_rows.add_document(connection, case_id, name, found.id)
    for item in matter.items.values():
        first, _, path = item.legal_from.partition("/")
        begins = found.fields.get(f"/{path}")
        if item.legal is not None and first == name and isinstance(begins, str):
            due = item.legal.after(date.fromisoformat(begins)).isoformat()
            case_rows.set_item(connection, case_id, item.name, {"due_at": due})


def sign_as_hub(hub: Hub, answer: Answer, origin: Origin) -> tuple[Document, bytes]:
    """What the hub read, signed by the hub as read (custody ``hub``), and its digest's salt."""
    salt = os.urandom(16)
    now = hub.clock()
    full = replace(
        origin,
        issuer=hub.site.unit,
        custody="hub",
        as_of=answer.as_of or now,
        raw_digest=document.raw_digest(answer.raw, salt),
        mapping_digest=answer.mapping_digest,
    )
    token = document.issue(answer.record or {}, full, hub.signer, now=now)
    return hub.archive.verify(token), salt


def document_entry(found: Document, case_id: str) -> Entry:
    """The ledger's word that this document came in, and in whose custody it was signed."""
    origin = found.origin
    details = {
        "document_kind": origin.kind,
        "digest": document.digest(found.token),
        "provider": origin.provider,
        "custody": origin.custody,
        "source": origin.source,
        "as_of": times.stamp(origin.as_of),
        "raw_digest": origin.raw_digest,
        "mapping_digest": origin.mapping_digest,
    }
    return Entry("document", found.id, case_id, details)


def ended(hub: Hub, connection: Connection, matter: Matter, case_id: str) -> list[Entry]:
    """Free or block what waited, and close the case when nothing is left to do."""
    now = times.stamp(hub.clock())
    case_rows.lock_case(connection, case_id)
    states = {row.item: row.state for row in case_rows.items(connection, case_id)}
    moved = case.advance(matter.steps, states)
    for name, state in moved.items():
        values = {"state": state, "next_at": now, "updated_at": now}
        case_rows.set_item(connection, case_id, name, values)
    verdict = case.verdict((states | moved).values())
    if verdict == "open":
        return []
    case_rows.close_case(connection, case_id, verdict, now)
    return [Entry("case-closed", case_id, case_id, {"state": verdict})]
