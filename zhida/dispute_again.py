"""What a dispute was handed over with: found again, and taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import count

from exchange.store import case_rows
from exchange.store.engine import Connection
from zhida import dispute_handing, grant_lists, own_filing
from zhida.dispute import Dispute
from zhida.hub import Hub
from zhida.mediation_rules import REFERRAL
from zhida.own_filing import Paper

NAMES: Mapping[str, str] = {"share": "substance", "offers": "record"}
"""What was agreed to → the case's name for what goes by it; its kind is ``mediation-<name>``."""


def referrals(hub: Hub, connection: Connection, dispute: Dispute) -> Iterator[str]:
    """The cases of all its handings-over, oldest first."""
    for row in dispute.told:
        for n in count(1):
            slip = dispute_handing.slip_id(dispute.row.number, row.seq, n)
            case = grant_lists.case_of(hub, connection, REFERRAL, slip)
            if not case:
                break
            yield case


def take_back(hub: Hub, dispute: Dispute, document: str, withdrawn: Iterable[str]) -> int:
    """What was agreed to is withdrawn (``document`` says so): nobody gets it any more, and who got it is told,
    each once. How many papers it concerns.

    ``withdrawn``: ``share``, ``offers``.
    """
    names = [NAMES[each] for each in withdrawn]
    with hub.store.read() as connection:
        known = [
            (case, name)
            for case in referrals(hub, connection, dispute)
            for name in case_rows.documents(connection, case)
            if name in names
        ]
    return own_filing.file(hub, [_revocation(hub, dispute, document, *each) for each in known])


def _revocation(hub: Hub, dispute: Dispute, document: str, *where: str) -> Paper:
    case, name = where
    items, kind = tuple(hub.site.matter(REFERRAL).items), f"mediation-{name}"
    key = f"{kind}/withdrawn/{case}/{document}"
    return Paper(case, name, kind, key, {"dispute": dispute.row.number}, revokes=items)
