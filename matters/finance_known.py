"""What follows from a loan's facts together: is the order due, was it paid, and where to. Unknown stays unstated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from exchange.ports import Record, Scalar
from matters.finance_loan import Standing

_AMOUNT, _PAID = "amount_fen", "paid_fen"


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known of one loan on a day."""

    today: date
    standing: Standing
    buyer: str
    """Code of the firm that is to pay."""
    order: Record | None = None
    """The order as it was told last; None: nobody has told it."""
    order_day: date | None = None
    first: Record | None = None
    """The order as the request found it."""
    confirm_by: date | None = None
    """Last day on which the buyer has by law to say whether it owes; None: not known, or no law asks it to."""


def of(scene: Scene) -> Mapping[str, Scalar]:
    """Name → value; a name that is missing is not known."""
    found = {
        "credited_fen": scene.standing.credited_fen(scene.buyer),
        "is_past_due": _is_past_due(scene),
        "is_confirmation_overdue": _is_overdue(scene),
        "is_paid": _is_paid(scene),
        "is_paid_in_part": _is_paid_in_part(scene),
        "elsewhere_fen": _elsewhere(scene),
    }
    return {name: value for name, value in found.items() if value is not None}


def _is_past_due(scene: Scene) -> bool | None:
    """The day on which the buyer has to pay is over, and the order says that it has not."""
    order = scene.order or {}
    due, paid, amount = order.get("due_on"), order.get(_PAID), order.get(_AMOUNT)
    if order.get("stage") == "paid" or (paid is not None and amount is not None and paid >= amount):
        return False
    return None if due is None else scene.today > date.fromisoformat(str(due))


def _is_overdue(scene: Scene) -> bool | None:
    """A public body or a large firm was asked, and has neither confirmed nor denied by its last day that it owes."""
    if scene.order is None or scene.confirm_by is None:
        return None
    return scene.order.get("is_confirmed") is None and scene.today > scene.confirm_by


def _receivable(scene: Scene) -> int | None:
    """What was left to be paid when the bank asked; the whole order where nobody has said what was paid."""
    order, first = scene.order or scene.first, scene.first or {}
    return None if order is None else int(order[_AMOUNT]) - int(first.get(_PAID, 0))


def _is_paid(scene: Scene) -> bool | None:
    receivable = _receivable(scene)
    if receivable is None:
        return None
    return 0 < receivable <= scene.standing.credited_fen(scene.buyer)


def _is_paid_in_part(scene: Scene) -> bool | None:
    credited, receivable = scene.standing.credited_fen(scene.buyer), _receivable(scene)
    if receivable is None:
        return None
    return 0 < credited < receivable


def _elsewhere(scene: Scene) -> int | None:
    """What the buyer has paid since the request and the locked account has not got.

    Known only once the bank has told all that came to the account up to the day as of which the order says so.
    """
    now, before = (scene.order or {}).get(_PAID), (scene.first or {}).get(_PAID)
    if now is None or before is None or scene.order_day is None:
        return None
    missing = int(now) - int(before) - scene.standing.credited_fen(scene.buyer)
    if missing <= 0:
        return 0
    until = scene.standing.checked_until
    return missing if until is not None and until >= scene.order_day else None
