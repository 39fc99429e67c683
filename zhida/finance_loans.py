"""A loan that was paid out, as a case: opened once, by its bank's own number, together with the order's claim.

The same once more is the same loan; something else under that number is refused, and so is a second loan on one
request. Where a loan stands is the fold of what its bank has told (``matters.finance_loan``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from exchange import canonical, times
from exchange.errors import Invalid, Rejected, Retriable
from exchange.ledger import Entry
from exchange.ports import Record
from exchange.store import finance_loan_rows
from exchange.store.engine import Connection
from exchange.store.finance_loan_rows import LoanRow, ToldRow
from mappings import shapes
from matters import finance_loan
from matters.finance_loan import Loan, Standing, Word
from zhida import finance_claims, finance_requests, grant_lists, own_filing, own_opening
from zhida.finance_requests import Request
from zhida.hub import Hub
from zhida.own_filing import Paper
from zhida.own_opening import Own

MATTER, KIND = "finance-loan", "finance-loan"
OURS = frozenset({"id", "bank"})
"""What the hub writes, whatever the bank sends."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One loan, with what its bank has told of it."""

    row: LoanRow
    told: tuple[ToldRow, ...] = ()

    @property
    def loan(self) -> Loan:
        """What was paid out."""
        return Loan(date.fromisoformat(self.row.paid_out_on), self.row.amount_fen)

    @property
    def words(self) -> list[Word]:
        """What was told, as the fold reads it."""
        return [word(each) for each in self.told]

    @property
    def standing(self) -> Standing:
        """Where it stands."""
        return finance_loan.stand(self.words)

    @property
    def repayments(self) -> list[ToldRow]:
        """What was told of it that makes up ``standing.repaid_fen``: an end told once more counts once."""
        end = next((each for each in self.told if each.name in finance_loan.ENDS), None)
        parts = [each for each in self.told if each.name == finance_loan.IN_PART]
        return [*parts, *([end] if end is not None and end.amount_fen else [])]


def word(row: ToldRow) -> Word:
    """A row as the fold reads it."""
    return Word(row.name, date.fromisoformat(row.day), row.amount_fen, row.payer)


def identifier(hub: Hub, bank: str, number: str) -> str:
    """The hub's name for a bank's loan, known or not; it tells nothing of the bank."""
    return f"FL-{hub.vault.tag(KIND, bank, number)[:16].upper()}"


def of_bank(hub: Hub, bank: str, given: Mapping[str, object]) -> Record:
    """What the hub keeps of what a bank has sent. ``Invalid`` with every problem of its form."""
    number = str(given.get("number", ""))
    record: Record = {**given, "id": identifier(hub, bank, number), "bank": bank}
    shapes.of(hub.site.folder).validate(KIND, record)
    today = times.civil_day(hub.clock()).isoformat()
    if str(record["paid_out_on"]) > today:
        raise Invalid("finance.days", first="paid_out_on", last="today")
    if str(record["paid_out_on"]) > str(record["due_on"]):
        raise Invalid("finance.days", first="paid_out_on", last="due_on")
    return record


def find(hub: Hub, bank: str, number: str) -> Kept | None:
    """This bank's loan of this number; None: it has told of none."""
    with hub.store.read() as connection:
        row = finance_loan_rows.of_bank(connection, bank, number)
        return read(connection, row) if row else None


def read(connection: Connection, row: LoanRow) -> Kept:
    """With all that was told of it."""
    return Kept(row, tuple(finance_loan_rows.LOG.told(connection, row.case)))


def take(hub: Hub, record: Record) -> Kept:
    """Open its case and turn the request's claim into a financed one, in one transaction.

    ``Rejected``: ``finance.no-request``; ``finance.loan-conflict`` where the number has meant something else;
    ``finance.loan-of-request`` where the request has a loan; and what ``finance_claims.financed`` refuses.
    """
    bank, number = str(record["bank"]), str(record["number"])
    request = finance_requests.find(hub, bank, str(record["request"]))
    if request is None:
        raise Rejected("finance.no-request")
    content = hub.vault.tag("finance-loan-content", canonical.dumps(dict(record)).decode())
    known = find(hub, bank, number)
    if known is None:
        also = partial(_keep, hub, request, content)
        into = own_opening.stream(hub, MATTER, KIND)
        own_opening.take_all(into, [Own(f"{KIND}/{record['id']}", record)], also)
        known = find(hub, bank, number)
    if known is None or known.row.content != content:
        raise Rejected("finance.loan-conflict")
    _put_request(hub, known.row.case, request)
    return known


def _keep(
    hub: Hub, request: Request, content: str, connection: Connection, own: Own
) -> list[Entry]:
    """Within the transaction that opens the case: all of it, or nothing."""
    record = own.record
    bank, number = str(record["bank"]), str(record["number"])
    if finance_loan_rows.of_bank(connection, bank, number) is not None:
        return []
    case = grant_lists.case_of(hub, connection, MATTER, bank, number)
    now, amount = times.stamp(hub.clock()), int(record["amount_fen"])
    # First the claim: it holds the order's fingerprints, so nobody else tells of a loan on the request now.
    _, entries = finance_claims.paid_out(connection, (request.case, bank), amount, now)
    if finance_loan_rows.of_request(connection, request.case) is not None:
        raise Rejected("finance.loan-of-request", request=request.number)
    row = LoanRow(
        case=case,
        bank=bank,
        number=number,
        request=request.case,
        letter=finance_requests.letter_id(hub, request.record),
        paid_out_on=str(record["paid_out_on"]),
        amount_fen=amount,
        due_on=str(record["due_on"]),
        content=content,
        opened_at=now,
    )
    if not finance_loan_rows.LOG.add(connection, row):
        raise Retriable("store.conflict")
    told = {"bank": bank, "loan": record["id"], "request": request.record["id"]}
    return [*entries, Entry("finance-loan", str(record["id"]), case, told)]


def _put_request(hub: Hub, case: str, request: Request) -> None:
    """What the loan rests on lies in its case: the release of its registration is looked up by it."""
    kind = finance_requests.KIND
    paper = Paper(case, "request", kind, f"{kind}/{case}", request.record)
    own_filing.file(hub, [paper])
