"""Two people: one proposes and signs, another decides; what is decided happens with the decision.

A proposal is about an item exactly as its proposer saw it. When the item has changed since, or
the proposal has waited too long, it is void and is never executed. Nobody decides on a proposal
of his own, under whatever name: the keys of the two must differ.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from exchange import canonical, times
from exchange.document import new_id
from exchange.errors import Forbidden, Rejected
from exchange.ledger import Entry
from exchange.store import case_rows, proposal_rows
from exchange.store.engine import Connection
from exchange.store.proposal_rows import ProposalRow
from zhida import (
    cancelling,
    decisions,
    key_book,
    key_changes,
    operators,
    proposed,
    task,
    trust,
    vault_book,
)
from zhida.cancelling import CANCEL, Words
from zhida.decisions import Decision, Target
from zhida.hub import Hub
from zhida.operators import Signatory, needed_reason
from zhida.proposal_read import find, verified, why_void
from zhida.proposed import Said
from zhida.replay import UNKNOWABLE
from zhida.site import Site


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody proposes: an action of ``zhida.decisions``, about an item, and why."""

    action: str
    case: str
    item: str
    reason: str
    reference: str = ""


def propose(hub: Hub, who: Signatory, wish: Wish) -> ProposalRow:
    """Sign and store a proposal. ``Rejected`` if it makes no sense for this item."""
    _require_good(hub, who)
    with hub.store.read() as connection:
        seen = _target(hub, connection, wish)
    _require_sense(hub, wish, seen)
    row = _signed(hub, who, wish, seen)

    def write(connection: Connection) -> list[Entry]:
        if _target(hub, connection, wish) != seen:
            raise Rejected("replay.changed", case=wish.case, item=wish.item)
        proposal_rows.put(connection, row)
        details = {"item": wish.item, "action": wish.action, "operator": row.proposed_by}
        return [Entry("proposal", row.id, wish.case, {**details, "token": row.proposed_token})]

    hub.ledger.commit(write)
    return row


def approve(hub: Hub, who: Signatory, start: str, *, reason: str = "") -> ProposalRow:
    """Decide that it is to be, and do it, in one transaction. Gives the proposal as it was.

    ``Forbidden`` to who proposed it and when the first signature is not genuine; ``Rejected`` if
    it is void (and says so in the ledger) or not open any more.
    """
    row, seen = _decidable(hub, who, start)
    token = _sign(hub, who, row, "approve", reason)
    does, now = _deed(hub, row, seen, (row.proposed_token, token)), hub.clock()

    def write(connection: Connection) -> list[Entry]:
        case_rows.lock_case(connection, seen["case"])
        if not proposed.is_unchanged(hub.site, connection, row.action, seen):
            raise Rejected("proposal.stale", proposal=row.id, item=seen["item"])
        entry = _settle(connection, row, "approved", who=who, token=token, now=now)
        return [entry, *does(connection)]

    hub.ledger.commit(write)
    return row


def reject(hub: Hub, who: Signatory, start: str, *, reason: str) -> ProposalRow:
    """Decide that it is not to be; the item stays parked."""
    row, _ = _decidable(hub, who, start)
    token = _sign(hub, who, row, "reject", needed_reason(reason))
    now = hub.clock()
    hub.ledger.commit(
        lambda c: [_settle(c, row, "rejected", who=who, token=token, now=now)],
    )
    return row


def _deed(
    hub: Hub, row: ProposalRow, seen: Target, tokens: tuple[str, str]
) -> Callable[[Connection], list[Entry]]:
    """What is done in the transaction of the decision."""
    if row.action == CANCEL:
        words = Words(row.proposed_by, row.reason, tokens)
        return lambda c: cancelling.carry_out(hub, c, str(seen["case"]), words)
    about = (row.action, str(seen["item"]))
    if (deed := proposed.deed(hub, *about, Said(row.id, tokens))) is not None:
        return deed
    begun = task.begin(hub, seen["item"], seen["case"])
    sealed = seen.get("reference", "")
    reference = decisions.open_reference(begun, sealed, row.id) if sealed else ""
    decision = Decision(begun, row.action, hub.clock(), tokens, reference)
    return lambda c: decisions.carry_out(c, decision)


