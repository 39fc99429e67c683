"""What a proposal is about, as it was seen: an item that is parked, a case that is to be cancelled, an award."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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

Deed = Callable[[Connection], list[Entry]]


@dataclass(frozen=True, slots=True)
class Said:
    """A proposal's number, and the statements of both people."""

    proposal: str
    tokens: tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Kind:
    """How actions are seen and done that are about no item of a case."""

    target: Callable[[Site, Connection, str, str], Target]
    """Action and item → what the proposal is about."""
    deed: Callable[[Hub, str, str, Said], Deed]


_GRANT = _Kind(
    lambda _, connection, action, item: grant_decisions.target(connection, action, item),
    lambda hub, action, item, _: grant_decisions.deed(hub, action, item),
)
_KEY = _Kind(
    lambda _, connection, action, item: key_changes.target(connection, action, item),
    lambda hub, action, item, said: key_changes.deed(hub, action, item, said.tokens),
)
_VAULT = _Kind(
    vault_book.target,
    lambda hub, action, item, said: vault_book.deed(hub, action, item, said.tokens),
)
_LETTER = _Kind(
    lambda _, connection, __, item: finance_revoking.target(connection, item),
    lambda hub, _, item, said: finance_revoking.deed(hub, item, said.proposal),
)
_HOLD = _Kind(
    lambda site, connection, _, item: ledger_holds.target(site, connection, item),
    lambda hub, _, __, said: ledger_holds.deed(hub.site, said.tokens),
)
_PRUNE = _Kind(
    lambda _, __, ___, day: ledger_pruning.target(day),
    lambda *_: lambda __: [],  # it takes long, and is run by its own command
)
_KINDS: Mapping[str, _Kind] = {
    **dict.fromkeys(grant_decisions.DOES, _GRANT),
    **dict.fromkeys(key_book.DOES, _KEY),
    **dict.fromkeys(vault_book.DOES, _VAULT),
    finance_revoking.REVOKE: _LETTER,
    ledger_holds.RELEASE: _HOLD,
    ledger_pruning.PRUNE: _PRUNE,
}
OF_TWO = (decisions.GIVE_UP, CANCEL, *_KINDS)
"""Actions that always take two people."""


def deed(hub: Hub, action: str, item: str, said: Said) -> Deed | None:
    """What is done of an action that is about no item of a case; None: it is about one."""
    kind = _KINDS.get(action)
    return kind.deed(hub, action, item, said) if kind else None


def target(site: Site, connection: Connection, action: str, *, case: str, item: str) -> Target:
    """As it is now. ``Rejected`` if there is nothing to propose of it."""
    if action == CANCEL:
        return cancelling.target(site, connection, case)
    if action in _KINDS:
        return _KINDS[action].target(site, connection, action, item)
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
