"""What two operators have decided about keys and authorities, read off the ledger.

The ledger itself is the record: each change is one entry that holds the signed statements of both
people, and counts only if both are genuine and about exactly this. So nobody who can write the
database, and has no operator's key, can let a key in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from exchange.errors import Forbidden, Problem
from exchange.ledger import Entry
from exchange.revocation import Withdrawal
from exchange.store import ledger_rows
from exchange.store.engine import Connection
from zhida import two_people
from zhida.site import Site
from zhida.two_people import Change

KIND, REF = "key", "keys"
"""Of the entries in the ledger; all of them are about one thing, so that they are found at once."""
IMPORT, ROTATE, WITHDRAW = "key-import", "key-rotate", "key-revoke"
ADD, REMOVE = "trust-add", "trust-remove"
DOES = (IMPORT, ROTATE, WITHDRAW, ADD, REMOVE)


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
    return two_people.entry(site, tokens, KIND, REF)


def read(site: Site, connection: Connection) -> Book:
    """The book as it is in this transaction."""
    changes: list[Change] = []
    problems: list[Problem] = []
    for row in ledger_rows.entries_of(connection, KIND, REF):
        try:
            changes.append(_once(changes, two_people.decided(site, row.body, DOES)))
        except two_people.NOT_GENUINE as error:
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
