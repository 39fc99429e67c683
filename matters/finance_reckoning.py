"""The checks that need arithmetic: each a small function from what may be used to what it came to.

Each tells what surely fails even where something else is not known yet, and never takes what is not
known for nothing: telling more never turns a failure into a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from exchange.ports import Scalar
from mappings.identifiers import order_number
from matters import core_list, finance_confirmation, finance_invoices, finance_truth
from matters.finance_case import View
from matters.finance_parts import Finding, joined
from matters.kleene import Truth

_APPLIED, _VALUE, _PAID = "/request/amount_fen", "/order/amount_fen", "/order/paid_fen"
_CONFIRMED, _ORDER = "/order/is_confirmed", "/order/order"
_BUYER, _RECEIVED = "/request/buyer/uscc", "/request/received_on"
_LETTER_ORDER = "/letter/order"
_NOT_LISTED = "R13"
_MAY_BE_ASSIGNED = ("/order/may_be_assigned", "/opinion/may_be_assigned")
_PURPOSES = ("order-finance", "order-finance-and-after-loan")
LIMIT, PERCENT, CONFIRM = "limit_fen", "advance_percent", "confirm_within_days"
"""Parameters of the file."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One of them."""

    reckon: Callable[[View], Finding]
    reads: tuple[str, ...]
    """Papers that the check must read."""
    codes: tuple[str, ...]
    """What it may give."""
    asks_hub: bool = False
    """It tells what the hub knows of others too, so a letter must cover it."""


def letter(view: View) -> Finding:
    """Is it this bank's, for this order of this seller, valid today, not taken back, not used up?"""
    parts = dict(_of_letter(view))
    fails = ("R01",) if False in parts.values() else ()
    return Finding(fails, lacks=tuple(name for name, part in parts.items() if part is None))


def _of_letter(view: View) -> Mapping[str, Truth]:
    fields, known, today = view.fields, view.known, view.today.isoformat()
    bank, purpose = fields.get("/letter/bank/uscc"), fields.get("/letter/purpose")
    since, until = fields.get("/letter/valid_from"), fields.get("/letter/valid_until")
    pairs = [
        ("/letter/number", "/request/letter"),
        ("/letter/grantor/uscc", "/request/seller/uscc"),
    ]
    return {
        **{pair[0]: finance_truth.truth({"same": [*pair]}, fields) for pair in pairs},
        _LETTER_ORDER: _same_order(fields.get(_LETTER_ORDER), fields.get("/request/order")),
        "bank": None if bank is None or known.bank is None else bank == known.bank,
        "/letter/purpose": None if purpose is None else purpose in _PURPOSES,
        "/letter/valid_from": None if since is None else str(since) <= today,
        "/letter/valid_until": None if until is None else today <= str(until),
        "is_revoked": None if known.is_revoked is None else not known.is_revoked,
        "uses_left": None if known.uses_left is None else known.uses_left > 0,
    }


def _same_order(one: Scalar | None, other: Scalar | None) -> Truth:
    """As the letter is looked at before anything is asked by it (``finance_prints``): another spelling is no other."""
    if one is None or other is None:
        return None
    return order_number.is_same(str(one), str(other))


def amount(view: View) -> Finding:
    """What is applied for is not above what the buyer still has to pay (order's value less paid)."""
    return _within(view, view.fen(_PAID), _PAID)


def cumulative(view: View) -> Finding:
    """All financing of the order together, this one counted, is not above its value."""
    return _within(view, view.known.financed_fen, "financed_fen")


def _within(view: View, less: int | None, name: str) -> Finding:
    """What is taken off is never negative: above the whole value it fails, whatever is taken off."""
    applied, value = view.fen(_APPLIED), view.fen(_VALUE)
    told = {_APPLIED: applied, _VALUE: value, name: less}
    lacks = tuple(each for each, fen in told.items() if fen is None)
    if applied is None or value is None:
        return Finding(lacks=lacks)
    return Finding(("R06",) if applied > value - (less or 0) else (), lacks=lacks)


