"""``duty.yaml`` of a site: the roster, as turns of persons in time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from exchange import times
from exchange.errors import Fact, Invalid, Problem
from exchange.names import nearest
from mappings.yaml_file import YamlFile, escape
from matters import files
from zhida.duty_schema import FILE, SCHEMA
from zhida.site import Site
from zhida.site_operators import OPERATE


@dataclass(frozen=True, slots=True)
class Turn:
    """One person's: from ``since`` until before ``until``."""

    person: str
    shift: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Roster:
    """All turns, by their beginning; none for a site without the file."""

    turns: tuple[Turn, ...] = ()
    mobiles: Mapping[str, str] = field(default_factory=dict)

    def at(self, now: datetime) -> Turn | None:
        """Whose turn it is; of several that overlap the one that began last."""
        return next((t for t in reversed(self.turns) if t.since <= now < t.until), None)

    def covered_until(self, now: datetime) -> datetime:
        """From when on nobody is on duty any more."""
        end = now
        for turn in self.turns:
            if turn.since <= end:
                end = max(end, turn.until)
        return end


def is_there(site: Site) -> bool:
    """Has the site a roster?"""
    return (site.folder / FILE).is_file()


def load(site: Site) -> Roster:
    """The site's roster. ``Invalid`` tells every mistake with its line."""
    if not is_there(site):
        return Roster()
    found = files.read(site.folder / FILE, SCHEMA)
    problems = list(_mistakes(site, found))
    if problems:
        raise Invalid.of(problems)
    told = found.data
    spans = {name: _hours(text) for name, text in told["shifts"].items()}
    turns = [
        _turn(date.fromisoformat(day), shift, person, spans[shift])
        for day, shifts in told["roster"].items()
        for shift, person in shifts.items()
    ]
    mobiles = {name: each.get("mobile", "") for name, each in told.get("people", {}).items()}
    return Roster(tuple(sorted(turns, key=lambda turn: turn.since)), mobiles)


def _hours(text: str) -> tuple[time, time]:
    begins, _, ends = text.partition("-")
    return time.fromisoformat(begins), time.fromisoformat(ends)


def _turn(day: date, shift: str, person: str, hours: tuple[time, time]) -> Turn:
    begins, ends = hours
    last = day if ends > begins else day + timedelta(days=1)
    since = datetime.combine(day, begins, times.CHINA)
    return Turn(person, shift, since, datetime.combine(last, ends, times.CHINA))


def _mistakes(site: Site, found: YamlFile) -> Iterator[Problem]:
    able = sorted(o.name for o in site.operators.values() if OPERATE in o.roles)
    for name in found.data.get("people", {}):
        if name not in able:
            yield _person(found, f"/people/{escape(name)}", name, able)
    for day, shifts in found.data["roster"].items():
        where = f"/roster/{escape(day)}"
        if not _is_day(day):
            yield Problem("site.date", {**_where(found, where), "day": day})
        for shift, person in shifts.items():
            place = f"{where}/{escape(shift)}"
            if shift not in found.data["shifts"]:
                near = nearest(shift, found.data["shifts"])
                yield Problem(
                    "duty.no-shift", {**_where(found, place), "shift": shift, "nearest": near}
                )
            if person not in able:
                yield _person(found, place, person, able)


def _person(found: YamlFile, place: str, name: str, able: list[str]) -> Problem:
    facts = {"person": name, "nearest": nearest(name, able)}
    return Problem("duty.no-person", {**_where(found, place), **facts})


def _where(found: YamlFile, place: str) -> dict[str, Fact]:
    return {"file": FILE, "line": found.line(place)}


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
