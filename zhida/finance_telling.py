"""An answer on its way to the bank: cut down to what is agreed, noted in the ledger before it leaves."""

from __future__ import annotations

from exchange import transfer
from exchange.ledger import Entry
from zhida import finance_answers
from zhida.finance_answers import Asked, Desk
from zhida.finance_requests import MATTER, Request
from zhida.serve_route import Call, Told

REQUESTS = "/finance/requests"
PAUSE = "600"
"""Seconds after which a bank may ask again for what is not whole."""


def told(desk: Desk, call: Call, asked: Asked) -> Told:
    """200 with the whole answer; 202 where something is not known yet. ``Forbidden``: nothing is agreed."""
    hub, request = desk.hub, asked.request
    document = finance_answers.tell(desk, asked)
    moved = transfer.plan(
        document,
        hub.site.agreements,
        receiver=call.client.unit,
        purpose=hub.site.matter(MATTER).purpose,
        now=hub.clock(),
    )
    entry = _entry(call, request, moved)
    hub.ledger.commit(lambda _: [entry])
    value = {"answer": dict(moved.record), "signed": moved.presentation}
    place = {"Location": f"{REQUESTS}/{request.number}"}
    if document.record["is_complete"]:
        return Told(value, 200, place)
    return Told(value, 202, place | {"Retry-After": PAUSE})


def _entry(call: Call, request: Request, moved: transfer.Transfer) -> Entry:
    details = {
        "client": call.client.name,
        "unit": call.client.unit,
        "document": moved.document.id,
        "agreement": moved.agreement.id,
        "agreement_digest": moved.agreement.digest(),
        "disclosed": sorted(moved.disclosed),
        "withheld": moved.withheld,
    }
    return Entry("read", call.id, request.case, details)
