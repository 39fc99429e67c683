"""One year of public holidays (放假) and make-up working days (调休上班), as its notice lists them.

A year is known when the State Council's office has published its notice, usually in November of
the year before; until then nobody knows it, and neither do we.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from exchange.errors import Invalid, Problem
from mappings.yaml_file import YamlFile, escape
from matters import file_text, files

_DAY = {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}

SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "一年的节假日",
    "type": "object",
    "additionalProperties": False,
    "required": ["year", "notice", "rest", "work"],
    "properties": {
        "year": {"title": "年份", "type": "string", "pattern": r"^20[0-9]{2}$"},
        "notice": {
            "title": "通知",
            "description": "The State Council's notice: its title, number and day.",
            "type": "string",
            "minLength": 1,
        },
        "source": {"title": "网址", "type": "string"},
        "rest": {
            "title": "放假",
            "description": "Name of the holiday: its first and its last day, or its only one.",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "type": "array",
                "minItems": 1,
                "maxItems": 2,
                "items": _DAY,
            },
        },
        "work": {
            "title": "调休上班",
            "description": "Saturdays and Sundays on which people work.",
            "type": "array",
            "uniqueItems": True,
            "items": _DAY,
        },
    },
}

LONGEST = 20
"""Days; a holiday that is longer is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Year:
    """The days of one notice."""

    year: int
    notice: str
    rest: frozenset[date]
    work: frozenset[date]


@lru_cache(maxsize=64)
def parse(data: bytes, name: str) -> Year:
    """The file's year; ``Invalid`` tells every mistake with its line."""
    found = files.parse(file_text.decode(data, name), SCHEMA, name=name)
    wrong = [
        Problem("calendar.day", {"file": name, "line": found.line(at), "day": day})
        for at, day in _mistakes(found, name)
    ]
    if wrong:
        raise Invalid.of(wrong)
    told = found.data
    return Year(
        year=int(told["year"]),
        notice=told["notice"],
        rest=frozenset(day for ends in told["rest"].values() for day in _span(ends)),
        work=frozenset(date.fromisoformat(day) for day in told["work"]),
    )


def _mistakes(found: YamlFile, name: str) -> Iterator[tuple[str, str]]:
    """Days that can't be meant: another year's, a rest that ends first, work that is no make-up."""
    told = found.data
    if name != f"{told['year']}.yaml":
        yield "/year", told["year"]
    rest: set[date] = set()
    for holiday, ends in told["rest"].items():
        span = _span(ends) if all(_is_of(told["year"], day) for day in ends) else []
        rest.update(span)
        if not 0 < len(span) <= LONGEST:
            yield f"/rest/{escape(holiday)}", ", ".join(ends)
    for place, day in enumerate(told["work"]):
        if not _is_of(told["year"], day) or not _is_made_up(date.fromisoformat(day), rest):
            yield f"/work/{place}", day


def _is_of(year: str, text: str) -> bool:
    """A day of the year, or of the December before: a New Year's rest may begin there."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return False
    return day.year == int(year) or (day.year, day.month) == (int(year) - 1, 12)


def _is_made_up(day: date, rest: set[date]) -> bool:
    return day.weekday() >= 5 and day not in rest


def _span(ends: list[str]) -> list[date]:
    first, last = date.fromisoformat(ends[0]), date.fromisoformat(ends[-1])
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
