"""The second wall: triggers in the database that refuse to change what the ledger has written.

Whoever owns the database can take them away. So they protect against slips and against programs
that have only the tables' rights; the tree and its outside heads protect against the owner. That
the wall stands is looked at all the same (``missing``): who took it away had a reason.
"""

from __future__ import annotations

from sqlalchemy import text

from exchange.store.engine import Connection

_ONCE = ("ledger_entry", "ledger_tile", "ledger_head", "ledger_outside", "ledger_prune")
_SQLITE = frozenset(
    [f"wall_{table}_{what}" for table in _ONCE for what in ("update", "delete", "insert")]
    + ["wall_ledger_tip_update", "wall_ledger_tip_delete"]
)
_POSTGRESQL = frozenset(
    [f"wall_{table}_{what}" for table in _ONCE for what in ("change", "empty")]
    + [f"wall_ledger_tip_{what}" for what in ("update", "delete", "empty")]
)
_IN_SQLITE = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
_IN_POSTGRESQL = text("SELECT tgname FROM pg_trigger WHERE tgenabled = 'A' AND NOT tgisinternal")


def missing(connection: Connection) -> list[str]:
    """Names of the triggers that are not there, or do not fire always."""
    embedded = connection.dialect.name == "sqlite"
    wanted = _SQLITE if embedded else _POSTGRESQL
    found = connection.execute(_IN_SQLITE if embedded else _IN_POSTGRESQL).scalars()
    return sorted(wanted.difference(found))
