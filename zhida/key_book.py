"""What two operators have decided about keys and authorities, read off the ledger.

The ledger itself is the record: each change is one entry that holds the signed statements of both
people, and counts only if both are genuine and about exactly this. So nobody who can write the
database, and has no operator's key, can let a key in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from exchange import canonical, times
from exchange.errors import Fatal, Forbidden, Invalid, Problem
from exchange.ledger import Entry
from exchange.revocation import Withdrawal
from exchange.store import ledger_rows
from exchange.store.engine import Connection
from zhida import operators, two_people
from zhida.site import Site

KIND, REF = "key", "keys"
"""Of the entries in the ledger; all of them are about one thing, so that they are found at once."""
IMPORT, ROTATE, WITHDRAW = "key-import", "key-rotate", "key-revoke"
ADD, REMOVE = "trust-add", "trust-remove"
DOES = (IMPORT, ROTATE, WITHDRAW, ADD, REMOVE)


@dataclass(frozen=True, slots=True)
class Change:
    """One decision: ``item`` is a certificate's fingerprint, or the ``kid`` of a key."""

    action: str
    item: str
    at: datetime
    reason: str
    people: tuple[str, str]
    proposal: str


@dataclass(frozen=True, slots=True)
class Book:
    """All genuine changes in order, and what is wrong with the others."""

    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    imported: tuple[str, ...] = ()
    """Fingerprints of units' certificates."""
    anchors: tuple[str, ...] = ()
    """Fingerprints of authorities."""
    signing: tuple[str, ...] = ()
    """``kid`` of each key that the hub went over to, in order; empty: still the site's first."""
    withdrawn: Mapping[str, Withdrawal] = field(default_factory=dict)


def entry(site: Site, tokens: tuple[str, str]) -> Entry:
    """The ledger's entry of a change that two people have just decided: their own words."""
    first, second = (operators.verify(site, token) for token in tokens)
    told = {name: value for name, value in first.target.items() if name not in ("case", "code")}
    details = {**told, "action": first.action, "reason": first.reason, "since": second.at}
    return Entry(KIND, REF, details={**details, "tokens": list(tokens)})


def read(site: Site, connection: Connection) -> Book:
    """The book as it is in this transaction."""
    changes: list[Change] = []
    problems: list[Problem] = []
    for row in ledger_rows.entries_of(connection, KIND, REF):
        try:
            changes.append(_once(changes, _change(site, row.body)))
        except (Forbidden, Fatal, Invalid, KeyError, TypeError, ValueError) as error:
            reason = getattr(error, "code", "form")
            problems.append(Problem("key.not-genuine", {"seq": row.seq, "reason": reason}))
    return _book(changes, problems)


def _book(changes: list[Change], problems: list[Problem]) -> Book:
    def items(action: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.item for each in changes if each.action == action))

    anchors: dict[str, None] = {}
    for each in changes:
        if each.action == ADD:
            anchors[each.item] = None
        if each.action == REMOVE:
            anchors.pop(each.item, None)
    withdrawn = {
        each.item: Withdrawal(each.at, each.reason)
        for each in reversed(changes)  # the first day counts
        if each.action == WITHDRAW
    }
    return Book(
        tuple(changes),
        tuple(problems),
        imported=items(IMPORT),
        anchors=tuple(anchors),
        signing=items(ROTATE),
        withdrawn=withdrawn,
    )


def _once(before: list[Change], change: Change) -> Change:
    """``Forbidden`` if it stands there twice: a decision is good for one time."""
    if any(each.proposal == change.proposal for each in before):
        raise Forbidden("proposal.not-open", proposal=change.proposal, state="approved")
    return change


def _change(site: Site, body: bytes) -> Change:
    """``Forbidden`` unless two different people signed just this."""
    told = canonical.loads(body)
    first, second = two_people.decided(site, told["tokens"])
    seen = first.target
    stands = (told["action"], told["item"], told["reason"], told["since"])
    if stands != (first.action, seen["item"], first.reason, second.at) or first.action not in DOES:
        raise Forbidden("operator.forged", operator=first.operator)
    people = (first.operator, second.operator)
    at = times.instant(told["since"])
    return Change(first.action, seen["item"], at, first.reason, people, first.nonce)
