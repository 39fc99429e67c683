"""Bodies of the ledger go: what two people decided is said in the ledger, and then done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from crypto.suites import suite
from exchange import pruning, times
from exchange.errors import Rejected
from exchange.pruning import SPAN, Order
from exchange.store import ledger_rows
from exchange.store.engine import Connection
from zhida import ledger_holds, ledger_pruning, proposal_read, two_people
from zhida.hub import Hub
from zhida.site import Site


def run(hub: Hub, start: str, told: Callable[[int], None]) -> int:
    """Let go what the two people decided; how many bodies went. ``told``: how many so far.

    First everything is said in the ledger, then it goes. Safe to repeat after whatever stopped it.
    """
    decided, digest = order(hub, start), suite(hub.site.suite).digest
    held = partial(_held, hub)
    gone = pruning.carry_out(hub.store, decided.proposal, held)
    with hub.store.read() as connection:
        size = ledger_rows.size_before(
            connection, ledger_pruning.midnight(date.fromisoformat(decided.before))
        )
    said = gone
    for first in range(0, size, SPAN):
        said += pruning.announce(hub.ledger, (first, min(first + SPAN, size) - 1), decided, digest)
        told(said)
    return gone + pruning.carry_out(hub.store, decided.proposal, held)


def _held(hub: Hub, connection: Connection) -> frozenset[str]:
    """``Fatal`` if a hold that this machine has seen is hidden."""
    hub.trust.require(connection)
    return ledger_holds.held(hub.site, connection)


def order(hub: Hub, start: str) -> Order:
    """``Rejected`` unless two people agreed to it, not long ago."""
    row = proposal_read.find(hub.store, start)
    if row.action != ledger_pruning.PRUNE or row.state != "approved":
        raise Rejected("prune.not-decided", proposal=row.id)
    tokens = (row.proposed_token, row.decided_token)
    first, second = two_people.statements(hub.site, tokens)
    now = hub.clock()
    if now > times.instant(second.at) + ledger_pruning.GOOD_FOR:
        raise Rejected("prune.too-old", proposal=row.id, days=ledger_pruning.GOOD_FOR.days)
    before, today = str(first.target["item"]), times.civil_day(now)
    with hub.store.read() as connection:
        hub.trust.require(connection)
        found = ledger_pruning.rule(
            hub.site, connection, ledger_pruning.day_of(before, today), today
        )
    told: dict[str, Any] = {"proposal": row.id, "reason": first.reason, "tokens": list(tokens)}
    told |= {"operators": [first.operator, second.operator], "kept_for": _kept_for(hub.site)}
    return Order(row.id, before, found, told)


def _kept_for(site: Site) -> dict[str, str]:
    """Matter → its period as it stands now, so that a reader sees by which rule it went."""
    return {name: f"{m.retention.count} {m.retention.unit}" for name, m in site.matters.items()}
