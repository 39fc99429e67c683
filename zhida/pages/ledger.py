"""The ledger: how long it is, who outside keeps its heads, when it was last verified, what came last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exchange import audit_pruned, canonical
from exchange.audit_pruned import Gone
from exchange.errors import Invalid, ZhidaError
from exchange.problems import describe
from exchange.store import ledger_rows
from exchange.store.ledger_rows import EntryRow
from zhida import ledger_check, parked_view
from zhida.pages.ask import Answer, Ask
from zhida.pages.cases import LIMIT
from zhida.pages.desk import Desk
from zhida.pages.draw import draw
from zhida.pages.words import word
from zhida.watch import Watch

_UNREADABLE = {"at": "", "what": "", "operator": ""}


def shown(desk: Desk, ask: Ask) -> Answer:
    """The state of it, and a page of entries, the newest first."""
    language = ask.language(desk.site.language)
    watch = desk.watch(language)
    before, status = ask.text("before", "[0-9]{1,15}"), ledger_check.status(watch)
    end = min(int(before), status["size"]) if before else status["size"]
    first = max(0, end - LIMIT)
    with watch.store.read() as connection:
        found = ledger_rows.entries(connection, first, end - first) if end else []
        head = ledger_rows.head(connection)
        gone = audit_pruned.load(connection)
    facts = {
        "tab": "ledger",
        "status": status,
        "verified": _verified(watch),
        "head": head.token if head else "",
        "rows": _told(found, language, gone),
        "before": first or "",
    }
    return draw(ask, language, "ledger", facts)


def _verified(watch: Watch) -> dict[str, Any]:
    """``ledger_check.verified``; of keys that can't be read why (``what``), for the rest is shown."""
    try:
        return ledger_check.verified(watch)
    except ZhidaError as error:
        what = describe(error.code, error.facts, watch.site.language)[0]
        return {"what": what, "code": error.code}


def _told(rows: Sequence[EntryRow], language: str, gone: Gone) -> list[dict[str, Any]]:
    return [
        {"seq": row.seq, "kind": row.kind, "case": row.case} | _event(row, language, gone)
        for row in rows[::-1]
    ]


def _event(row: EntryRow, language: str, gone: Gone) -> dict[str, Any]:
    """What it says; of one that somebody spoilt nothing (the audit tells)."""
    if not row.body and gone.covers(row.seq):
        return _UNREADABLE | {"what": word(language, "ledger.pruned")}
    try:
        told = parked_view.event(canonical.loads(row.body), language)
    except (Invalid, KeyError, TypeError, AttributeError):
        return _UNREADABLE
    return {name: told[name] for name in _UNREADABLE}
