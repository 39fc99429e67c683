"""Days, steps and shares of many awards, out of how often each number occurs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from typing import Any

from exchange import times
from exchange.errors import Invalid
from exchange.store.grant_paid_rows import Paid
from matters import terms
from matters.working_days import Holidays

FEW = 5
"""A figure over less than so many awards says little, and is told as such."""


def spread(counts: Mapping[int, int]) -> dict[str, Any]:
    """Number → how often: how many, their median, the one that nine in ten don't exceed, the mean.

    Median and ninth tenth are numbers that there are (nearest rank, the lower one of two).

    >>> spread({3: 5, 4: 4, 20: 1})
    {'count': 10, 'median': 3, 'p90': 4, 'mean': 5.1, 'few': False}
    >>> spread({})
    {'count': 0, 'median': None, 'p90': None, 'mean': None, 'few': True}
    """
    count = sum(counts.values())
    told: dict[str, Any] = {"count": count, "median": None, "p90": None, "mean": None}
    if count:
        total = sum(number * times_ for number, times_ in counts.items())
        told |= {"median": _rank(counts, 50), "p90": _rank(counts, 90)}
        told["mean"] = tenths(Fraction(total, count))
    return told | {"few": count < FEW}


def _rank(counts: Mapping[int, int], percent: int) -> int:
    """The least number that so many percent don't exceed."""
    needed, seen = sum(counts.values()) * percent, 0
    for number in sorted(counts):
        seen += counts[number] * 100
        if seen >= needed:
            return number
    raise ValueError(percent)


def tenths(value: Fraction) -> float:
    """With one decimal.

    >>> tenths(Fraction(10, 3))
    3.3
    """
    return float(round(value, 1))


def share(part: int, whole: int) -> int | None:
    """Percent, rounded down: nothing counts as done that is not. None of nothing.

    >>> share(2, 3), share(0, 0)
    (66, None)
    """
    return part * 100 // whole if whole else None


class Spans:
    """From the day of decision to the day of payment, in working days and in calendar days."""

    def __init__(self, holidays: Holidays) -> None:
        self._holidays = holidays
        self.between = cache(self._between)

    def told(self, paid: Iterable[Paid]) -> dict[str, Any]:
        """``working_days``, ``days``, and ``unknown``: in a year of which nobody knows the holidays."""
        working, days, unknown = Counter[int](), Counter[int](), 0
        for each in paid:
            first, last = date.fromisoformat(each.day), day_of(each.hour)
            days[(last - first).days] += each.number
            found = self.between(first, last)
            if found is None:
                unknown += each.number
            else:
                working[found] += each.number
        told = {"working_days": spread(working), "days": spread(days)}
        return told | {"unknown": unknown}

    def _between(self, first: date, last: date) -> int | None:
        try:
            return terms.between(first, last, working=self._holidays)
        except Invalid:
            return None


def day_of(hour: str) -> date:
    """The civil day in China of a stamp's hour.

    >>> day_of("2026-03-02T15"), day_of("2026-03-02T16")
    (datetime.date(2026, 3, 2), datetime.date(2026, 3, 3))
    """
    return times.civil_day(datetime.fromisoformat(f"{hour}:00:00+00:00"))
