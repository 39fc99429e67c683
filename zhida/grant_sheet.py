"""The rows of a list or a batch as a file for Excel: for who decides on more than a form can show.

The file is checked against the digest that stands in the request before it is given: what is looked
through is what is agreed to. That it was given is told in the ledger.
"""

from __future__ import annotations

from exchange.errors import Fatal
from exchange.ledger import Entry
from exchange.store import grant_rows
from exchange.store.grant_rows import SheetRow
from zhida import grant_lists, grant_table, grant_view
from zhida.hub import Hub
from zhida.operators import Signatory


def find(hub: Hub, start: str) -> SheetRow:
    """The list or batch whose number begins so. ``Fatal`` unless it is one."""
    with hub.store.read() as connection:
        rows = [s for kind in ("list", "batch") for s in grant_rows.sheets(connection, kind)]
    found = [row for row in rows if row.id.startswith(start)]
    if len(found) != 1 or len(start) < grant_view.SHORTEST:
        raise Fatal("grant.no-sheet", sheet=start[:40])
    return found[0]


def rows(hub: Hub, who: Signatory, sheet: SheetRow) -> bytes:
    """CSV in UTF-8 with a mark that Excel reads. ``Rejected`` if the rows are not those of the digest."""
    awards, table = grant_lists.table_of(hub, sheet)
    details = {"operator": who.operator.name, "number": len(awards), "rows_digest": sheet.digest}
    hub.ledger.commit(lambda _: [Entry("grant-rows", sheet.id, "", details)])
    return grant_table.as_file(table)
