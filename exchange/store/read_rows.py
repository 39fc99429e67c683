"""Data that was handed over without a delivery: read through our own endpoint, or pushed in a numbered feed.

Such a hand-over leaves no ``transfer`` row, only its entry in the ledger, which names the agreement.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import select

from exchange import canonical
from exchange.store.engine import Connection
from exchange.store.tables import ledger_entry

KINDS = ("read", "finance-push")


class Read(NamedTuple):
    """One hand-over under one agreement; ``disclosed`` is a JSON list."""

    seq: int
    kind: str
    ref: str
    case: str
    agreement: str
    disclosed: str
    at: str


def under(connection: Connection, since: str = "") -> Iterator[Read]:
    """All since a stamp (empty: all), in the ledger's order; one that used several agreements stands once for each."""
    of = ledger_entry.c
    query = select(of.seq, of.kind, of.ref, of.case, of.body).where(of.kind.in_(KINDS))
    for seq, kind, ref, case, body in connection.execute(query.order_by(of.seq)):
        told = canonical.loads(body)
        at = str(told.get("at", ""))
        if at < since:
            continue
        disclosed = canonical.dumps(told.get("disclosed", [])).decode()
        for agreement in [told["agreement"]] if "agreement" in told else told.get("agreements", ()):
            yield Read(seq, kind, ref, case, str(agreement), disclosed, at)
