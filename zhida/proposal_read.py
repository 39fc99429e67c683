"""Look at a proposal: which one, is its signature genuine, can it still be decided on?"""

from __future__ import annotations

from datetime import datetime, timedelta

from exchange import canonical, times
from exchange.errors import Forbidden, Rejected
from exchange.store import proposal_rows
from exchange.store.engine import Connection, Store
from exchange.store.proposal_rows import ProposalRow
from zhida import operators, proposed
from zhida.decisions import Target
from zhida.site import Site
from zhida.site_operators import OPERATE

SHORTEST = 4
"""Digits of a proposal's id that a person must write at least."""


def find(store: Store, start: str) -> ProposalRow:
    """The proposal of which ``start`` is the beginning of the id. ``Rejected`` unless it is one."""
    with store.read() as connection:
        rows = proposal_rows.beginning_with(connection, start) if len(start) >= SHORTEST else []
    if len(rows) != 1:
        raise Rejected("proposal.unknown", proposal=start, found=len(rows))
    return rows[0]


def why_void(site: Site, connection: Connection, row: ProposalRow, now: datetime) -> str:
    """The code for which an open proposal can't be decided on any more; empty if it can."""
    if now - times.instant(row.proposed_at) > timedelta(days=site.proposal_days):
        return "proposal.expired"
    seen = canonical.loads(row.target.encode())
    same = proposed.is_unchanged(site, connection, row.action, seen)
    return "" if same else "proposal.stale"


def verified(site: Site, row: ProposalRow) -> Target:
    """What was proposed, if an operator of this site signed just this. ``Forbidden`` if not."""
    told = operators.verify(site, row.proposed_token, role=OPERATE)
    stands = (row.action, row.target, row.reason, row.proposed_by, row.proposed_at, row.id)
    target = canonical.dumps(dict(told.target)).decode()
    if stands != (told.action, target, told.reason, told.operator, told.at, told.nonce):
        raise Forbidden("operator.forged", operator=row.proposed_by)
    return dict(told.target)
