"""What a request holds of its order, and what stands in its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from exchange.document import Document
from exchange.store import finance_claim_rows
from zhida import finance_claims, finance_holding, finance_prints
from zhida.finance_requests import Request
from zhida.hub import Hub


@dataclass(frozen=True, slots=True)
class Claims:
    """What banks hold that came before this request. In fen."""

    is_elsewhere: bool | None
    """None: no other bank has it, and this one does not hold it any more."""
    of_order_fen: int
    of_buyer_fen: int


def decline(hub: Hub, request: Request) -> str:
    """The request holds nothing of its order any more; the state of its claim."""
    held = finance_claims.decline(
        hub,
        case=request.case,
        bank=request.bank,
        prints=finance_prints.of_request(hub, request.record),
        amount_fen=int(request.record["amount_fen"]),
    )
    return held.state


def claims(hub: Hub, request: Request, documents: Mapping[str, Document]) -> Claims:
    """What banks hold of this order; this case's claim is held against the order's value once that is known."""
    order = documents.get("order")
    if request.items["order"].state == "refused":
        decline(hub, request)  # whose buyer knows nothing of it, that holds nothing
    prints = finance_prints.of_request(hub, request.record)
    held = finance_claims.reserve(
        hub,
        case=request.case,
        bank=request.bank,
        prints=prints,
        amount_fen=int(request.record["amount_fen"]),
        order_value_fen=int(order.record["amount_fen"]) if order is not None else None,
    )
    return _beside(hub, request, held.state)


def seen(hub: Hub, request: Request) -> Claims:
    """The same, for who only looks: nothing is held for it."""
    with hub.store.read() as connection:
        mine = finance_claim_rows.get(connection, request.case)
    return _beside(hub, request, mine.state if mine else "")


def _beside(hub: Hub, request: Request, state: str) -> Claims:
    prints = finance_prints.of_request(hub, request.record)
    with hub.store.read() as connection:
        taken = bool(finance_holding.taken_since(connection, prints, request.bank))
        holds = True if taken else (False if state in finance_claim_rows.OPEN else None)
        return Claims(
            holds,
            finance_claim_rows.earlier_fen(connection, request.case, order=prints.order),
            finance_claim_rows.earlier_fen(connection, request.case, buyer=prints.buyer),
        )
