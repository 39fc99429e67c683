"""A read of ``zhida system call`` made for real: under an agreement, within hours and rate, signed.

A live system is asked about somebody, so the same holds as in a case: what the agreement does not
name stays here, only what identifies the thing travels, and somebody must be allowed to get the
answer. The ledger has it before it leaves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from exchange import limits, times
from exchange.agreement import Agreement, Flow, permit, split
from exchange.errors import Forbidden, Invalid, Retriable
from exchange.ledger import Entry
from exchange.names import nearest
from exchange.pointer import flatten, nest
from exchange.ports import Answer, Operation, Prepared
from exchange.store.engine import Connection
from zhida import legs
from zhida.hub import Hub
from zhida.operators import Signatory, needed_reason
from zhida.pace import PATIENCE, Permits, Slots
from zhida.site import System
from zhida.system_call import EFFECT_KEY, find, refuse_effect


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, with which inputs, and the agreements by which they may travel."""

    operation: str
    inputs: Mapping[str, Any]
    agreements: Sequence[str]


def read(
    hub: Hub, who: Signatory, system: System, question: Question, *, reason: str
) -> tuple[Prepared, Answer]:
    """Ask for real: what was sent, and what came. ``Forbidden`` without an agreement, outside its
    hours, or while it is stopped; ``Retriable call.busy`` while it has no slot or permit free.
    """
    adapter = hub.adapter(system)
    refuse_effect(adapter, question.operation, rehearsal=False)
    told = {"system": system.name, "operation": question.operation}
    operation, why = find(adapter, question.operation), needed_reason(reason)
    if not operation.gives:
        raise Invalid("call.no-gives", operation=operation.name)
    allowed = _allowed(hub, system, operation, question.agreements)
    inputs = {n: _cut(r, n, allowed[n], operation) for n, r in question.inputs.items()}
    message = adapter.prepare(operation.name, inputs, EFFECT_KEY)
    moved = {"agreements": {n: _named(a, inputs[n]) for n, a in allowed.items()}}
    token = who.sign("call", told, reason=why, now=hub.clock())

    def write(connection: Connection) -> list[Entry]:
        _refuse_closed(hub, connection, system)
        details = {**told, **moved, "operator": who.operator.name, "token": token}
        return [Entry("call", system.name, details=details)]

    with _pace(hub, system):
        hub.ledger.commit(write)
        return message, adapter.fetch(message)


def _allowed(
    hub: Hub, system: System, operation: Operation, chosen: Sequence[str]
) -> dict[str, Agreement]:
    """Input → the agreement in force under which it travels to the system's unit."""
    known = {each.id: each for each in hub.site.agreements}
    for name in chosen:
        if name not in known:
            raise Forbidden("call.no-agreement", agreement=name, nearest=nearest(name, known))
    day, found = times.civil_day(hub.clock()), {}
    for name, kind in operation.needs.items():
        fit = [a for a in map(known.get, chosen) if a and _leads(a, system.unit, kind)]
        if not fit:
            facts = {"operation": operation.name, "receiver": system.unit, "document": kind}
            raise Forbidden("call.agreement", **facts)
        flow = Flow(fit[0].provider, system.unit, kind, fit[0].purpose)
        found[name] = permit(fit[:1], flow, day)
    _require_a_reader(hub, system, operation, {known[each].purpose for each in chosen})
    return found


def _leads(agreement: Agreement, unit: str, kind: str) -> bool:
    return (agreement.receiver, agreement.document) == (unit, kind)


def _require_a_reader(hub: Hub, system: System, operation: Operation, purposes: set[str]) -> None:
    """The answer's way: for the same purpose somebody may get such a document from this unit."""
    day = times.civil_day(hub.clock())
    for each in hub.site.agreements:
        way = (each.provider, each.document) == (system.unit, operation.gives)
        if way and each.purpose in purposes and each.valid_from <= day <= each.valid_until:
            return
    raise Forbidden("call.no-reader", unit=system.unit, document=operation.gives)


def _cut(record: Any, name: str, agreement: Agreement, operation: Operation) -> dict[str, Any]:
    """Of a record what the agreement names and the question needs."""
    asked = {path for path in operation.identity if path.startswith(f"{name}/")}
    fields, _ = split(flatten(record), agreement)
    left = {path: value for path, value in fields.items() if f"{name}{path}" in asked}
    if not left:
        flow = Flow(agreement.provider, agreement.receiver, agreement.document, agreement.purpose)
        raise Forbidden("agreement.no-field", agreement=agreement.id, **flow.facts())
    return nest(left)


def _named(agreement: Agreement, record: Mapping[str, Any]) -> dict[str, Any]:
    """For the ledger: which agreement, as it read then, and which fields went; no value."""
    told = {"agreement": agreement.id, "agreement_digest": agreement.digest()}
    return told | {"purpose": agreement.purpose, "disclosed": sorted(flatten(record))}


def _refuse_closed(hub: Hub, connection: Connection, system: System) -> None:
    if legs.mode(connection, system) == legs.STOPPED:
        raise Forbidden("call.stopped", system=system.name)
    if not limits.is_open(system.windows, hub.clock()):
        raise Forbidden("call.closed", system=system.name)


@contextmanager
def _pace(hub: Hub, system: System) -> Iterator[None]:
    """A slot and a permit, as for any call of a case."""
    with hub.store.read() as connection:
        _refuse_closed(hub, connection, system)
    with Slots(hub.locks, system).hold() as held:
        if not held or not Permits(hub.store, system, hub.clock).take(1, patience=PATIENCE):
            raise Retriable("call.busy", system=system.name)
        yield
