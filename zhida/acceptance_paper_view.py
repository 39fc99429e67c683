"""Where a building's papers stand: asked for, sealed, delivered to whom, and what an operator has to see to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exchange.store import case_rows
from exchange.store.case_rows import CaseRow, ItemRow
from matters import acceptance_papers as rules_of
from zhida import acceptance_papers, grant_lists
from zhida.acceptance import Acceptance
from zhida.acceptance_rules import PAPER, Rules
from zhida.hub import Hub
from zhida.output import STATES

SEAL = "seal"
_LOST = frozenset({"parked", "refused", "invalid", "given-up", "blocked", "by-hand"})
"""States of an item that nobody but a person ends."""


def papers(hub: Hub, rules: Rules, found: Acceptance) -> Iterator[dict[str, Any]]:
    """Each paper that its events have brought, oldest first."""
    if PAPER not in hub.site.matters:
        return
    known = acceptance_papers.of_site(hub.site.folder, rules)
    for paper in rules_of.due(found.plan, found.events, known):
        key = acceptance_papers.key_of(found, paper)
        yield {"kind": paper.kind.name, "title": paper.kind.title, **_stands(hub, key)}


def _stands(hub: Hub, key: str) -> dict[str, Any]:
    with hub.store.read() as connection:
        case = grant_lists.case_of(hub, connection, PAPER, key)
        row = case_rows.get_case(connection, case) if case else None
        items = case_rows.items(connection, case) if case else []
        sealed = case_rows.documents(connection, case).get("sealed") if case else None
    return _asked(row, items, hub.site.matter(PAPER).items) | {
        "sealed": str(hub.archive.get(sealed).record.get("sealed_at", "")) if sealed else ""
    }


def _asked(row: CaseRow | None, items: list[ItemRow], known: Any) -> dict[str, Any]:
    titles, by_name = {n: each.title for n, each in known.items()}, {e.item: e for e in items}
    to = [by_name[name] for name in known if name in by_name and name != SEAL]
    return {
        "case": row.id if row else "",
        "state": row.state if row else "",
        "asked_at": row.opened_at if row else "",
        "delivered": [titles[each.item] for each in to if each.state == "applied"],
        "waits": [titles[each.item] for each in to if each.state in ("waiting", "ready", "sent")],
        "parked": [
            {
                "item": each.item,
                "title": titles.get(each.item, each.item),
                "state": STATES.get(each.state, each.state),
                "code": each.code,
            }
            for each in items
            if each.state in _LOST
        ],
    }
