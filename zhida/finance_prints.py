"""Fingerprints of orders and invoices: banks find out that they mean the same one, and nothing else.

A fingerprint is an HMAC under the hub's look-up key, of which nobody outside has a copy, so none can be
guessed by trying numbers. The amount is not in it: whoever changes it by a fen has the same order.

Another spelling is no other order (``mappings.identifiers.order_number``). What stays different are an invoice's
two numberings: a fully digital one (数电发票) has 20 digits, and nothing tells to which code and number of the
older kind it belongs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exchange.errors import Invalid
from mappings.identifiers import order_number, spelling
from zhida.hub import Hub


@dataclass(frozen=True, slots=True)
class Deal:
    """What a bank means: the parties' codes, the order's number, or its contract's where it has none."""

    seller: str
    buyer: str
    order: str
    contract: str = ""
    line: str = ""
    """Empty: the whole order."""
    invoices: tuple[tuple[str, str], ...] = ()
    """Code (empty of a fully digital one) and number."""


@dataclass(frozen=True, slots=True)
class Prints:
    """Its fingerprints; ``line`` is empty for the whole order."""

    order: str
    line: str
    invoices: tuple[str, ...] = ()
    buyer: str = ""
    """Of who placed the order: all of its orders count against one limit."""

    @property
    def all(self) -> tuple[str, ...]:
        """Whatever somebody else may mean too."""
        return (self.order, *self.invoices)


def of(hub: Hub, deal: Deal) -> Prints:
    """``Invalid("finance.no-number")`` if neither order nor contract has a number."""
    number = order_number.compact(deal.order) or order_number.compact(deal.contract)
    if not number:
        raise Invalid("finance.no-number")
    parties = (spelling.compact(deal.seller), spelling.compact(deal.buyer))
    line = (
        hub.vault.tag("finance-line", *parties, number, order_number.compact(deal.line))
        if deal.line
        else ""
    )
    seller = parties[0]
    told = (
        (order_number.compact(code), order_number.compact(number)) for code, number in deal.invoices
    )
    invoices = {hub.vault.tag("finance-invoice", seller, *each) for each in told}
    return Prints(
        hub.vault.tag("finance-order", *parties, number),
        line,
        tuple(sorted(invoices)),
        hub.vault.tag("finance-buyer", parties[1]),
    )


def of_request(hub: Hub, request: Mapping[str, Any]) -> Prints:
    """Those of a ``finance-request``."""
    told = [(each.get("code", ""), each["number"]) for each in request.get("invoices", ())]
    deal = Deal(
        seller=request["seller"]["uscc"],
        buyer=request["buyer"]["uscc"],
        order=request["order"],
        contract=request.get("contract", ""),
        line=request.get("line", ""),
        invoices=tuple(told),
    )
    return of(hub, deal)


def of_number(hub: Hub, order: str) -> str:
    """Of an order's number alone, as a letter names it: it binds a request to its letter."""
    return hub.vault.tag("finance-letter-order", order_number.compact(order))
