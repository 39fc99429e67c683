"""Ask a unit for a document: with no more identifiers than needed, agreed both ways, recorded."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial

from exchange import times, transfer, versions, withheld
from exchange.agreement import Flow, permit
from exchange.bookkeeping import Order, note_health, remark, set_item_seen
from exchange.circuit import pause
from exchange.document import Document
from exchange.due import poll_pause
from exchange.errors import Forbidden, Invalid, Rejected
from exchange.ledger import Entry
from exchange.outcome import Outcome, of_acting, of_invalid
from exchange.ports import Answer
from exchange.store import case_rows, delivery_rows
from exchange.store.case_rows import ItemRow
from exchange.store.engine import Connection
from exchange.transfer import Transfer
from zhida import progress, renumbering
from zhida.filing import Found
from zhida.task import Task


def ask(task: Task, seen: ItemRow) -> Outcome:
    """Ask once. ``Forbidden`` if either direction lacks its agreement: nothing left then.

    ``Retriable("delivery.overtaken")`` if the item is not as it was ``seen`` any more.
    """
    _require_a_reader(task)
    questions = _questions(task)
    where = (task.case, task.row, task.system.name)
    order = Order(*where, task.operation, questions, "", may_leave=lambda _: False)
    end = partial(_end, task, order, seen)
    try:
        with withheld.told(questions):
            prepared = task.adapter.prepare(task.operation.name, order.inputs, "")
    except Invalid as error:
        return end(of_invalid(error), None)
    task.hub.ledger.commit(lambda c: _note(task, c, questions.values()))
    outcome = of_acting(lambda: task.adapter.fetch(prepared), lost="ready")
    if outcome.answer is not None and outcome.answer.waiting:
        return end(_while_waiting(task, outcome, questions), None)
    if outcome.answer is None:
        return end(outcome, None)
    try:
        return end(outcome, _document(task, outcome.answer, questions))
    except (Rejected, Forbidden) as error:
        return end(Outcome("parked", error.code, error.facts), None)


def _require_a_reader(task: Task) -> None:
    """The answer's way: somebody in this matter must be allowed to get such a document."""
    hub, kind = task.hub, task.operation.gives
    looked_at = f"/{task.item.gives}/"
    readers = [
        item.unit
        for item in task.matter.items.values()
        if kind in hub.declared(item).needs.values()
        or any(path.startswith(looked_at) for path in item.lanes.paths)
    ]
    if any(opening.is_filed for opening in task.matter.opens_on):
        readers.append(hub.site.unit)  # it decides on the answer, and files what it decided
    if task.item.unit in readers:  # its own word, back to it
        return
    refusals: list[Forbidden] = []
    for unit in readers:
        flow = Flow(task.item.unit, unit, kind, task.matter.purpose)
        try:
            permit(hub.site.agreements, flow, times.civil_day(hub.clock()))
        except Forbidden as refusal:
            refusals.append(refusal)
    if len(refusals) == len(readers):
        first: Forbidden = (refusals or [Forbidden("query.nobody-needs-it", document=kind)])[0]
        raise first


def _questions(task: Task) -> dict[str, Transfer]:
    """The question's way: of each document only what identifies the thing, or is demanded to ask."""
    known = task.documents()
    return {
        name: transfer.plan(
            known[kind],
            task.hub.site.agreements,
            receiver=task.item.unit,
            purpose=task.matter.purpose,
            now=task.hub.clock(),
            only=task.asked(name),
        )
        for name, kind in task.operation.needs.items()
    }


def _note(task: Task, connection: Connection, moved: Iterable[Transfer]) -> list[Entry]:
    where = {"case": task.case, "item": task.row, "effect": ""}
    rows = [transfer.row(t, now=task.hub.clock(), **where) for t in moved]
    delivery_rows.add_transfers(connection, rows)
    return [transfer.note(t, kind="query", **where) for t in moved]


def _document(task: Task, answer: Answer, questions: dict[str, Transfer]) -> tuple[Document, bytes]:
    """The document that came, if it is about what was asked for."""
    found, salt = _signed(task, answer)
    for path in _differing(task, found, questions):
        raise Rejected("document.wrong", unit=task.item.unit, field=path)
    return found, salt


def _differing(task: Task, found: Document, questions: Mapping[str, Transfer]) -> Iterator[str]:
    """The fields in which a document is about something else than what was asked for."""
    for name, question in questions.items():
        identity = set(task.identifiers(name))
        for path, value in question.disclosed.items():
            if path in identity and not renumbering.is_about(task.hub, found, path, value):
                yield path


def _while_waiting(task: Task, outcome: Outcome, questions: Mapping[str, Transfer]) -> Outcome:
    """It may have come by itself meanwhile: its unit announced it, and the case has it. What was taken
    back since is for a person.
    """
    name, unit = task.item.gives, task.item.unit
    with task.hub.store.read() as connection:
        there = case_rows.documents(connection, task.case)
    if f"{name}{versions.REVOKED}" in there:
        return Outcome("parked", "document.revoked")
    found = task.hub.archive.get(there[name]) if name in there else None
    if found and _is_from(task, found) and not any(_differing(task, found, questions)):
        return Outcome("applied")
    return replace(outcome, code="query.not-yet", facts={"unit": unit})


def _signed(task: Task, answer: Answer) -> tuple[Document, bytes]:
    """Signed by its unit already, or read by the hub and signed by the hub as read."""
    if not answer.signed:
        return progress.sign_as_hub(task.hub, answer, progress.origin(task))
    found = task.hub.archive.verify(answer.signed)
    if not _is_from(task, found):
        raise Rejected("document.wrong", unit=task.item.unit, field="iss, custody, kind")
    return found, os.urandom(16)


def _is_from(task: Task, found: Document) -> bool:
    """Signed by the item's unit itself, and of the kind that it gives."""
    told = (found.origin.issuer, found.origin.provider, found.origin.custody, found.origin.kind)
    return told == (task.item.unit, task.item.unit, "unit", task.operation.gives)


def _end(
    task: Task,
    order: Order,
    seen: ItemRow,
    outcome: Outcome,
    found: tuple[Document, bytes] | None,
) -> Outcome:
    hub = task.hub
    now = hub.clock()
    waits = {"stored": poll_pause(now - task.opened_at), "ready": pause(1)}
    wait = waits.get(outcome.state, timedelta(0))

    def write(connection: Connection) -> list[Entry]:
        note_health(connection, order.system, outcome, now)
        set_item_seen(connection, order, outcome, seen=seen, effect="", now=now, next_at=now + wait)
        entries = remark(order, order.item, outcome)
        if found is not None and outcome.answer is not None:
            document, salt = found
            raw = outcome.answer.raw
            entries += progress.keep(task, connection, Found(document, raw, salt))
        return entries + progress.ended(hub, connection, task.matter, task.case)

    hub.ledger.commit(write)
    return outcome
