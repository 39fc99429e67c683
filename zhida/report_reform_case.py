"""One case on the page of the reform: how it stands, what each figure is there, how long it took."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from exchange import times
from exchange.errors import Invalid
from matters import terms
from matters.working_days import Holidays

Days = tuple[date | None, date | None]
OVER = ("done", "partial", "none")
"""A case that was cancelled never needed what it would have needed."""


@dataclass(frozen=True, slots=True)
class One:
    """One case: how it stands, and what each figure is there. What is unknown is not in it."""

    case: str
    state: str
    values: Mapping[str, int]
    no_record: int = 0

    @property
    def is_over(self) -> bool:
        """Does it count in the figures?"""
        return self.state in OVER


def took(begun_at: str, closed_at: str, holidays: Holidays) -> Iterator[tuple[str, int | None]]:
    """From civil day to civil day; working days are unknown where nobody knows the year's holidays."""
    if not closed_at:
        return
    first, last = (times.civil_day(datetime.fromisoformat(each)) for each in (begun_at, closed_at))
    yield "days", terms.between(first, last, working=None)
    try:
        yield "working_days", terms.between(first, last, working=holidays)
    except Invalid:
        return


def known(values: Iterator[tuple[str, int | None]]) -> dict[str, int]:
    """Without what is unknown."""
    return {name: value for name, value in values if value is not None}
