"""Where a loan stands: the fold of what its bank has told, and what it may not tell any more.

A settled fact is never changed silently. After an end (``repaid``, ``called-off``) nothing is taken but the same
end once more; parts and the last payment together are exactly what was paid out; nothing lies before the paying-out
or in the days to come. In which order parts and credits come does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from exchange.errors import Problem

REPAID, IN_PART, CALLED_OFF = "repaid", "repaid-in-part", "called-off"
CREDIT, CHECKED = "credit", "account-checked"
ENDS = (REPAID, CALLED_OFF)
WORDS = (REPAID, IN_PART, CALLED_OFF, CREDIT, CHECKED)
OPEN = "open"
_NEEDS_AMOUNT = (IN_PART, CREDIT)
_HAS_NONE = (CALLED_OFF, CHECKED)


@dataclass(frozen=True, slots=True)
class Loan:
    """What was paid out, in fen, and when."""

    paid_out_on: date
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Word:
    """What a bank says has happened on a day; ``payer``: the code of the firm that a credit came from."""

    name: str
    day: date
    amount_fen: int = 0
    payer: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a loan stands. ``state``: ``open``, or the end that it has come to."""

    state: str = OPEN
    repaid_fen: int = 0
    end: Word | None = None
    credits: tuple[Word, ...] = ()
    checked_until: date | None = None
    """All that came to the account up to this day was told; None: nobody has said so."""

    def credited_fen(self, payer: str) -> int:
        """What this firm has paid to the locked account, as far as it was told."""
        return sum(each.amount_fen for each in self.credits if each.payer == payer)


def stand(words: Iterable[Word]) -> Standing:
    """The fold. What comes after an end is that end once more, and changes nothing.

    >>> stand([Word("repaid-in-part", date(2026, 5, 2), 30), Word("repaid", date(2026, 5, 9), 70)]).repaid_fen
    100
    """
    told = list(words)
    end = next((each for each in told if each.name in ENDS), None)
    parts = sum(each.amount_fen for each in told if each.name == IN_PART)
    checked = [each.day for each in told if each.name == CHECKED]
    return Standing(
        state=end.name if end else OPEN,
        repaid_fen=parts + (end.amount_fen if end else 0),
        end=end,
        credits=tuple(each for each in told if each.name == CREDIT),
        checked_until=max(checked, default=None),
    )


def refusal(loan: Loan, words: Sequence[Word], new: Word, today: date) -> Problem | None:
    """Why this can't be taken, or None."""
    standing = stand(words)
    if standing.end is not None:
        on = standing.end.day.isoformat()
        settled = Problem("finance.loan-settled", {"state": standing.state, "on": on})
        return None if new == standing.end else settled
    if not loan.paid_out_on <= new.day <= today:
        facts = {"first": loan.paid_out_on.isoformat(), "last": today.isoformat()}
        return Problem("finance.loan-day", facts)
    return _amount(loan, standing, new) or _order(words, new)


def _amount(loan: Loan, standing: Standing, new: Word) -> Problem | None:
    if new.amount_fen < (new.name in _NEEDS_AMOUNT) or (new.name in _HAS_NONE and new.amount_fen):
        return Problem("finance.loan-amount", {"event": new.name})
    left = loan.amount_fen - standing.repaid_fen
    if new.name == IN_PART and new.amount_fen > left:
        return Problem("finance.loan-sum", {"left": left})
    if new.name == REPAID and new.amount_fen != left:
        return Problem("finance.loan-sum", {"left": left})
    return None


def _order(words: Iterable[Word], new: Word) -> Problem | None:
    """An end does not lie before a part of what it ends."""
    last = max((each.day for each in words if each.name == IN_PART), default=new.day)
    if new.name in ENDS and new.day < last:
        return Problem("finance.loan-order", {"last": last.isoformat()})
    return None
