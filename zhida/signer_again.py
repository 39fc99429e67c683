"""``zhida signer again``: what the hub beyond a gate has lost is handed over once more.

A hub that was restored from a backup has forgotten what came after it; its gate has not, and here the
receipts are. So the hub's place goes back to before whatever it has acknowledged since, and the same documents go out in new
batches. What it still has it knows by its digest.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import datetime

from exchange import canonical, times
from exchange.document import new_id
from exchange.errors import Invalid, Rejected
from exchange.ledger import Entry
from exchange.store import ledger_rows
from exchange.store.engine import Connection
from zhida import signer
from zhida.signer_gate_books import AGAIN, HANDED, RECEIPT, GateBooks
from zhida.signer_settings import SignerHome


def again(home: SignerHome, password: bytes, since: str, reason: str) -> int:
    """How many batches had been acknowledged since then, or never. The signer is not running.

    ``since``: the moment of the hub's backup, RFC 3339. ``Rejected`` if there is nothing, or no gate.
    """
    moment = _moment(since)
    if not reason.strip():
        raise Invalid("signer.no-reason")
    if "gate" not in home.told:
        raise Rejected("signer.no-gate")
    desk = signer.open_desk(home.folder, home.told, password)
    with closing(desk):
        books = GateBooks(desk, home.told["gate"]["to"])
        with desk.store.read() as connection:
            batches, lost = _batches(connection, books.asker, moment)
        if not lost:
            raise Rejected("signer.nothing-since", since=since)
        first = min(batches[each] for each in lost)
        place = max((end for end in batches.values() if end < first), default=0)
        told = {"by": books.asker, "since": times.stamp(moment), "reason": reason}
        now = books.given()
        books.commit(
            replace(now, place=min(now.place, place)), [Entry(AGAIN, new_id(), details=told)]
        )
    return len(lost)


def _moment(since: str) -> datetime:
    try:
        found = datetime.fromisoformat(since)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Invalid("signer.since", since=since)
    return found


def _batches(
    connection: Connection, asker: str, since: datetime
) -> tuple[dict[str, int], list[str]]:
    """Batch → the place after it; and those without a receipt of surely before that moment: the hub's clock
    is another one.
    """
    had = {
        row.ref
        for row in ledger_rows.entries_of(connection, RECEIPT)
        if times.instant(canonical.loads(row.body)["at"]) < since - times.SKEW
    }
    told = {
        row.ref: canonical.loads(row.body) for row in ledger_rows.entries_of(connection, HANDED)
    }
    ends = {ref: int(each["next"]) for ref, each in told.items() if each["by"] == asker}
    return ends, [ref for ref in ends if ref not in had]
