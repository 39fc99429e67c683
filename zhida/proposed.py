"""What a proposal is about, as it was seen: an item that is parked, a case that is to be cancelled, an award."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from exchange.errors import Rejected
from exchange.ledger import Entry
from exchange.store.engine import Connection
from zhida import (
    cancelling,
    decisions,
    finance_revoking,
    grant_decisions,
    key_book,
    key_changes,
    ledger_holds,
    ledger_pruning,
    vault_book,
)
from zhida.cancelling import CANCEL
from zhida.decisions import Target
from zhida.hub import Hub
from zhida.site import Site

OF_TWO = (
    decisions.GIVE_UP,
    CANCEL,
    finance_revoking.REVOKE,
    *grant_decisions.DOES,
    *key_book.DOES,
    ledger_holds.RELEASE,
    ledger_pruning.PRUNE,
    *vault_book.DOES,
)
"""Actions that always take two people."""
_OF_LEDGER: Mapping[str, Callable[[Connection, str], Target]] = {
    ledger_holds.RELEASE: ledger_holds.target,
    ledger_pruning.PRUNE: lambda _, day: ledger_pruning.target(day),
}


def deed(
    hub: Hub, action: str, item: str, *, proposal: str, tokens: tuple[str, str]
) -> Callable[[Connection], list[Entry]] | None:
    """What is done of an action that is about no item of a case; None: it is about one."""
    if action in key_book.DOES:
        return key_changes.deed(hub, action, item, tokens)
    if action in vault_book.DOES:
        return vault_book.deed(hub, action, item, tokens)
    if action in grant_decisions.DOES:
        return grant_decisions.deed(hub, action, item)
    if action == finance_revoking.REVOKE:
        return finance_revoking.deed(hub, item, proposal)
    if action == ledger_holds.RELEASE:
        return ledger_holds.deed(hub.site, tokens)
    if action == ledger_pruning.PRUNE:  # it takes long, and is run by its own command
        return lambda _: []
    return None


def target(site: Site, connection: Connection, action: str, *, case: str, item: str) -> Target:
    """As it is now. ``Rejected`` if there is nothing to propose of it."""
    if action == CANCEL:
        return cancelling.target(site, connection, case)
    if action in grant_decisions.DOES:
        return grant_decisions.target(connection, action, item)
    if action in key_book.DOES:
        return key_changes.target(connection, action, item)
    if action in vault_book.DOES:
        return vault_book.target(site, connection, action, item)
    if action == finance_revoking.REVOKE:
        return finance_revoking.target(connection, item)
    if action in _OF_LEDGER:
        return _OF_LEDGER[action](connection, item)
    return decisions.target(connection, case, item)


def is_unchanged(
    site: Site, connection: Connection, action: str, proposed: Mapping[str, Any]
) -> bool:
    """Is it still as its proposer saw it? (Of a case: has nothing else irreversible left?)

    Who means to act on it holds the case's lock: else it is so no longer a moment later.
    """
    which = {"case": proposed["case"], "item": proposed["item"]}
    try:
        now = target(site, connection, action, **which)
    except Rejected:
        return False
    return now == {name: value for name, value in proposed.items() if name != "reference"}
