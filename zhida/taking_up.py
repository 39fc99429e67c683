"""A cancelled case runs again because somebody has declared the same thing anew.

One thing has one case, for ever: what was done before stays its effect, and is corrected where the
new form says something else; what was cancelled is done now, and the new form gets its reply.
"""

from __future__ import annotations

from exchange import times
from exchange.case import CANCELLED, ENDED
from exchange.corrections import Scene
from exchange.ledger import Entry
from exchange.store import case_rows, clock_rows
from exchange.store.case_rows import CaseRow
from exchange.store.engine import Connection
from zhida import cancelling, filing, result
from zhida.filing import Folder, Found


def can(folder: Folder, connection: Connection, row: CaseRow) -> bool:
    """It was cancelled, and whoever asked before has been told."""
    told = cancelling.tellers(folder.hub.site, folder.matter)
    rows = [case_rows.get_item(connection, row.id, name) for name in told]
    return row.state == CANCELLED and all(each is None or each.state in ENDED for each in rows)


def take_up(folder: Folder, connection: Connection, name: str, found: Found) -> list[Entry]:
    """The case with the new form. Empty: the form is older than what the case knows."""
    entries = filing.file_anew(folder, connection, name, found)
    if not entries:
        return []
    scene = Scene(connection, folder.case, folder.hub.clock())
    for item in cancelling.tellers(folder.hub.site, folder.matter):
        row = case_rows.get_item(connection, folder.case, item)
        if row is not None and row.state != CANCELLED:
            scene.set_anew(row)
    case_rows.drop_document(connection, folder.case, result.NAME)
    clock_rows.wake(connection, folder.case, times.stamp(scene.now)[:10])
    return [Entry("case-taken-up", folder.case, folder.case, {"document": name}), *entries]
