"""Who is told of an event: whoever sees to a track from now on and can't know it."""

from __future__ import annotations

import pytest

from matters import ladder, ladder_duty
from matters.ladder_parts import Event
from tests.matters.ladders import MEDIATION, NINE

UNITS = {role: f"{role}-unit" for role in MEDIATION.roles}


def unit_of(owner: str) -> str:
    return UNITS.get(owner, owner)


def said(name: str, role: str, to: str = "") -> Event:
    return Event(name, NINE, role, unit=UNITS[role], to=to)


WAY = [said("registered", "hub"), said("diverted", "hub", UNITS["street"])]
MEDIATING = [*WAY, said("accepted", "street"), said("mediation-applied", "street")]


def told(way: list[Event], event: Event) -> list[str]:
    before = ladder.stand(MEDIATION, way)
    after = ladder.step(MEDIATION, before, event)
    return [each.unit for each in ladder_duty.taken_up(MEDIATION, event, (before, after), unit_of)]


@pytest.mark.parametrize(
    ("way", "event", "units"),
    [
        (WAY[:1], WAY[1], ["street-unit"]),
        (WAY, said("accepted", "street"), []),
        (WAY, said("declined", "street"), ["hub-unit"]),
        (MEDIATING, said("failed", "street"), ["hub-unit"]),
        (MEDIATING, said("agreed", "street"), []),
        (MEDIATING, said("agreed", "arbitration"), []),
        (MEDIATING, said("handed-over", "street", UNITS["people"]), ["people-unit"]),
        (MEDIATING, said("handed-over", "street", UNITS["street"]), ["street-unit"]),
        (MEDIATING, said("arbitration-applied", "arbitration"), []),
        (WAY, said("response-called", "hub"), ["response-unit"]),
        (WAY, said("aid-applied", "hub"), ["aid-unit"]),
        (WAY, said("aid-applied", "aid"), []),
        (WAY, said("right-known", "hub"), []),
    ],
)
def test_whoever_has_it_from_now_on(way: list[Event], event: Event, units: list[str]) -> None:
    assert told(way, event) == units


def test_who_has_two_tracks_is_told_of_the_one_that_moved() -> None:
    way = [*WAY, said("aid-applied", "hub")]
    assert told(way, said("response-called", "hub")) == ["response-unit"]
