"""The rows that a line did not let go on, for whoever must tell the source which ones: noted in the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exchange import canonical
from exchange.document import new_id
from exchange.ledger import Entry
from exchange.store import sync_rows
from exchange.store.sync_rows import HeldRow
from zhida import site_words
from zhida.hub import Hub
from zhida.sync_to import Line


def listed(
    hub: Hub, line: Line, *, code: str = "", values: bool = False, limit: int = 100
) -> list[dict[str, Any]]:
    """Each with every problem in words; ``values``: with the row itself, which is told to the ledger."""
    with hub.store.read() as connection:
        rows = sync_rows.list_held(connection, *line.names, code=code, limit=limit)
    if values and rows:
        details = {"sync": line.sync.name, "target": line.target.name, "rows": len(rows)}
        entry = Entry("read", new_id(), details={**details, "by": hub.site.unit})
        hub.ledger.commit(lambda _: [entry])
    return [_told(hub, row) | (_row(hub, row) if values else {}) for row in rows]


def _told(hub: Hub, row: HeldRow) -> dict[str, Any]:
    problems: Sequence[Mapping[str, Any]] = canonical.loads(row.problems.encode())
    words = [site_words.describe(hub.site, p["code"], p)[0] for p in problems]
    told = {"id": row.id, "sync": row.sync, "target": row.target, "kind": row.kind, "at": row.at}
    return {**told, "code": row.code, "what": "；".join(words)}


def _row(hub: Hub, row: HeldRow) -> dict[str, Any]:
    return {"row": canonical.loads(hub.vault.unseal(row.sealed, about=row.id))}
