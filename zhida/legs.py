"""The mode of each leg: live, stopped (kill switch), or shadow (everything but the effect).

The store says in which mode a system is; where nobody has said anything, its file does. It is
asked before each chunk of cases, before each case, and in the transaction after which a request
counts as sent: what an operator has stopped sends nothing from the next such moment on, in any
process. Calls that are under way end as they would.
"""

from __future__ import annotations

from exchange.store import leg_rows
from exchange.store.engine import Connection, Store
from zhida.site import System

LIVE, STOPPED, SHADOW = "live", "stopped", "shadow"


def mode(connection: Connection, system: System) -> str:
    """In which mode the system is now."""
    row = leg_rows.get(connection, system.name)
    return row.mode if row else system.mode


def mode_of(store: Store, system: System) -> str:
    """The same, looked up by itself."""
    with store.read() as connection:
        return mode(connection, system)


def is_stopped(store: Store, system: System) -> bool:
    """Has an operator stopped it?"""
    return mode_of(store, system) == STOPPED
