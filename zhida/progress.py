"""What follows when an item of a case ends: documents kept, dependants freed, the case closed."""

from __future__ import annotations

import os
from dataclasses import replace

from exchange import case, corrections, document, times
from exchange.corrections import Scene
from exchange.document import Document, Origin
from exchange.ledger import Entry
from exchange.outcome import Outcome
from exchange.ports import Answer
from exchange.store import case_rows, clock_rows
from exchange.store.engine import Connection
from matters.matter import Matter
from zhida import filing
from zhida.filing import Folder, Found
from zhida.hub import Hub
from zhida.lane import Decider
from zhida.task import Task


def follow(task: Task, connection: Connection, outcome: Outcome) -> list[Entry]:
    """Everything that an outcome brings with it, in the transaction that writes the outcome."""
    entries: list[Entry] = []
    answer = outcome.answer
    if outcome.state == "applied" and answer is not None and answer.record and task.operation.gives:
        entries += keep_answer(task, connection, answer)
    return entries + ended(task.hub, connection, task.matter, task.case)


def keep_answer(task: Task, connection: Connection, answer: Answer) -> list[Entry]:
    """The record that an answer carries becomes a document of the case, or a newer version."""
    before = case_rows.documents(connection, task.case).get(task.item.gives, "")
    where = replace(origin(task), supersedes=before)
    found, salt = sign_as_hub(task.hub, answer, where)
    return keep(task, connection, Found(found, answer.raw, salt))


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


def keep(task: Task, connection: Connection, found: Found, name: str = "") -> list[Entry]:
    """File a document under ``name``, or the name that the item gives it."""
    folder = Folder(task.hub, task.matter, task.case, task.bucket)
    return filing.file(folder, connection, name or task.item.gives, found)


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


def ended(hub: Hub, connection: Connection, matter: Matter, case_id: str) -> list[Entry]:
    """Free or block what waited; close the case when nothing is left to do, or open it again."""
    now = times.stamp(hub.clock())
    case_rows.lock_case(connection, case_id)
    back = filing.taken_back(hub, matter, connection, case_id)
    scene = Scene(connection, case_id, hub.clock())
    entries = corrections.advance(scene, filing.dependants(matter), back)
    states = {row.item: row.state for row in case_rows.items(connection, case_id)}
    decide = Decider(hub, connection, matter, case_id)
    there = case_rows.documents(connection, case_id)
    moved = case.advance(matter.steps, states, there, decide)
    for name, state in moved.items():
        values = {"state": state, "next_at": now, "updated_at": now, **decide.values(name)}
        case_rows.set_item(connection, case_id, name, values)
    entries += decide.entries()
    return entries + _closed(connection, case_id, case.verdict((states | moved).values()), now)


def _closed(connection: Connection, case_id: str, verdict: str, now: str) -> list[Entry]:
    row = case_rows.get_case(connection, case_id)
    if row is None or row.state in (verdict, case.CANCELLED):
        return []
    if verdict == "open":
        case_rows.close_case(connection, case_id, "open", "")
        clock_rows.wake(connection, case_id, now[:10])
        return [Entry("case-reopened", case_id, case_id)]
    case_rows.close_case(connection, case_id, verdict, now)
    return [Entry("case-closed", case_id, case_id, {"state": verdict})]
