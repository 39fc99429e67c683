"""Is this order, or one of its invoices, financed already? What banks hold of orders, by fingerprints.

A claim is one bank's case about one order (the whole, or a line of it) with its invoices. It is ``reserved``
with the request, ``financed`` when the loan is paid out, ``released`` when it is declined or repaid. While it
is open, no other bank gets the same: a line and the whole order are the same, two lines are not. Another bank
is told that somebody has it and since which day, never who, and never how much.

Open claims of one order together never exceed its value, whoever asks at the same moment: every decision holds
its fingerprints' rows. While nobody has told the value a claim is held all the same, and says so; once it is
told (``reserve`` again), claims that were held against the value before, and those made earlier, go first.

Nothing here looks at letters or quotas: who calls has been allowed to (``zhida.finance_access``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from exchange import times
from exchange.errors import Rejected
from exchange.ledger import Entry
from exchange.store import finance_claim_rows
from exchange.store.engine import Connection
from exchange.store.finance_claim_rows import ClaimRow
from zhida import finance_holding
from zhida.finance_holding import FINANCED, LAPSED, RELEASED, RESERVED, TOLD, Held, Wish
from zhida.finance_prints import Prints
from zhida.hub import Hub

__all__ = ["FINANCED", "RELEASED", "RESERVED", "Held", "financed", "release", "reserve", "standing"]

Changes = Mapping[str, str | int]


def reserve(
    hub: Hub,
    *,
    case: str,
    bank: str,
    prints: Prints,
    amount_fen: int,
    order_value_fen: int | None,
) -> Held:
    """Hold it, if nobody else does and the order's value allows it; None: nobody has told the value.

    A case has one claim. ``Rejected("finance.claim-conflict")`` if it has another one, or is another
    bank's; ``Rejected("finance.amount")`` unless the amount is positive.
    """
    if amount_fen <= 0 or (order_value_fen or 0) < 0:
        raise Rejected("finance.amount")
    at = times.stamp(hub.clock())
    wish = Wish(case, bank, prints, amount_fen, order_value_fen, at)

    def work(connection: Connection) -> tuple[Held, list[Entry]]:
        finance_claim_rows.hold(connection, prints.all)
        mine = finance_claim_rows.get(connection, case)
        if mine is None:
            held = finance_holding.first_time(connection, wish)
            return held, [_entry(case, bank, held)]
        held = finance_holding.again(connection, mine, wish)
        return held, [_entry(case, bank, held)] if held != finance_holding.of_row(mine) else []

    return hub.ledger.decide(work)


def financed(hub: Hub, *, case: str, bank: str, amount_fen: int) -> Held:
    """The loan was paid out: so much, not more than was reserved. Again it changes nothing.

    ``Rejected``: ``finance.no-claim`` (another bank's too), ``finance.claim-released``,
    ``finance.more-than-reserved``.
    """
    at = times.stamp(hub.clock())
    return hub.ledger.decide(lambda c: paid_out(c, (case, bank), amount_fen, at))


def paid_out(
    connection: Connection, whose: tuple[str, str], amount_fen: int, at: str
) -> tuple[Held, list[Entry]]:
    """The same within a transaction: ``whose`` are the case and its bank."""

    def decide(mine: ClaimRow) -> Changes:
        if mine.state == RELEASED:
            raise Rejected("finance.claim-released", case=mine.case)
        if not 0 < amount_fen <= mine.amount_fen:
            raise Rejected("finance.more-than-reserved", case=mine.case)
        return {"state": FINANCED, "amount_fen": amount_fen}

    return _changed(connection, whose, decide, at)


def release(hub: Hub, *, case: str, bank: str) -> Held:
    """Declined or repaid: others may have it. Again it changes nothing. ``Rejected("finance.no-claim")``."""
    at = times.stamp(hub.clock())
    return hub.ledger.decide(lambda c: released(c, (case, bank), at))


def released(connection: Connection, whose: tuple[str, str], at: str) -> tuple[Held, list[Entry]]:
    """The same within a transaction."""

    def decide(mine: ClaimRow) -> Changes:
        return {} if mine.state == RELEASED else {"state": RELEASED, "why": TOLD}

    return _changed(connection, whose, decide, at)


def decline(hub: Hub, *, case: str, bank: str, prints: Prints, amount_fen: int) -> Held:
    """The case holds nothing from now on, and will not: also where it has never held anything.

    On which a loan was paid out, that stays as it is: its end is told of the loan.
    """
    wish = Wish(case, bank, prints, amount_fen, None, times.stamp(hub.clock()))

    def work(connection: Connection) -> tuple[Held | None, list[Entry]]:
        finance_claim_rows.hold(connection, prints.all)
        known = finance_claim_rows.get(connection, case)
        if known is None:
            finance_holding.never(connection, wish)
            return None, []
        if known.state == FINANCED:
            return finance_holding.of_row(_of_bank(connection, case, bank)), []
        return released(connection, (case, bank), wish.at)

    return hub.ledger.decide(work) or standing(hub, case=case, bank=bank)


def lapse(hub: Hub, days: int) -> int:
    """Whoever was told ``days`` ago and has neither lent nor said so holds nothing any more; how many."""
    before = times.stamp(hub.clock() - timedelta(days=days))
    with hub.store.read() as connection:
        rows = finance_claim_rows.reserved_before(connection, before)

    def decide(mine: ClaimRow) -> Changes:
        stays = mine.state != RESERVED or mine.changed_at >= before
        return {} if stays else {"state": RELEASED, "why": LAPSED}

    at = times.stamp(hub.clock())
    for row in rows:
        hub.ledger.decide(partial(_changed, whose=(row.case, row.bank), decide=decide, at=at))
    return len(rows)


def standing(hub: Hub, *, case: str, bank: str) -> Held:
    """How the claim of a case stands. ``Rejected("finance.no-claim")``."""
    with hub.store.read() as connection:
        return finance_holding.of_row(_of_bank(connection, case, bank))


def _changed(
    connection: Connection, whose: tuple[str, str], decide: Callable[[ClaimRow], Changes], at: str
) -> tuple[Held, list[Entry]]:
    case, bank = whose
    seen = _of_bank(connection, case, bank)
    invoices = finance_claim_rows.invoices(connection, case)
    finance_claim_rows.hold(connection, [seen.order_print, *invoices])
    mine = _of_bank(connection, case, bank)  # as it is now that nobody else decides on it
    values = {n: v for n, v in decide(mine).items() if getattr(mine, n) != v}
    if not values:
        return finance_holding.of_row(mine), []
    finance_claim_rows.change(connection, case, **values, changed_at=at)
    held = finance_holding.of_row(_of_bank(connection, case, bank))
    return held, [_entry(case, bank, held)]


def _of_bank(connection: Connection, case: str, bank: str) -> ClaimRow:
    found = finance_claim_rows.get(connection, case)
    if found is None or found.bank != bank:
        raise Rejected("finance.no-claim", case=case)
    return found


def _entry(case: str, bank: str, held: Held) -> Entry:
    told = {"bank": bank, "state": held.state, "value_known": held.value_known}
    told |= {"taken": bool(held.taken_since), "over": held.is_over}
    return Entry("finance-claim", case, case, told)