def limit(view: View) -> Finding:
    """The usual limit of one loan, and the share of the order's value that is advanced."""
    applied, value, set_to = view.fen(_APPLIED), view.fen(_VALUE), view.parameters
    if applied is None:
        return Finding(lacks=(_APPLIED,))
    over = applied > set_to[LIMIT]
    over |= value is not None and applied * 100 > value * set_to[PERCENT]
    return Finding(("R18",) if over else (), lacks=(_VALUE,) if value is None else ())


def confirmation(view: View) -> Finding:
    """The buyer says that it owes this. While it may still answer that is unknown; then its silence is told.

    Silence is neither a yes nor a no, and only of whom a law asks for an answer: a person has to look at it.
    """
    said = view.truth(_CONFIRMED)
    if said is not None:
        return Finding(() if said else ("R05",))
    known, days = view.known, view.parameters[CONFIRM]
    period = finance_confirmation.period(view.fields, known.core, known.holidays, days)
    if _ORDER not in view.fields or period is None or view.today <= period.last:
        return Finding(lacks=(_CONFIRMED,))
    return Finding(manual=("R05",), basis=(period.text(view.sources[CONFIRM]),))


def assignable(view: View) -> Finding:
    """The contract lets the receivable be assigned: the word of the buyer or of the law firm will do."""
    said = [view.truth(path) for path in _MAY_BE_ASSIGNED]
    if said == [None, None]:
        return Finding(lacks=_MAY_BE_ASSIGNED)
    return Finding(manual=("R14",) if False in said else ())


def duplicates(view: View) -> Finding:
    """No other bank has asked about the same order or invoice."""
    found = view.known.is_elsewhere
    return Finding(("R11",) if found else (), lacks=("is_elsewhere",) if found is None else ())


def core(view: View) -> Finding:
    """The buyer is on the list of core enterprises, and its limit has room for this loan.

    A list without a single firm is none: nobody has reviewed anybody, so nothing follows from it.
    """
    listed, buyer = view.known.core, view.fields.get(_BUYER)
    if listed is None or not listed.firms or buyer is None:
        return Finding(lacks=("core",))
    firm = listed.firms.get(str(buyer))
    is_on = firm is not None and core_list.is_listed(firm, view.today, since=_since(view))
    if firm is None or is_on is False:
        return Finding((_NOT_LISTED,))
    found = _room(view, firm)
    return joined([found, Finding(lacks=(_RECEIVED,))]) if is_on is None else found


def _since(view: View) -> date | None:
    received = view.fields.get(_RECEIVED)
    return date.fromisoformat(str(received)) if received else None


def _room(view: View, firm: core_list.Firm) -> Finding:
    """Above the whole limit there is no room, whatever is used of it."""
    applied, left = view.fen(_APPLIED), core_list.limit_left(firm, view.known.core_used_fen)
    told = {_APPLIED: applied, "core_used_fen": left}
    most = core_list.limit_fen(firm) if left is None else left
    over = applied is not None and applied > most
    lacks = tuple(name for name, fen in told.items() if fen is None)
    return Finding((_NOT_LISTED,) if over else (), lacks=lacks)


RULES: Mapping[str, Rule] = {
    "letter": Rule(letter, ("letter", "request"), ("R01",)),
    "amount": Rule(amount, ("order", "request"), ("R06",)),
    "cumulative": Rule(cumulative, ("order", "request"), ("R06",), asks_hub=True),
    "limit": Rule(limit, ("order", "request"), ("R18",)),
    "confirmation": Rule(confirmation, ("order",), ("R05",)),
    "assignable": Rule(assignable, ("order",), ("R14",)),
    "duplicates": Rule(duplicates, (), ("R11",), asks_hub=True),
    "core-list": Rule(core, ("request",), ("R13",), asks_hub=True),
    "invoices": Rule(
        finance_invoices.reckon, ("invoices", "request", "order"), ("R07", "R08", "R09")
    ),
}
"""What a check of the file may name as its ``rule``."""
