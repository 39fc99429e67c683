"""A case of which bodies are gone can't be told as a whole any more."""

from __future__ import annotations

from collections.abc import Iterable

from exchange import pruning
from exchange.errors import Rejected
from exchange.store.engine import Connection
from exchange.store.ledger_rows import EntryRow


def require_whole(connection: Connection, case: str, rows: Iterable[EntryRow]) -> None:
    """``Rejected`` if a body of these entries of a case is gone: what is left is not all that was."""
    gone = [row.seq for row in rows if not row.body]
    if gone:
        told = [row.seq for row in pruning.entries(connection) if pruning.read(row).covers(gone[0])]
        raise Rejected("evidence.pruned", case=case, count=len(gone), seq=min(told, default=-1))
