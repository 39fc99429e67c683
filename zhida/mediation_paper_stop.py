"""A worker has withdrawn: what would be sealed with anything of the registration, and has not left, does not leave."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from exchange.store import case_rows
from exchange.store.engine import Connection
from matters import mediation_papers as rules
from matters.mediation_papers import Papers
from zhida import grant_lists, own_filing
from zhida.dispute import Dispute
from zhida.hub import Hub
from zhida.mediation_papers import MATTER, REQUEST
from zhida.own_filing import Paper

SEAL = "seal"
"""The item by which a request leaves for the seal platform."""
_HERE = ("waiting", "ready")


def stop(hub: Hub, papers: Papers, dispute: Dispute, document: str) -> int:
    """How many papers are not made by it. ``document``: what the worker's word stands in.

    What the seal platform has already is sealed, or for its people to refuse.
    """
    if MATTER not in hub.site.matters:
        return 0
    with hub.store.read() as connection:
        cases = [
            case for case in _cases(hub, connection, papers, dispute) if _is_here(case, connection)
        ]
    told = {"id": dispute.row.number}
    keys = {case: f"{REQUEST}/withdrawn/{case}/{document}" for case in cases}
    return own_filing.file(
        hub,
        [
            Paper(c, "request", REQUEST, keys[c], told, may=partial(_is_here, c), revokes=(SEAL,))
            for c in cases
        ],
    )


def _cases(hub: Hub, connection: Connection, papers: Papers, dispute: Dispute) -> Iterator[str]:
    """Of the papers that name anybody."""
    for row in dispute.told:
        for paper in papers.of(row.name, row.role):
            number = rules.number(dispute.row.number, row.seq, paper.name)
            case = grant_lists.case_of(hub, connection, MATTER, number)
            if case and paper.is_personal:
                yield case


def _is_here(case: str, connection: Connection) -> bool:
    row = case_rows.get_item(connection, case, SEAL)
    return row is not None and row.state in _HERE
