"""A unit asks for data that another has (共享申请): opened, answered within the clock, given by an agreement.

The ledger alone is the truth: a request is what its signed entries say, in their order. It gives nobody
anything. Data goes only when an agreement is in the site's files; then the request is closed by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from exchange import times
from exchange.agreement import Agreement
from exchange.document import new_id
from exchange.errors import Invalid, Rejected, Retriable
from exchange.ledger import Entry
from exchange.names import nearest
from exchange.store.engine import Connection
from zhida import catalogue_file, operators, sharing_clocks
from zhida.data_request import (
    ANSWERED,
    GIVEN,
    OPEN,
    OPENED,
    PENDING,
    PREFIX,
    Request,
    Wish,
    load,
    one,
)
from zhida.hub import Hub
from zhida.operators import Signatory


def ask(hub: Hub, who: Signatory, wish: Wish) -> Request:
    """Open a request, signed by the operator to whom the unit gave it. ``Invalid`` tells every mistake."""
    operators.checked_reason(wish.basis)
    share = catalogue_file.load(hub.site).of(wish.document, wish.provider).share
    name = sharing_clocks.UNCONDITIONAL if share == "unconditional" else sharing_clocks.CONDITIONAL
    about = {n: getattr(wish, n) for n in ("document", "provider", "receiver", "purpose", "basis")}
    told = {**about, "fields": sorted(wish.fields), "clock": name}
    return _write(hub, who, new_id(), kind=OPENED, told=told, may=lambda known: _new(known, wish))


def _new(known: Iterable[Request], wish: Wish) -> None:
    for each in known:
        if each.state in PENDING and _same(each.wish, wish):
            raise Rejected("request.open-already", request=each.id[:12])


def _same(one_: Wish, other: Wish) -> bool:
    names = ("document", "provider", "receiver", "purpose")
    return all(getattr(one_, name) == getattr(other, name) for name in names)


def answer(hub: Hub, who: Signatory, beginning: str, *, refused: str) -> Request:
    """The provider's answer: agreed, or refused with the reason that the law wants (empty: agreed)."""
    told = {"agreed": not refused, "reason": operators.checked_reason(refused)}
    told |= {} if refused else {"clock": sharing_clocks.PROVIDE}
    return _write(hub, who, beginning, kind=ANSWERED, told=told, may=_must_be(beginning, (OPEN,)))


def give(hub: Hub, who: Signatory, beginning: str, *, agreement: str) -> Request:
    """The agreement that gives what was asked for is in force: the request is closed by it."""
    with hub.store.read() as connection:
        wish = one(load(connection, hub.site), beginning).wish
    found = _fitting(hub, wish, agreement)
    told = {"agreement": found.id, "agreement_digest": found.digest()}
    may = _must_be(beginning, PENDING)
    return _write(hub, who, beginning, kind=GIVEN, told=told, may=may)


def _fitting(hub: Hub, wish: Wish, name: str) -> Agreement:
    """``Invalid`` for one that is not there, not in force, of others, or lacks a field."""
    known = {each.id: each for each in hub.site.agreements}
    if name not in known:
        raise Invalid("request.no-agreement", agreement=name[:80], nearest=nearest(name, known))
    found, today = known[name], times.civil_day(hub.clock())
    sides = ("document", "provider", "receiver", "purpose")
    lacks = [path for path in wish.fields if not found.covers(path)]
    wrong = [side for side in sides if getattr(found, side) != getattr(wish, side)]
    if not found.valid_from <= today <= found.valid_until:
        wrong.append("valid_until")
    if wrong or lacks:
        raise Invalid("request.other-agreement", agreement=name, lacks=", ".join(wrong + lacks))
    return found


May = Callable[[list[Request]], None]
"""Raises if the requests that there are do not let it."""


def _must_be(beginning: str, states: tuple[str, ...]) -> May:
    def may(known: list[Request]) -> None:
        found = one(known, beginning)
        if found.state not in states:
            raise Rejected("request.closed", request=found.id[:12], state=found.state)

    return may


def _write(
    hub: Hub, who: Signatory, beginning: str, *, kind: str, told: dict[str, Any], may: May
) -> Request:
    """One step of a request, signed, if ``may`` lets it: under a lock, so that two cannot both be first."""
    token = who.sign(kind, {"request": beginning, **told}, reason="", now=hub.clock())

    def write(connection: Connection) -> tuple[str, list[Entry]]:
        known = load(connection, hub.site)
        may(known)
        name = beginning if kind == OPENED else one(known, beginning).id
        signed = {**told, "operator": who.operator.name, "token": token}
        return name, [Entry(kind, PREFIX + name, details=signed)]

    with hub.locks.hold(PREFIX) as mine:
        if not mine:
            raise Retriable("request.busy")
        name = hub.ledger.decide(write)
    with hub.store.read() as connection:
        return one(load(connection, hub.site), name)
