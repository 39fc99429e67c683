"""The kind of liveness lock that suits a store: of one machine, or of all that share a server."""

from __future__ import annotations

from pathlib import Path

from exchange.locks import FileLocks, Locks
from exchange.store.advisory import AdvisoryLocks
from exchange.store.engine import Store


def open_locks(store: Store, file: Path) -> Locks:
    """PostgreSQL's advisory locks for a store there, locks of ``file`` beside an embedded one."""
    return FileLocks(file) if store.is_embedded else AdvisoryLocks(store)
