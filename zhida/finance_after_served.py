"""What follows a loan, over REST: the bank tells of it, reads where it stands, and what the hub has noticed since.

All of it is the bank's own: a loan of another bank looks as if it were not there. What comes in is no reading, so it
needs no letter; the facts behind the events were obtained under one (``zhida.finance_watch``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchange import agreement as agreements
from exchange import pointer, times
from exchange.agreement import Agreement, Flow
from exchange.errors import Forbidden, Invalid, Rejected
from matters.finance_loan import CHECKED, CREDIT
from zhida import (
    finance_comparing,
    finance_feed,
    finance_loan_telling,
    finance_loan_view,
    finance_loans,
    finance_noticing,
    finance_reconciling,
)
from zhida.finance_answers import Desk
from zhida.finance_loans import MATTER, Kept
from zhida.serve_route import Call, Route, Told

LOANS, EVENTS = "/finance/loans", "/finance/events"
BOOKS = "/finance/reconciliation"
RIGHT = "finance"


def routes(desk: Desk) -> tuple[Route, ...]:
    """All of them; none where the site has no such matter."""
    if MATTER not in desk.hub.site.matters:
        return ()
    after = AfterDesk(desk)
    return (
        Route("POST", LOANS, RIGHT, after.take_loan),
        Route("GET", f"{LOANS}/{{number}}", RIGHT, after.look),
        Route("POST", f"{LOANS}/{{number}}/events", RIGHT, after.take_message),
        Route("GET", EVENTS, RIGHT, after.events, frozenset({"after", "limit"})),
        Route("GET", f"{BOOKS}/{{day}}", RIGHT, after.reconcile, frozenset({"rows"})),
    )


class AfterDesk:
    """Answers banks' programs. Thread-safe."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._hub = desk, desk.hub

    def take_loan(self, call: Call) -> Told:
        """A loan that was paid out; the same again is the same."""
        given = self._given(call, finance_loans.KIND)
        record = finance_loans.of_bank(self._hub, call.client.unit, given)
        loan = finance_loans.take(self._hub, record)
        place = {"Location": f"{LOANS}/{loan.row.number}"}
        return Told(finance_loan_view.told(loan), 201, place)

    def look(self, call: Call) -> Told:
        """Where a loan of this bank stands."""
        return Told(finance_loan_view.told(self._loan(call)))

    def take_message(self, call: Call) -> Told:
        """What has happened to a loan; the same again changes nothing."""
        loan = self._loan(call)
        given = self._given(call, finance_loan_telling.KIND)
        record = finance_loan_telling.of_bank(self._hub, loan, given)
        is_new = finance_loan_telling.tell(self._hub, loan, record)
        if record["event"] in (CREDIT, CHECKED):  # again too: who took it may have died before this
            finance_comparing.after_message(self._hub, loan.row)
        return Told(finance_loan_view.told(self._loan(call)), 201 if is_new else 200)

    def events(self, call: Call) -> Told:
        """This bank's events after a number, in order."""
        self._desk.rules.bank(call.client.unit)
        self._permit(finance_noticing.KIND, self._hub.site.unit, call.client.unit)
        return Told(finance_feed.page(self._hub, call))

    def reconcile(self, call: Call) -> Told:
        """What the hub's books say of a day that is over; ``?rows=1`` with every row."""
        self._desk.rules.bank(call.client.unit)
        rows = call.query.get("rows", "0")
        if rows not in ("0", "1"):
            raise Invalid("serve.query", name="rows")
        told = finance_reconciling.of_day(self._hub, call.client.unit, call.path["day"])
        return Told(finance_reconciling.shown(told, with_rows=rows == "1"))

    def _loan(self, call: Call) -> Kept:
        self._desk.rules.bank(call.client.unit)
        found = finance_loans.find(self._hub, call.client.unit, call.path["number"])
        if found is None:
            raise Rejected("finance.no-loan")
        return found

    def _given(self, call: Call, kind: str) -> Mapping[str, Any]:
        """What was sent; not more than the bank may hand in."""
        self._desk.rules.bank(call.client.unit)
        given = call.json()
        if not isinstance(given, Mapping) or given.keys() & finance_loans.OURS:
            raise Invalid("finance.loan-form")
        allowed = self._permit(kind, call.client.unit, self._hub.site.unit)
        _, withheld = agreements.split(pointer.flatten(given), allowed)
        if withheld:
            raise Forbidden("finance.not-agreed", agreement=allowed.id, path=withheld[0])
        return given

    def _permit(self, kind: str, provider: str, receiver: str) -> Agreement:
        flow = Flow(provider, receiver, kind, self._hub.site.matter(MATTER).purpose)
        day = times.civil_day(self._hub.clock())
        return agreements.permit(self._hub.site.agreements, flow, day)
