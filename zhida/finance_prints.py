"""Fingerprints of orders and invoices: banks find out that they mean the same one, and nothing else.

A fingerprint is an HMAC under the hub's look-up key, of which nobody outside has a copy, so none can be
guessed by trying numbers. The amount is not in it: whoever changes it by a fen has the same order.

What is undone before, so that another spelling is no other order: full-width and other compatibility forms
(NFKC), small letters, white space and invisible characters, the many dashes (all read as ``-``), and leading
zeros of a number that has only digits. What stays: dashes and slashes themselves (``PO-1`` is not ``PO1``),
zeros within, letters of another alphabet that look alike, and an invoice's two numberings: a fully digital one
(数电发票) has 20 digits, and nothing tells to which code and number of the older kind it belongs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exchange.errors import Invalid
from mappings.identifiers import spelling
from zhida.hub import Hub

_INVISIBLE = ("Cf", "Cc")
"""Unicode's categories of what is not seen."""


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


def plain(number: str) -> str:
    """A number as it counts for a fingerprint.

    >>> plain("ｐｏ\u2013２０２６ / 007"), plain("000450"), plain("A-007"), plain("0")
    ('PO-2026/007', '450', 'A-007', '0')
    """
    found = spelling.compact(number)
    seen = (each for each in found if unicodedata.category(each) not in _INVISIBLE)
    told = "".join(
        "-" if unicodedata.category(each) == "Pd" or each == "\u2212" else each for each in seen
    )
    return told.lstrip("0") or "0" if told.isascii() and told.isdigit() else told


def of(hub: Hub, deal: Deal) -> Prints:
    """``Invalid("finance.no-number")`` if neither order nor contract has a number."""
    number = plain(deal.order) or plain(deal.contract)
    if not number:
        raise Invalid("finance.no-number")
    parties = (spelling.compact(deal.seller), spelling.compact(deal.buyer))
    line = hub.vault.tag("finance-line", *parties, number, plain(deal.line)) if deal.line else ""
    seller = parties[0]
    told = ((plain(code), plain(number)) for code, number in deal.invoices)
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
    return hub.vault.tag("finance-letter-order", plain(order))
