"""Stop a leg, put it into shadow, start it again: signed, and told in the ledger."""

from __future__ import annotations

from exchange import times
from exchange.ledger import Entry
from exchange.store import leg_rows
from exchange.store.engine import Connection
from exchange.store.leg_rows import LegRow
from zhida import legs
from zhida.hub import Hub
from zhida.operators import Signatory, checked_reason, needed_reason
from zhida.site import System


def switch(hub: Hub, who: Signatory, system: System, *, wanted: str, reason: str) -> LegRow:
    """Put a system into a mode, signed; gives the row as it is now."""
    now = hub.clock()
    why = checked_reason(reason) if wanted == legs.LIVE else needed_reason(reason)
    token = who.sign("leg", {"system": system.name, "mode": wanted}, reason=why, now=now)
    row = LegRow(system.name, wanted, times.stamp(now), who.operator.name, why)

    def write(connection: Connection) -> list[Entry]:
        details = {"was": legs.mode(connection, system), "mode": wanted, "operator": row.operator}
        leg_rows.put(connection, row)
        return [Entry("leg", system.name, details={**details, "token": token})]

    hub.ledger.commit(write)
    return row
