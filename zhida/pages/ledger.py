"""The ledger: how long it is, who outside keeps its heads, when it was last verified, what came last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchange import audit_pruned, canonical
from exchange.audit_pruned import Gone
from exchange.errors import Invalid, ZhidaError
from exchange.store import ledger_rows
from exchange.store.ledger_rows import EntryRow
from zhida import ledger_check, parked_view, site_words
from zhida.pages.ask import Answer, Ask
from zhida.pages.cases import LIMIT
from zhida.pages.desk import Desk
from zhida.pages.draw import draw
from zhida.pages.words import word
from zhida.transfer_values import LOOK
from zhida.watch import Watch

_UNREADABLE = {"at": "", "what": "", "operator": "", "transfer": ""}


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
        "rows": [_told(row, watch, gone) for row in found[::-1]],
        "before": first or "",
    }
    return draw(ask, language, "ledger", facts)


def _verified(watch: Watch) -> dict[str, Any]:
    """``ledger_check.verified``; of keys that can't be read why (``what``), for the rest is shown."""
    try:
        return ledger_check.verified(watch)
    except ZhidaError as error:
        what = site_words.describe(watch.site, error.code, error.facts)[0]
        return {"what": what, "code": error.code}


def _told(row: EntryRow, watch: Watch, gone: Gone) -> dict[str, Any]:
    """What it says; of one that somebody spoilt nothing (the audit tells)."""
    known = {"seq": row.seq, "kind": row.kind, "case": row.case} | _UNREADABLE
    if not row.body and gone.covers(row.seq):
        return known | {"what": word(watch.site.language, "ledger.pruned")}
    try:
        return known | _event(row, canonical.loads(row.body), watch)
    except (Invalid, KeyError, TypeError, AttributeError):
        return known


def _event(row: EntryRow, body: Mapping[str, Any], watch: Watch) -> dict[str, Any]:
    told = parked_view.event(body, watch.site.language, site_words.units(watch.site))
    found = {name: told[name] for name in ("at", "what", "operator")}
    if row.kind != LOOK:
        return found
    why = word(watch.site.language, "ledger.look", reason=str(body["reason"]))
    return found | {"what": f"{told['what']} {why}".strip(), "transfer": row.ref}
