"""A bank tells what has happened to its loan: taken once, refused where it contradicts what is settled.

Whatever comes of it stands in the ledger. One transaction holds the loan, looks at all that was told before, and
writes the message, the fold's end and the release of the order's claim, or nothing but the refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from exchange import canonical, times
from exchange.errors import Fatal, Problem, Rejected
from exchange.ledger import Entry
from exchange.ports import Record
from exchange.store import case_rows
from exchange.store.engine import Connection
from exchange.store.finance_loan_rows import LOG, ToldRow
from mappings import shapes
from matters import finance_loan
from matters.finance_loan import CREDIT, ENDS, Word
from zhida import finance_claims, finance_loans, own_filing
from zhida.finance_loans import Kept
from zhida.hub import Hub
from zhida.own_filing import Paper, Signed

KIND = "finance-loan-message"
TOLD, ENDED = "told", "ended"
"""The case's names: ``told-1`` for each message, ``ended`` for that which has ended the loan."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message in hand."""

    record: Record
    content: str
    paper: Signed | None
    """None: its document is in the case already."""

    @property
    def word(self) -> Word:
        """As the fold reads it."""
        told = self.record
        payer = told.get("payer", {}).get("uscc", "")
        day, amount = date.fromisoformat(told["on"]), int(told.get("amount_fen", 0))
        return Word(str(told["event"]), day, amount, payer)


def of_bank(hub: Hub, loan: Kept, given: Mapping[str, object]) -> Record:
    """What the hub keeps of what a bank has sent. ``Invalid`` with every problem of its form."""
    number = finance_loans.identifier(hub, loan.row.bank, loan.row.number)
    record: Record = {**given, "id": number}
    shapes.of(hub.site.folder).validate(KIND, record)
    if (record["event"] == CREDIT) != ("payer" in record):
        raise Rejected("finance.loan-payer", event=str(record["event"]))
    return record


def tell(hub: Hub, loan: Kept, record: Record) -> bool:
    """Take it; False: the same was taken before. ``Rejected`` as ``matters.finance_loan.refusal`` says, and
    ``finance.loan-message-conflict`` where its number has meant something else.
    """
    content = hub.vault.tag("finance-loan-message", canonical.dumps(dict(record)).decode())
    key = f"{KIND}/{record['id']}/{record['number']}"
    paper = own_filing.sign(hub, Paper(loan.row.case, TOLD, KIND, key, record))
    message = Message(record, content, paper)
    found = hub.ledger.decide(partial(_decide, hub, loan.row.case, message))
    if isinstance(found, Problem):
        raise Rejected(found.code, **found.facts)
    return found


def _decide(
    hub: Hub, case: str, message: Message, connection: Connection
) -> tuple[bool | Problem, list[Entry]]:
    case_rows.lock_case(connection, case)
    row = LOG.get(connection, case)
    if row is None:
        raise Fatal("case.unknown", case=case)
    loan, number = finance_loans.read(connection, row), message.record["number"]
    known = next((each for each in loan.told if each.number == number), None)
    if known is not None:
        same = known.content == message.content
        conflict = Problem("finance.loan-message-conflict", {"number": str(number)})
        return (False, []) if same else (conflict, [_refused(loan, message, conflict)])
    today = times.civil_day(hub.clock())
    problem = finance_loan.refusal(loan.loan, loan.words, message.word, today)
    if problem is not None:
        return problem, [_refused(loan, message, problem)]
    return True, _written(hub, connection, loan, message)


def _written(hub: Hub, connection: Connection, loan: Kept, message: Message) -> list[Entry]:
    row, word, paper = loan.row, message.word, message.paper
    if paper is None:
        raise Fatal("store.broken", reason="finance_loan_told")
    ends = word.name in ENDS and loan.standing.end is None
    name = ENDED if ends else f"{TOLD}-{len(loan.told) + 1}"
    signed = replace(paper, paper=replace(paper.paper, name=name))
    now, bank = times.stamp(hub.clock()), row.bank
    LOG.append(connection, [_row(loan, message, now)])
    entries = [_entry("finance-loan-told", loan, message, {})]
    entries += own_filing.put(hub, connection, signed)
    if ends:
        LOG.close(connection, row.case, now)
        entries += finance_claims.released(connection, (row.request, bank), now)[1]
    return entries


def _row(loan: Kept, message: Message, now: str) -> ToldRow:
    word = message.word
    return ToldRow(
        case=loan.row.case,
        seq=len(loan.told) + 1,
        number=str(message.record["number"]),
        name=word.name,
        day=word.day.isoformat(),
        amount_fen=word.amount_fen,
        payer=word.payer,
        content=message.content,
        document=message.paper.found.document.id if message.paper else "",
        told_at=now,
    )


def _refused(loan: Kept, message: Message, problem: Problem) -> Entry:
    return _entry("finance-loan-refused", loan, message, {"code": problem.code})


def _entry(kind: str, loan: Kept, message: Message, more: Mapping[str, str]) -> Entry:
    told = {"bank": loan.row.bank, "number": str(message.record["number"])}
    told |= {"event": message.word.name, "on": message.word.day.isoformat(), **more}
    return Entry(kind, str(message.record["id"]), loan.row.case, told)
