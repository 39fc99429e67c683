"""One request of a bank as the hub's own people see it: what each check came to, from which paper, and what it lacks.

Who looks changes nothing: no use of the letter, nothing held, nobody asked. What the bank and the firm have written
(numbers, names, amounts) is shown by its form, unless an operator asks for it, which stands in the ledger with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exchange import pointer
from exchange.errors import Rejected
from exchange.ledger import Entry
from exchange.store import case_rows, finance_claim_rows, finance_event_rows, finance_loan_rows
from mappings.masks import mask
from zhida import (
    finance_answers,
    finance_claiming,
    finance_letters,
    finance_loan_view,
    finance_loans,
    finance_requests,
    finance_view,
)
from zhida.finance_answers import Asked, Desk
from zhida.finance_requests import MATTER, Request
from zhida.hub import Hub
from zhida.operators import Signatory
from zhida.watch import Watch

LOOK = "finance-look"
"""What an operator signs who wants to see values."""
SHORTEST = 4
_MOST = 1000
_OPEN = frozenset({"/id", "/bank", "/received_on", "/account/is_locked", "/confirmation_asked_on"})
"""Of the request, what says nothing of a firm."""


def find(hub: Hub, number: str, bank: str = "") -> Request:
    """By the bank's number, the hub's, or the beginning of the case's id.

    ``Rejected``: ``finance.no-request``; ``finance.which-request`` where several banks have such a number.
    """
    with hub.store.read() as connection:
        banks = [bank] if bank else sorted(hub.site.units)
        cases = [row.id for row in case_rows.list_cases(connection, MATTER)]
    found = [each for name in banks if (each := finance_requests.find(hub, name, number))]
    like = [case for case in cases if len(number) >= SHORTEST and case.startswith(number)]
    found = found or [finance_requests.read(hub, case) for case in like]
    if number.startswith("DR-") and not found:
        every = (finance_requests.read(hub, case) for case in cases)
        found = [each for each in every if each.record["id"] == number]
    if not found:
        raise Rejected("finance.no-request")
    if len(found) > 1:
        raise Rejected("finance.which-request", banks=", ".join(each.bank for each in found))
    return found[0]


def record_look(hub: Hub, who: Signatory, request: Request, reason: str) -> None:
    """Before anything is shown. ``Invalid`` for a reason that can't stand in the ledger."""
    target = {"case": request.case}
    token = who.sign(LOOK, target, reason=reason, now=hub.clock())
    told = {"by": who.operator.name, "statement": token}
    hub.ledger.commit(lambda _: [Entry(LOOK, str(request.record["id"]), request.case, told)])


def told(desk: Desk, request: Request, *, values: bool = False) -> dict[str, Any]:
    """Everything of it, as JSON."""
    hub = desk.hub
    letter = finance_letters.get(hub.store, finance_requests.letter_id(hub, request.record))
    claims = finance_claiming.seen(hub, request)
    checks, stage = finance_answers.weigh(desk, Asked(request, letter), claims)
    return {
        "case": request.case,
        "bank": request.bank,
        "bank_title": _title(hub, request.bank),
        "letter": letter.id,
        "stage": stage or "",
        "request": _request(request, values),
        "checks": [finance_answers.row(each) | {"lacks": list(each.lacks)} for each in checks],
        "items": list(_items(hub, request)),
        "claim": _claim(hub, request, values),
        "loan": _loan(hub, request, values),
        "events": list(_events(hub, request)),
        "reads": _reads(hub, request, letter.id),
    }


def _title(hub: Hub, unit: str) -> str:
    return hub.site.units[unit].title if unit in hub.site.units else unit


def _request(request: Request, values: bool) -> dict[str, Any]:
    fields = pointer.flatten(request.record)
    return {
        path: value if values or path in _OPEN or path.startswith("/leave/") else mask(value)
        for path, value in fields.items()
    }


def _items(hub: Hub, request: Request) -> Iterator[dict[str, str]]:
    items = hub.site.matter(MATTER).items
    for name, row in request.items.items():
        item = items.get(name)
        told = {"item": name, "title": item.title if item else name, "state": row.state}
        unit = _title(hub, item.unit) if item else ""
        yield told | {"unit_title": unit, "code": row.code, "at": row.updated_at}


def _claim(hub: Hub, request: Request, values: bool) -> dict[str, Any]:
    with hub.store.read() as connection:
        row = finance_claim_rows.get(connection, request.case)
    if row is None:
        return {}
    amount: Any = row.amount_fen if values else mask(row.amount_fen)
    told = {"state": row.state, "why": row.why, "since": row.since, "changed_at": row.changed_at}
    return told | {"amount_fen": amount, "value_known": bool(row.value_known)}


def _loan(hub: Hub, request: Request, values: bool) -> dict[str, Any]:
    with hub.store.read() as connection:
        row = finance_loan_rows.of_request(connection, request.case)
        kept = finance_loans.read(connection, row) if row else None
    if kept is None:
        return {}
    whole = finance_loan_view.told(kept)
    shown = {name: whole[name] for name in ("state", "paid_out_on", "due_on")}
    hidden = {name: whole[name] for name in ("number", "amount_fen", "repaid_fen", "credited_fen")}
    return shown | {name: value if values else mask(value) for name, value in hidden.items()}


def _events(hub: Hub, request: Request) -> Iterator[dict[str, Any]]:
    """What its lender was told since: which, when, and by which document."""
    with hub.store.read() as connection:
        row = finance_loan_rows.of_request(connection, request.case)
        events = finance_event_rows.of_loans(connection, [row.case] if row else [], [])
    for each in events:
        yield {"seq": each.seq, "event": each.name, "document": each.document, "at": each.at}


def _reads(hub: Hub, request: Request, letter: str) -> list[dict[str, Any]]:
    """Of this request, the newest first: a posting has its number, a reading its case."""
    watch = Watch(hub.site, hub.store, hub.clock)
    rows = finance_view.reads(watch, limit=_MOST, bank=request.bank, letter=letter)
    ours = f":{request.record['id']}"
    return [row for row in rows if row["case"] == request.case or row["id"].endswith(ours)]