def _target(hub: Hub, connection: Connection, wish: Wish) -> Target:
    return proposed.target(hub.site, connection, wish.action, case=wish.case, item=wish.item)


def _require_sense(hub: Hub, wish: Wish, seen: Target) -> None:
    if wish.action in key_book.DOES:
        with hub.store.read() as connection:
            key_changes.require(hub, connection, wish.action, wish.item)
    if wish.action in vault_book.DOES:
        with hub.store.read() as connection:
            vault_book.require(hub, connection, wish.action, wish.item)
    if wish.action in proposed.OF_TWO:
        return
    if seen["code"] not in UNKNOWABLE:
        raise Rejected("proposal.one-is-enough", item=wish.item)
    if wish.action == decisions.FOUND_APPLIED and "effect" not in seen:
        raise Rejected("proposal.nothing-sent", item=wish.item)
    if wish.action == decisions.REPLAY:
        begun = task.begin(hub, wish.item, wish.case)
        with hub.store.read() as connection:
            decisions.require_no_doubt(connection, begun, seen.get("effect", ""))


def _signed(hub: Hub, who: Signatory, wish: Wish, seen: Target) -> ProposalRow:
    now, identifier, about = hub.clock(), new_id(), dict(seen)
    if wish.reference:
        begun = task.begin(hub, wish.item, wish.case)
        about["reference"] = decisions.seal_reference(begun, wish.reference, identifier)
    reason = needed_reason(wish.reason)
    token = who.sign(wish.action, about, reason=reason, now=now, nonce=identifier)
    return ProposalRow(
        id=identifier,
        action=wish.action,
        target=canonical.dumps(about).decode(),
        reason=reason,
        proposed_by=who.operator.name,
        proposed_at=times.stamp(now),
        proposed_token=token,
    )


def _decidable(hub: Hub, who: Signatory, start: str) -> tuple[ProposalRow, Target]:
    """An open proposal of somebody else, genuine and not void."""
    _require_good(hub, who)
    row = find(hub.store, start)
    if row.state != "open":
        raise Rejected("proposal.not-open", proposal=row.id, state=row.state)
    seen = verified(hub.site, row)
    _require_another(hub.site, row, who)
    with hub.store.read() as connection:
        void = why_void(hub.site, connection, row, hub.clock())
    if void:
        _declare_void(hub, row, void)
        raise Rejected(void, proposal=row.id, item=seen["item"])
    return row, seen


def _require_good(hub: Hub, who: Signatory) -> None:
    known = hub.trust.now().revocations
    operators.require_unrevoked(hub.site, who.operator, known, hub.clock())


def _require_another(site: Site, row: ProposalRow, who: Signatory) -> None:
    first = operators.known(site, row.proposed_by)
    same_key = trust.operator_certificate(site, first).public_key == who.key.public
    if first.name == who.operator.name or same_key:
        raise Forbidden("proposal.same-person", proposal=row.id, operator=who.operator.name)


def _sign(hub: Hub, who: Signatory, row: ProposalRow, verdict: str, reason: str) -> str:
    about = {"proposal": row.id, "action": row.action, "target": row.target}
    return who.sign(verdict, about, reason=reason, now=hub.clock())


def _settle(
    connection: Connection,
    row: ProposalRow,
    state: str,
    *,
    who: Signatory,
    token: str,
    now: datetime,
) -> Entry:
    decided = {"decided_by": who.operator.name, "decided_at": times.stamp(now)}
    if not proposal_rows.settle(connection, row.id, state=state, decided_token=token, **decided):
        raise Rejected("proposal.not-open", proposal=row.id, state="-")
    seen = canonical.loads(row.target.encode())
    details = {"item": seen["item"], "action": row.action, "state": state}
    details |= {"operator": who.operator.name, "token": token}
    return Entry("decision", row.id, seen["case"], details)


def _declare_void(hub: Hub, row: ProposalRow, code: str) -> None:
    seen = canonical.loads(row.target.encode())
    details = {"item": seen["item"], "action": row.action, "state": "void", "code": code}
    at = times.stamp(hub.clock())

    def write(connection: Connection) -> list[Entry]:
        if not proposal_rows.settle(connection, row.id, state="void", decided_at=at):
            return []
        return [Entry("decision", row.id, seen["case"], details)]

    hub.ledger.commit(write)
