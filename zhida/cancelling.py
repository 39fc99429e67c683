"""A case is cancelled: the guardian withdraws, or it was opened by mistake.

What has not begun ends as ``cancelled``. What is on its way is waited for, and is sent no second
time. What is done stays done: it is corrected like any other, and taken back by its unit or when
its source takes the facts back. Nobody hears of it but who asked: the reply is still written.
Where something irreversible has been done or is on its way, two people decide (``zhida.proposals``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from exchange import canonical, times
from exchange.case import CANCELLED, ENDED, MARK, root_of
from exchange.corrections import LEFT
from exchange.errors import Fact, Forbidden, Rejected
from exchange.ledger import Entry
from exchange.ports import Operation
from exchange.store import case_rows, delivery_rows
from exchange.store.case_rows import CaseRow, ItemRow
from exchange.store.engine import Connection
from matters.matter import Item, Matter
from zhida import definitions, hub, progress, result
from zhida.hub import Hub
from zhida.operators import Signatory, needed_reason
from zhida.site import Site

CANCEL = "cancel"
"""The action that operators sign."""
Target = dict[str, object]


@dataclass(frozen=True, slots=True)
class Effect:
    """What stays of a case: done, or on its way."""

    item: str
    state: str
    irreversible: bool
    revocable: bool
    """Its system can be told that the source takes the facts back; else its unit must act."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is written down of a cancellation: who signed it, and why."""

    operator: str
    reason: str
    tokens: tuple[str, ...]


def cancel(hub: Hub, who: Signatory, case: str, reason: str) -> list[Effect]:
    """Cancel it at once. What stays of it.

    ``Forbidden("cancel.two-people")`` if something irreversible has left, ``Rejected`` if it is over.
    """
    now, told = hub.clock(), needed_reason(reason)
    token = who.sign(CANCEL, {"case": case}, reason=told, now=now)
    words = Words(who.operator.name, told, (token,))

    def write(connection: Connection) -> tuple[list[Effect], list[Entry]]:
        case_rows.lock_case(connection, case)
        if target(hub.site, connection, case)["done"]:
            raise Forbidden("cancel.two-people", case=case)
        entries = carry_out(hub, connection, case, words)
        return stays(hub.site, connection, case), entries

    return hub.ledger.decide(write)


def target(site: Site, connection: Connection, case: str) -> Target:
    """The case as who proposes it sees it: another irreversible effect makes it another proposal.

    ``Rejected("cancel.over")`` unless it runs.
    """
    row = case_rows.get_case(connection, case)
    if row is None or row.state != "open":
        raise Rejected("cancel.over", case=case, state=row.state if row else "-")
    done = [each.item for each in stays(site, connection, case) if each.irreversible]
    return {"case": case, "item": "", "code": "", "done": sorted(done)}


def stays(site: Site, connection: Connection, case: str) -> list[Effect]:
    """Its effects that are done or may be, in the order of its rows."""
    row = case_rows.get_case(connection, case)
    if row is None:
        return []
    matter = definitions.of_row(site, connection, row)
    rows = [each for each in case_rows.items(connection, case) if MARK not in each.item]
    there = [each for each in rows if _has_left(connection, each)]
    return [_effect(site, matter, each) for each in there if not _tells(site, matter, each.item)]


def carry_out(hub: Hub, connection: Connection, case: str, words: Words) -> list[Entry]:
    """In the transaction of the decision, under the case's lock."""
    row = case_rows.get_case(connection, case)
    if row is None or row.state != "open":
        raise Rejected("cancel.over", case=case, state=row.state if row else "-")
    matter, at = definitions.of_row(hub.site, connection, row), times.stamp(hub.clock())
    ended = _not_begun(hub.site, connection, matter, row)
    facts: dict[str, Fact] = {"operator": words.operator, "reason": words.reason}
    values = {"state": CANCELLED, "code": "case.cancelled-by", "next_at": at, "updated_at": at}
    values["facts"] = canonical.dumps(dict(facts)).decode()
    for name in ended:
        case_rows.set_item(connection, case, name, values)
    case_rows.close_case(connection, case, CANCELLED, at)
    kept = [each.item for each in stays(hub.site, connection, case)]
    told = {"operator": words.operator, "items": ended, "stays": kept}
    entry = Entry("case-cancelled", case, case, told | {"tokens": list(words.tokens)})
    return [entry, *progress.ended(hub, connection, matter, case)]


def is_unwanted(connection: Connection, case: str) -> bool:
    """Has the case been cancelled?"""
    row = case_rows.get_case(connection, case)
    return row is not None and row.state == CANCELLED


def tellers(site: Site, matter: Matter) -> list[str]:
    """Items that tell what came of the case."""
    return [name for name in matter.items if _tells(site, matter, name)]


def _not_begun(site: Site, connection: Connection, matter: Matter, row: CaseRow) -> list[str]:
    """Nothing of them is at anybody's; who asked still hears what came of it."""
    there = case_rows.documents(connection, row.id)
    hears = {
        name for name in tellers(site, matter) if set(matter.items[name].awaits) <= there.keys()
    }
    return [
        each.item
        for each in case_rows.items(connection, row.id)
        if each.state not in ENDED
        and MARK not in each.item
        and each.item not in hears
        and not _has_left(connection, each)
    ]


def _has_left(connection: Connection, row: ItemRow) -> bool:
    sent = delivery_rows.get_delivery(connection, row.effect) if row.effect else None
    return sent is not None and sent.state in LEFT


def _effect(site: Site, matter: Matter, row: ItemRow) -> Effect:
    item = matter.items[root_of(row.item)]
    known = hub.declared(site.system_of(item))
    first = matter.items[item.stands_for] if item.stands_for else item
    for_ever = any(each.irreversible for each in _operations(site, (item, first)))
    revocable = any(each.revokes == item.operation for each in known.values())
    lasts = for_ever or item.irreversible or first.irreversible
    return Effect(row.item, row.state, lasts, revocable)


def _operations(site: Site, items: Iterable[Item]) -> list[Operation]:
    found = [hub.declared(site.system_of(each)).get(each.operation) for each in items]
    return [each for each in found if each is not None]


def _tells(site: Site, matter: Matter, name: str) -> bool:
    item = matter.items[root_of(name)]
    return any(result.KIND in each.needs.values() for each in _operations(site, (item,)))
