"""Credits to the locked accounts, out of the notices (camt.054) that a bank drops: each is what the bank would have told of its loan.

The notice is taken in like any message: known again, settled after our commit, kept with its reason where it can't be
understood or contradicts what is settled. Its number as the loan's message is the bank's own reference, so that a credit
that was told over REST under that reference as well counts once.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exchange import agreement as agreements
from exchange import pointer, times
from exchange.agreement import Flow
from exchange.errors import Forbidden, Invalid, Rejected
from exchange.ledger import Entry
from exchange.ports import Arrival, Record
from exchange.store import document_rows
from exchange.store.engine import Connection
from matters.finance_loan import CREDIT
from matters.parts import Opening
from zhida import (
    finance_comparing,
    finance_credited,
    finance_loan_telling,
    finance_loans,
    finance_rules,
    intake,
    message,
)
from zhida.finance_loans import MATTER, Kept
from zhida.finance_rules import Bank
from zhida.hub import Hub
from zhida.message import Stream
from zhida.watch import Watch

KIND, EVERY = "account-credit", 60
_NUMBER = re.compile(r"[0-9A-Za-z_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Credits(Stream):
    """A bank's stream of notices. One that could not be taken may fit later, when its loan was told: it may come again."""

    def take(self, arrival: Arrival) -> str:
        """``credited``, ``known`` or ``invalid``."""
        found = message.of(self, arrival)
        with self.hub.store.read() as connection:
            same = message.is_known(found, connection)
            if same and document_rows.document_of(connection, *found.key):
                return "known"
        try:
            is_new, document = _tell(self.hub, self.opening.unit, arrival)
        except (Rejected, Forbidden, Invalid) as error:
            return message.keep(self, arrival, error.problems)
        self.hub.ledger.commit(lambda connection: _remember(found, document, connection))
        return "credited" if is_new else "known"


def advance(hub: Hub) -> dict[str, int]:
    """``credits``: how many are new; ``bad_credits``: kept with their reason. Empty if no bank drops notices."""
    if MATTER not in hub.site.matters or not finance_rules.is_there(hub.site.folder):
        return {}
    banks = [each for each in finance_rules.load(hub.site).banks.values() if each.credits]
    words = sum((_look(hub, bank) for bank in banks), Counter[str]())
    return {"credits": words["credited"], "bad_credits": words["invalid"]} if banks else {}


def stream(hub: Hub, bank: Bank) -> Credits:
    """The bank's. ``Invalid`` where the site has no such system."""
    system, name = bank.credits or ("", "")
    told = Opening("feed", bank.unit, name, KIND, EVERY, identity=())
    return Credits(hub, hub.site.matter(MATTER), told, hub.site.system(system))


def _look(hub: Hub, bank: Bank) -> Counter[str]:
    """If it is due, nobody has stopped it, and nobody else is at it."""
    here = stream(hub, bank)
    if not Watch(hub.site, hub.store, hub.clock).may_look(here.system):
        return Counter()
    with hub.store.read() as connection:
        _, next_at, _ = document_rows.get_cursor(connection, here.system.name, here.opening.stream)
    if next_at > times.stamp(hub.clock()):
        return Counter()
    with hub.locks.hold(intake.lock_of(here)) as free:
        return intake.look(here, lambda: hub.adapter(here.system)).words if free else Counter()


def _tell(hub: Hub, bank: str, arrival: Arrival) -> tuple[bool, str]:
    """Is it new, and its document. Raises why it can't be taken; the loan stands as it stood then."""
    if arrival.error is not None:
        raise arrival.error
    credit: Record = arrival.record or {}
    if credit.get("entry") != CREDIT:
        raise Rejected("finance.credit-entry", entry=str(credit.get("entry", "-")))
    loan = finance_credited.loan_of(hub, bank, credit)
    given = _given(credit, finance_credited.payer_of(hub, loan, credit))
    _require_agreed(hub, bank, given)
    is_new = finance_loan_telling.tell(hub, loan, finance_loan_telling.of_bank(hub, loan, given))
    finance_comparing.after_message(hub, loan.row)
    return is_new, _document(hub, bank, loan, str(given["number"]))


def _document(hub: Hub, bank: str, loan: Kept, number: str) -> str:
    found = finance_loans.find(hub, bank, loan.row.number)
    return next(each.document for each in found.told if each.number == number) if found else ""


def _given(credit: Record, payer: Mapping[str, str]) -> dict[str, Any]:
    """As a bank tells it over REST."""
    reference = str(credit["reference"])
    number = reference
    if not _NUMBER.fullmatch(reference):
        digest = hashlib.sha256(f"{credit['account']}/{reference}".encode()).hexdigest()
        number = f"C{digest[:32]}"
    told = {"number": number, "event": CREDIT, "on": credit["booked_on"]}
    return told | {
        "amount_fen": credit["amount_fen"],
        "payer": dict(payer),
        "reference": reference,
    }


def _require_agreed(hub: Hub, bank: str, given: Mapping[str, Any]) -> None:
    kind, purpose = finance_loan_telling.KIND, hub.site.matter(MATTER).purpose
    day = times.civil_day(hub.clock())
    allowed = agreements.permit(hub.site.agreements, Flow(bank, hub.site.unit, kind, purpose), day)
    _, withheld = agreements.split(pointer.flatten(given), allowed)
    if withheld:
        raise Forbidden("finance.not-agreed", agreement=allowed.id, path=withheld[0])


def _remember(found: message.Message, document: str, connection: Connection) -> list[Entry]:
    document_rows.forget(connection, *found.key)
    found.remember(connection, document)
    return [Entry("finance-credit", found.arrival.key, details=message.origin(found))]
