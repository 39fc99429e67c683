"""Who has which role in this district, and who of a unit gets the next case: joint work of many units.

Roles are the rules' (a ladder's, a procedure's); a site says in one file which of its units has each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from exchange.errors import Fact, Invalid, Problem
from exchange.names import nearest
from mappings.yaml_file import YamlFile, escape
from matters import files
from zhida.site import Site


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the site's file has to say."""

    file: str
    schema: Mapping[str, Any]
    roles: Mapping[str, str]
    """Role → its Chinese name; each has to have a unit."""
    hand: str
    """Matter that hands a case to whoever has a role: it has an item of each role's name."""
    also: Mapping[str, str] = field(default_factory=dict)
    """Further roles that need a unit, to which nothing is handed."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Who has one role. Desks are numbers in the OA."""

    unit: str
    desk: str = ""
    desks: Mapping[str, str] = field(default_factory=dict)
    """Street or park → desk."""
    roster: tuple[str, ...] = ()
    duty: tuple[str, ...] = ()

    def who(self, place: str, loads: Mapping[str, int]) -> tuple[str, ...]:
        """The desks that get a dispute of this place; one empty one where a platform does.

        ``loads``: desk → open disputes. Of those who have as few, the first of the roster.
        """
        if self.duty:
            return self.duty
        if self.roster:
            return (min(self.roster, key=lambda desk: loads.get(desk, 0)),)
        return (self.desks.get(place, self.desk),)


@dataclass(frozen=True, slots=True)
class Roles:
    """All seats, by role."""

    seats: Mapping[str, Seat]
    file: str
    """Of the site, which says so."""

    def seat(self, role: str) -> Seat:
        """``Invalid`` if nobody has this role here."""
        found = self.seats.get(role)
        if found is None:
            near = nearest(role, self.seats)
            raise Invalid("seats.none", file=self.file, role=role, nearest=near)
        return found

    def of_unit(self, unit: str) -> frozenset[str]:
        """The roles that a unit has."""
        return frozenset(role for role, seat in self.seats.items() if seat.unit == unit)

    def of_owner(self, owner: str) -> str:
        """The role of an owner, who is told as a role or as a unit; empty: nobody has it."""
        return owner if owner in self.seats else min(self.of_unit(owner), default="")


def load(site: Site, wanted: Wanted) -> Roles:
    """The site's file. ``Invalid`` tells every mistake with its line."""
    found = files.read(site.folder / wanted.file, wanted.schema)
    problems = list(_mistakes(site, wanted, found))
    if problems:
        raise Invalid.of(problems)
    told = {role: _seat(about) for role, about in found.data["roles"].items()}
    return Roles(told, wanted.file)


def _seat(told: Mapping[str, Any]) -> Seat:
    lists = {name: tuple(told.get(name, ())) for name in ("roster", "duty")}
    return Seat(told["unit"], told.get("desk", ""), told.get("desks", {}), **lists)


def _mistakes(site: Site, wanted: Wanted, found: YamlFile) -> Iterator[Problem]:
    roles, known = found.data["roles"], {**wanted.roles, **wanted.also}
    for role, told in roles.items():
        where: dict[str, Fact] = {"file": wanted.file, "line": found.line(f"/roles/{escape(role)}")}
        if role not in known:
            near = nearest(role, known)
            yield Problem("seats.unknown-role", {**where, "role": role, "nearest": near})
        if told["unit"] not in site.units:
            near = nearest(told["unit"], site.units)
            yield Problem("seats.unknown-unit", {**where, "unit": told["unit"], "nearest": near})
        elif role in wanted.roles:
            yield from _hand(site, wanted.hand, (role, told["unit"]), where)
    for role in (name for name in known if name not in roles):
        told = {"role": role, "title": known[role]}
        yield Problem("seats.nobody", {"file": wanted.file, "line": 1, **told})


def _hand(
    site: Site, hand: str, who: tuple[str, str], where: Mapping[str, Fact]
) -> Iterator[Problem]:
    """Each role has an item of its name in the matter of handing-over, whose unit is who gets the papers."""
    role, unit = who
    matter = site.matters.get(hand)
    item = matter.items.get(role) if matter else None
    if item is None or item.unit != unit:
        told: dict[str, Fact] = {
            "role": role,
            "unit": unit,
            "matter": hand,
            "item": item.unit if item else "-",
        }
        yield Problem("seats.other-hand", {**where, **told})
