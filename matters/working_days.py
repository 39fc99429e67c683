"""Working days in China: the shipped years of public holidays, and those that a site adds.

A site's own file of a year (``holidays/2027.yaml``) comes before ours of the same year, so that a
new notice, or a late change of one, does not have to wait for a release.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path

from exchange.errors import Invalid, Problem
from matters import holiday_file
from matters.holiday_file import Year

FOLDER = "holidays"
"""Of the package, and of a site."""


@dataclass(frozen=True, slots=True)
class Holidays:
    """The years whose holidays are known."""

    years: Mapping[int, Year]

    @property
    def last(self) -> int:
        """The last year that is known."""
        return max(self.years, default=0)

    def is_working(self, day: date) -> bool:
        """Do offices work on this day? ``Invalid("calendar.no-year")`` if nobody has told us.

        >>> [of(None).is_working(date(2026, 10, day)) for day in (7, 8, 10, 11)]
        [False, True, True, False]
        """
        if day.year not in self.years:
            raise Invalid("calendar.no-year", year=day.year, last=self.last)
        told = [self.years[year] for year in (day.year, day.year + 1) if year in self.years]
        if any(day in each.work for each in told):
            return True
        return day.weekday() < 5 and not any(day in each.rest for each in told)


def of(site: Path | None) -> Holidays:
    """The shipped years, and those of a site's folder. ``Invalid`` for a file that is not right."""
    found = {**_shipped()}
    for path in _files(site):
        year = holiday_file.parse(path.read_bytes(), path.name)
        found[year.year] = year
    return Holidays(found)


def problems(site: Path) -> Iterator[Problem]:
    """Everything that is wrong with the years that a site brings."""
    for path in _files(site):
        try:
            holiday_file.parse(path.read_bytes(), path.name)
        except Invalid as error:
            yield from error.problems


def _files(site: Path | None) -> list[Path]:
    found = (site / FOLDER).glob("*.yaml") if site is not None else ()
    return sorted(path for path in found if path.is_file() and not path.name.startswith((".", "~")))


@cache
def _shipped() -> Mapping[int, Year]:
    folder = resources.files("matters").joinpath(FOLDER)
    files = [each for each in folder.iterdir() if each.name.endswith(".yaml")]
    years = [holiday_file.parse(each.read_bytes(), each.name) for each in files]
    return {each.year: each for each in years}
