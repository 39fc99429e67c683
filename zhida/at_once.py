"""One item of one case, now and in this process, for somebody who waits; the sweeps finish the rest.

The system's limits hold as in a sweep: who may not be asked now, or has no slot or permit free, is
left to the sweeps.
"""

from __future__ import annotations

from exchange import circuit, limits
from exchange.outcome import BUSY, Outcome
from exchange.store import case_rows
from exchange.store.case_rows import ItemRow
from zhida import legs, work
from zhida.hub import Hub
from zhida.pace import Permits, Slots
from zhida.site import System

PATIENCE = 1.0
"""Seconds for which a permit of the system's rate is waited for."""


def work_on(hub: Hub, case: str, item: str) -> ItemRow | None:
    """Work on the item if it can be worked on; its row as it is then."""
    row = _row(hub, case, item)
    if row is not None and row.state in case_rows.WORKABLE:
        _attempt(hub, row)
        return _row(hub, case, item)
    return row


def _attempt(hub: Hub, row: ItemRow) -> Outcome:
    system = hub.site.system_of(hub.site.matter(row.matter).items[row.item])
    if not _may_ask(hub, system):
        return BUSY
    if not Permits(hub.store, system, hub.clock).take(1, patience=PATIENCE):
        return BUSY
    with Slots(hub.locks, system).hold() as free:
        return work.work(hub, row.item, row.case) if free else BUSY


def _may_ask(hub: Hub, system: System) -> bool:
    now = hub.clock()
    with hub.store.read() as connection:
        stopped = legs.mode(connection, system) == legs.STOPPED
        ill = circuit.open_until(connection, system.name, now) is not None
    return not stopped and not ill and limits.is_open(system.windows, now)


def _row(hub: Hub, case: str, item: str) -> ItemRow | None:
    with hub.store.read() as connection:
        return case_rows.get_item(connection, case, item)
