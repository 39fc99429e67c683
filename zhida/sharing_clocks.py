"""How long a unit has to answer a request for data, to give it, and to check what somebody doubts.

``sharing_clocks.csv`` holds what is shipped, with its article (政务数据共享条例, read in a public copy of
the national database of laws, November 2026); a district that has agreed on less says so in
``catalogue.yaml`` (``clocks``). The days are configuration.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from typing import Any

from exchange import times
from matters import terms
from matters.terms import Due, Period
from matters.working_days import Holidays

UNCONDITIONAL, CONDITIONAL, PROVIDE, CHECK = (
    "answer-unconditional", "answer-conditional", "provide", "check",
)  # fmt: skip
SHIPPED, OF_SITE = "shipped", "site"


@dataclass(frozen=True, slots=True)
class SharingClock:
    """One period, with what it rests on."""

    name: str
    title: str
    within: str
    article: str
    origin: str = SHIPPED

    @property
    def period(self) -> Period:
        """As the law counts."""
        return terms.legal(self.within)

    def last_day(self, begins: date, holidays: Holidays) -> Due:
        """The last day of one that began on a civil day; unknown where no holidays are known."""
        return terms.last_day(self.period, begins, holidays)


@cache
def shipped() -> Mapping[str, SharingClock]:
    """Those of the product.

    >>> shipped()["provide"].within
    '20 working days'
    """
    text = resources.files("zhida").joinpath("sharing_clocks.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["clock"]: SharingClock(*(row[n] for n in _NAMES)) for row in rows}


_NAMES = ("clock", "title", "within", "article")


def of_site(told: Mapping[str, Any]) -> dict[str, SharingClock]:
    """The shipped ones, with those that ``clocks`` of a site's file replaces."""
    own = {
        name: SharingClock(name, shipped()[name].title, each["within"], each["article"], OF_SITE)
        for name, each in told.items()
    }
    return {**shipped(), **own}


def end_of(day: date) -> datetime:
    """The last moment of a civil day, to compare with stamps.

    >>> end_of(date(2026, 3, 2)).isoformat()
    '2026-03-02T15:59:59+00:00'
    """
    midnight = datetime.combine(day + timedelta(days=1), time(), times.CHINA)
    return (midnight - timedelta(seconds=1)).astimezone(UTC)
