"""Does a letter cover what a bank asks? One answer, the first that forbids it; nothing is counted here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from exchange import times
from exchange.errors import Problem
from zhida.finance_letters import EXPIRED, NOT_YET, USED_UP, Letter

ORDER_FINANCE, AFTER_LOAN = "order-finance", "after-loan"
BOTH = "order-finance-and-after-loan"


@dataclass(frozen=True, slots=True)
class Asked:
    """What for, which data, and of which order (its fingerprint; empty: not asked)."""

    purpose: str
    datasets: Collection[str]
    order_print: str = ""


def refusal(letter: Letter, asked: Asked, day: date, *, counted: bool) -> Problem | None:
    """Why not, or None. ``counted``: this reading was counted before, so it needs no use more."""
    return _standing(letter, day, counted=counted) or _covered(letter, asked)


def _standing(letter: Letter, day: date, *, counted: bool) -> Problem | None:
    row, revoked = letter.row, letter.revocation
    if revoked is not None:
        on = times.civil_day(times.instant(revoked.at)).isoformat()
        return Problem("finance.letter-revoked", {"on": on})
    state = letter.state(day)
    if state == NOT_YET:
        return Problem("finance.letter-not-yet", {"since": row.valid_from})
    if state == EXPIRED:
        return Problem("finance.letter-expired", {"until": row.valid_until})
    if state == USED_UP and not counted:
        return Problem("finance.letter-used-up", {"most": row.max_uses})
    return None


def _covered(letter: Letter, asked: Asked) -> Problem | None:
    row = letter.row
    if row.purpose not in (asked.purpose, BOTH):
        return Problem("finance.letter-purpose", {"purpose": row.purpose})
    missing = sorted(set(asked.datasets) - letter.datasets)
    if missing:
        return Problem("finance.letter-dataset", {"dataset": missing[0]})
    if asked.order_print not in ("", row.order_print):
        return Problem("finance.letter-order")
    return None
