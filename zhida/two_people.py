"""A decision of two people as one entry of the ledger, which is the decision itself.

It holds both signed statements, and counts only if both are genuine, of two people, and about exactly
this. So nobody who can write the database, and has no operator's key, can decide anything.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange import canonical, times
from exchange.errors import Fatal, Forbidden, Invalid
from exchange.ledger import Entry
from zhida import operators
from zhida.operators import Statement
from zhida.site import Site

NOT_GENUINE = (Forbidden, Fatal, Invalid, KeyError, TypeError, ValueError)
"""What ``decided`` raises of an entry that two people have not signed."""


@dataclass(frozen=True, slots=True)
class Change:
    """One decision: ``item`` is what it is about, as its proposal names it."""

    action: str
    item: str
    at: datetime
    reason: str
    people: tuple[str, str]
    proposal: str


def entry(site: Site, tokens: tuple[str, str], kind: str, ref: str) -> Entry:
    """The ledger's entry of what two people have just decided: their own words."""
    first, second = (operators.verify(site, token) for token in tokens)
    told = {name: value for name, value in first.target.items() if name not in ("case", "code")}
    details = {**told, "action": first.action, "reason": first.reason, "since": second.at}
    return Entry(kind, ref, details={**details, "tokens": list(tokens)})


def statements(site: Site, tokens: Sequence[str]) -> tuple[Statement, Statement]:
    """Who proposed and who agreed. ``Forbidden`` unless both are genuine, of different people, about one thing."""
    first, second = (operators.verify(site, token) for token in tokens)
    target = canonical.dumps(dict(first.target)).decode()
    about = {"proposal": first.nonce, "action": first.action, "target": target}
    if (second.action, dict(second.target)) != ("approve", about):
        raise Forbidden("operator.forged", operator=second.operator)
    if first.operator == second.operator:
        raise Forbidden("proposal.same-person", proposal=first.nonce, operator=first.operator)
    return first, second


def decided(site: Site, body: bytes, does: Container[str]) -> Change:
    """``Forbidden`` unless two different people signed just this, one of ``does``."""
    told = canonical.loads(body)
    first, second = statements(site, told["tokens"])
    item = first.target["item"]
    stands = (told["action"], told["item"], told["reason"], told["since"])
    if stands != (first.action, item, first.reason, second.at) or first.action not in does:
        raise Forbidden("operator.forged", operator=first.operator)
    people = (first.operator, second.operator)
    at = times.instant(told["since"])
    return Change(first.action, item, at, first.reason, people, first.nonce)
