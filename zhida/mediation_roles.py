"""Who has which role of the ladder in this district, and who of a unit gets the next dispute.

``mediation.yaml`` of the site::

    roles:
      hub: {unit: mediation-centre, desk: "301"}
      street: {unit: streets, desk: "310", desks: {秣陵街道: "311"}}   # by the dispute's place
      people: {unit: people-mediation, roster: ["321", "322"]}         # who has the fewest open
      response: {unit: rapid-response, duty: ["351", "352"]}           # all at once
      court: {unit: court}                                             # its platform
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from exchange.errors import Fact, Invalid, Problem
from exchange.names import nearest
from mappings.yaml_file import YamlFile, escape
from matters import files
from matters.ladder_parts import Ladder
from zhida.mediation_schema import FILE, SCHEMA
from zhida.site import Site

REFERRAL = "mediation-referral"
"""The matter of handing-over."""


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

    def seat(self, role: str) -> Seat:
        """``Invalid`` if nobody has this role here."""
        found = self.seats.get(role)
        if found is None:
            near = nearest(role, self.seats)
            raise Invalid("mediation.no-seat", file=FILE, role=role, nearest=near)
        return found

    def of_unit(self, unit: str) -> frozenset[str]:
        """The roles that a unit has."""
        return frozenset(role for role, seat in self.seats.items() if seat.unit == unit)

    def of_owner(self, owner: str) -> str:
        """The role of an owner, who is told as a role or as a unit; empty: nobody has it."""
        return owner if owner in self.seats else min(self.of_unit(owner), default="")


def load(site: Site, ladder: Ladder) -> Roles:
    """The site's file. ``Invalid`` tells every mistake with its line."""
    found = files.read(site.folder / FILE, SCHEMA)
    problems = list(_mistakes(site, ladder, found))
    if problems:
        raise Invalid.of(problems)
    return Roles({role: _seat(told) for role, told in found.data["roles"].items()})


def _seat(told: Mapping[str, Any]) -> Seat:
    lists = {name: tuple(told.get(name, ())) for name in ("roster", "duty")}
    return Seat(told["unit"], told.get("desk", ""), told.get("desks", {}), **lists)


def _mistakes(site: Site, ladder: Ladder, found: YamlFile) -> Iterator[Problem]:
    roles = found.data["roles"]
    for role, told in roles.items():
        where: dict[str, Fact] = {"file": FILE, "line": found.line(f"/roles/{escape(role)}")}
        if role not in ladder.roles:
            near = nearest(role, ladder.roles)
            yield Problem("mediation.unknown-role", {**where, "role": role, "nearest": near})
        if told["unit"] not in site.units:
            near = nearest(told["unit"], site.units)
            yield Problem(
                "mediation.unknown-unit", {**where, "unit": told["unit"], "nearest": near}
            )
        if role in ladder.roles and told["unit"] in site.units:
            yield from _hand(site, role, told["unit"], where)
    for role in ladder.roles:
        if role not in roles:
            told = {"role": role, "title": ladder.roles[role]}
            yield Problem("mediation.nobody", {"file": FILE, "line": 1, **told})


def _hand(site: Site, role: str, unit: str, where: Mapping[str, Fact]) -> Iterator[Problem]:
    """Each role has an item of its name in the matter of handing-over, whose unit is who gets the papers."""
    matter = site.matters.get(REFERRAL)
    item = matter.items.get(role) if matter else None
    if item is None or item.unit != unit:
        told: dict[str, Fact] = {"role": role, "unit": unit, "item": item.unit if item else "-"}
        yield Problem("mediation.other-hand", {**where, **told})
