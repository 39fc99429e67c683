"""What a dispute was handed over with: found again, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from exchange.store import case_rows
from exchange.store.engine import Connection
from zhida import dispute_handing, grant_lists, own_filing
from zhida.dispute import Dispute
from zhida.hub import Hub
from zhida.mediation_rules import REFERRAL
from zhida.own_filing import Paper

SUBSTANCE, _KIND = "substance", "mediation-substance"


def referrals(hub: Hub, connection: Connection, dispute: Dispute) -> Iterator[str]:
    """The cases of all its handings-over, oldest first."""
    for row in dispute.told:
        for n in count(1):
            slip = dispute_handing.slip_id(dispute.row.number, row.seq, n)
            case = grant_lists.case_of(hub, connection, REFERRAL, slip)
            if not case:
                break
            yield case


def take_back(hub: Hub, dispute: Dispute, seq: int) -> int:
    """The worker has withdrawn (event ``seq``): nobody gets the substance any more, and who got it is
    told, each once. How many handings-over it concerns.
    """
    with hub.store.read() as connection:
        cases = [
            case
            for case in referrals(hub, connection, dispute)
            if SUBSTANCE in case_rows.documents(connection, case)
        ]
    items, record = tuple(hub.site.matter(REFERRAL).items), {"dispute": dispute.row.number}
    keys = {case: f"{_KIND}/withdrawn/{case}/{seq}" for case in cases}
    papers = [Paper(c, SUBSTANCE, _KIND, keys[c], record, revokes=items) for c in cases]
    return own_filing.file(hub, papers)
