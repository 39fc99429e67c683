"""What was noticed of a loan becomes signed, numbered events of its lender: each once, without a gap, in its case.

The transaction that numbers them looks again at what holds then: a loan that has ended has no more events, and once
the letter has ended only that this is so is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from exchange import times
from exchange.errors import Fatal
from exchange.ledger import Entry
from exchange.ports import Scalar
from exchange.store import case_rows, finance_event_rows, finance_loan_rows
from exchange.store.engine import Connection
from exchange.store.finance_event_rows import EventRow, WatchedRow
from exchange.store.finance_loan_rows import LoanRow
from matters.finance_events import Fact, Noticed
from zhida import finance_letters, own_filing
from zhida.finance_letters import EXPIRED, REVOKED
from zhida.hub import Hub
from zhida.own_filing import Paper, Signed

KIND, NAME = "finance-event", "event"
"""Kind of document, and the case's name of it with its number behind."""
ENDED = "authorisation-ended"
"""The one event that follows the end of the letter."""


@dataclass(frozen=True, slots=True)
class Ready:
    """An event that waits for its number."""

    noticed: Noticed
    paper: Signed


def tell(
    hub: Hub, row: LoanRow, found: Iterable[Noticed], looked: Sequence[WatchedRow] = ()
) -> int:
    """Number and file what is new; how many that was. ``looked``: papers that were looked at with it."""
    ready = [each for noticed in found if (each := _ready(hub, row, noticed)) is not None]
    if not ready and not looked:
        return 0
    return hub.ledger.decide(partial(_number, hub, row.case, ready, looked))


def identifier(hub: Hub, row: LoanRow, noticed: Noticed) -> str:
    """The hub's name for the event: the same thing noticed again has the same."""
    tag = hub.vault.tag("finance-event", row.case, noticed.rule.name, noticed.key)
    return f"FE-{tag[:24].upper()}"


def _ready(hub: Hub, row: LoanRow, noticed: Noticed) -> Ready | None:
    number = identifier(hub, row, noticed)
    record = _record(hub, row, noticed, number)
    paper = own_filing.sign(hub, Paper(row.case, NAME, KIND, f"{KIND}/{number}", record))
    return None if paper is None else Ready(noticed, paper)


def _record(hub: Hub, row: LoanRow, noticed: Noticed, number: str) -> dict[str, Any]:
    rule, now = noticed.rule, hub.clock()
    told: dict[str, Any] = {
        "id": number,
        "bank": row.bank,
        "loan": row.number,
        "event": rule.name,
        "title": rule.title,
        "look": rule.look,
        "on": times.civil_day(now).isoformat(),
        "at": times.stamp(now),
        "facts": [_fact(each) for each in noticed.facts],
        "evidence": _evidence(noticed),
    }
    return told | ({"subject": noticed.subject[:64]} if noticed.subject else {})


def _fact(fact: Fact) -> dict[str, str]:
    told = {"before": fact.before, "now": fact.now}
    return {"path": fact.path, **{k: _text(v) for k, v in told.items() if v is not None}}


def _text(value: Scalar) -> str:
    """A value as it is shown; yes and no as JSON has them."""
    return str(value).lower() if isinstance(value, bool) else str(value)[:200] or "-"


def _evidence(noticed: Noticed) -> list[dict[str, Any]]:
    seen = noticed.seen
    if seen is None:
        return []
    told: list[dict[str, Any]] = [{"name": seen.name, "document": seen.document, "was": False}]
    if seen.document_before:
        told.append({"name": seen.name, "document": seen.document_before, "was": True})
    return told


def _number(
    hub: Hub,
    case: str,
    ready: Sequence[Ready],
    looked: Sequence[WatchedRow],
    connection: Connection,
) -> tuple[int, list[Entry]]:
    case_rows.lock_case(connection, case)
    row = finance_loan_rows.LOG.get(connection, case)
    if row is None:
        raise Fatal("case.unknown", case=case)
    for each in looked:
        finance_event_rows.put_watched(connection, each)
    wanted = [each for each in ready if _may(hub, connection, row, each.noticed)]
    entries = [e for each in wanted for e in _numbered(hub, connection, row, each)]
    return len(wanted), entries


def _may(hub: Hub, connection: Connection, row: LoanRow, noticed: Noticed) -> bool:
    name = noticed.rule.name
    known = finance_event_rows.has_event(connection, row.case, name, noticed.key)
    if known or row.closed_at:
        return False
    return name == ENDED or not is_over(hub, connection, row)


def is_over(hub: Hub, connection: Connection, row: LoanRow) -> bool:
    """Is nothing more told by the letter? Its last use tells what it was used for."""
    if finance_event_rows.has_event(connection, row.case, ENDED):
        return True
    letter = finance_letters.read(connection, row.letter)
    today = times.civil_day(hub.clock())
    return letter is None or letter.state(today) in (REVOKED, EXPIRED)


def _numbered(hub: Hub, connection: Connection, row: LoanRow, ready: Ready) -> list[Entry]:
    seq = finance_event_rows.hold_last(connection, row.bank) + 1
    name, signed = ready.noticed.rule.name, ready.paper
    document = signed.found.document.id
    at = str(signed.paper.record["at"])
    event = EventRow(row.bank, seq, row.case, name, ready.noticed.key, document, at)
    finance_event_rows.add_event(connection, event)
    told: Mapping[str, str | int] = {"bank": row.bank, "seq": seq, "event": name}
    paper = replace(signed.paper, name=f"{NAME}-{seq}")
    filed = own_filing.put(hub, connection, replace(signed, paper=paper))
    return [Entry("finance-event", document, row.case, dict(told)), *filed]
