"""Periods of law in words: ``1 month``, ``30 days``, ``2 hours``. Calendar time.

Working days need the dated table of public holidays and are refused until a matter brings one.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from exchange.errors import Invalid

PATTERN = r"^(?:[1-9][0-9]{0,3} (?:minute|hour|day|month)|[1-9][0-9]{0,2} year)s?$"
"""The same for a schema; bounded, so that no period ends after the year 9999."""
_FORM = re.compile(PATTERN.removeprefix("^").removesuffix("$"))


@dataclass(frozen=True, slots=True)
class Duration:
    """A number of calendar units."""

    count: int
    unit: str

    def after(self, day: date) -> date:
        """The last day of the period that begins on ``day``.

        A month ends on the day of the same number, or on the month's last day.

        >>> parse("1 month").after(date(2026, 1, 31))
        datetime.date(2026, 2, 28)
        """
        if self.unit in ("minute", "hour"):
            return day
        if self.unit == "day":
            return day + timedelta(days=self.count)
        months = day.month - 1 + self.count * (12 if self.unit == "year" else 1)
        year, month = day.year + months // 12, months % 12 + 1
        return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def parse(text: str) -> Duration:
    """Read ``<count> <unit>``.

    >>> parse("30 days")
    Duration(count=30, unit='day')
    """
    if _FORM.fullmatch(text) is None:
        raise Invalid("matter.duration", text=text[:30])
    count, unit = text.split(" ")
    return Duration(int(count), unit.removesuffix("s"))
