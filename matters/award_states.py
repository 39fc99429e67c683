"""The life of an award: from matched to paid, returned, or asked back.

::

    matched ─ the policy's criteria are fulfilled, and settling left an amount
    screened-out ─ settling left nothing (had before, double funding, budget)
    listed ─ on the list that the head of the department has to agree to
    refused-by-head, objected ─ the head said no; somebody objected while the list was public
    dropped ─ the objection was right
    cleared ─ agreed to, and nobody objected
    awaiting-confirmation ─ the firm is asked; silence leaves it here, unpaid, for ever
    declined, confirmed ─ what the firm said (a policy may ask nothing)
    in-review, refused-by-finance, approved ─ in a batch that finance looks at
    ordered ─ the order is at the treasury, or may be
    paid, returned, not-paid ─ what the treasury told; returned: the account was wrong, which may show
        only days after it was paid
    clawback, recovered ─ two people ask it back; it came back
    released ─ a person let the firm be matched anew

An award is in one state. What a state follows from is read off its list, its batch and its case,
which hold the truth; so a step that died is simply done again. A move that the table does not know
is never written.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

NEXT: Mapping[str, frozenset[str]] = {
    "matched": frozenset({"listed", "screened-out"}),
    "screened-out": frozenset(),
    "listed": frozenset({"refused-by-head", "objected", "cleared"}),
    "refused-by-head": frozenset({"released"}),
    "objected": frozenset({"cleared", "dropped"}),
    "dropped": frozenset({"released"}),
    "cleared": frozenset({"awaiting-confirmation", "confirmed"}),
    "awaiting-confirmation": frozenset({"declined", "confirmed"}),
    "declined": frozenset({"released"}),
    "confirmed": frozenset({"in-review"}),
    "in-review": frozenset({"refused-by-finance", "approved"}),
    "refused-by-finance": frozenset({"released"}),
    "approved": frozenset({"ordered"}),
    "ordered": frozenset({"paid", "returned", "not-paid"}),
    "returned": frozenset({"ordered"}),
    "not-paid": frozenset({"ordered"}),
    "paid": frozenset({"clawback", "returned"}),
    "clawback": frozenset({"recovered"}),
    "recovered": frozenset(),
    "released": frozenset(),
}
"""State → the states that may come next."""
STATES = tuple(NEXT)
FREE = frozenset({"screened-out", "released"})
"""States in which the firm may be matched anew for the same thing. In every other the award keeps
its claim: nobody is listed, asked or paid twice, though it was refused."""
RESERVED = frozenset(STATES) - FREE - {
    "refused-by-head",
    "dropped",
    "declined",
    "refused-by-finance",
    "not-paid",
    "recovered",
}  # fmt: skip
"""States in which its amount is given, or on its way: it counts in budgets, caps and groups."""


def may_become(state: str, other: str) -> bool:
    """Can ``other`` follow, with or without states between that nobody happened to look at?

    >>> may_become("awaiting-confirmation", "paid"), may_become("declined", "paid")
    (True, False)
    """
    seen, ahead = {state}, deque(NEXT[state])
    while ahead:
        found = ahead.popleft()
        if found == other:
            return True
        ahead.extend(NEXT[found] - seen)
        seen.add(found)
    return False


Item = tuple[str, str]
"""State and code of an item of the award's case."""
RETURNED = "treasury.returned"
"""The code by which the treasury says that the money came back: the account was wrong."""
PAYERS = ("pay", "pay-fund")
"""Items that pay: the treasury's, and the unemployment fund's. The route skips all but one."""
GOOD = frozenset({"applied", "skipped"})
_AT_THE_TREASURY = frozenset({"sent", "unknown", "stored", "applied"})
_FAILED = frozenset({"refused", "invalid", "given-up"})


def payer(items: Mapping[str, Item]) -> str:
    """The item that pays. As long as none has been skipped, it is not known which it will be.

    >>> payer({"pay": ("skipped", ""), "pay-fund": ("applied", "")})
    'pay-fund'
    """
    return next((n for n in PAYERS if n in items and items[n][0] != "skipped"), PAYERS[0])


def of_case(items: Mapping[str, Item], *, batch: bool, approved: bool) -> str:
    """The state that an award's case tells. ``batch``: it is in one; ``approved``: it may be paid.

    >>> of_case({"confirm": ("stored", ""), "pay": ("waiting", "")}, batch=False, approved=False)
    'awaiting-confirmation'
    >>> of_case({"confirm": ("skipped", ""), "pay": ("refused", RETURNED)}, batch=True, approved=True)
    'returned'
    """
    confirm, _ = items["confirm"]
    if confirm in _FAILED:
        return "declined"
    if confirm not in GOOD:
        return "awaiting-confirmation"
    paid = _of_payment(items)
    if paid:
        return paid
    if approved:
        return "approved"
    return "in-review" if batch else "confirmed"


def _of_payment(items: Mapping[str, Item]) -> str:
    """Empty: nothing of it has left yet."""
    paying = payer(items)
    state, code = items[paying]
    taken_back = [items[name][0] for name in items if name.startswith(f"{paying}#")]
    if taken_back:
        return "recovered" if taken_back[-1] == "applied" else "clawback"
    if state == "applied":
        return "paid"
    if state == "refused" and code == RETURNED:
        return "returned"
    if state in _FAILED:
        return "not-paid"
    return "ordered" if state in _AT_THE_TREASURY or state == "parked" else ""
