"""What mediations came to and how long each step took, however often a dispute comes back to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest

from exchange import times
from matters import ladder, mediation_lists, mediation_outcomes, mediation_trail
from matters.ladder import Standing
from matters.ladder_parts import Event
from matters.mediation_trail import Trail
from tests.matters.ladders import MEDIATION

LISTS = mediation_lists.load(mediation_lists.SHIPPED, MEDIATION)
MONDAY = datetime(2026, 3, 2, 10, tzinfo=times.CHINA)
TAKEN = [
    "0 hub registered",
    "1 hub diverted>union",
    "2 union accepted",
    "2 union mediation-applied",
]
AGAIN = ["6 hub diverted>people", "7 people accepted", "7 people mediation-applied"]


def way(*told: str) -> Trail:
    events = []
    for each in told:
        days, role, name = each.split()
        name, _, to = name.partition(">")
        at = MONDAY + timedelta(days=int(days), minutes=len(events))
        events.append(Event(name, at, role, f"unit-{role}", to and f"unit-{to}"))
    found = mediation_trail.trail(MEDIATION, "LT-1", events)
    assert found.strange == 0
    return found


def outcomes(*told: str) -> list[tuple[str, str]]:
    return [(m.unit, m.outcome) for m in mediation_outcomes.mediations(way(*told), "dispute")]


@pytest.mark.parametrize(
    ("rest", "outcome"),
    [
        ([], ""),
        (["5 union agreed"], "agreed"),
        (["5 union failed"], "failed"),
        (["5 hub withdrawn"], "withdrawn"),
        (["5 arbitration arbitration-applied"], "elsewhere"),
        (["5 union agreed", "6 court confirmation-applied", "9 court confirmed"], "agreed"),
        (["5 union agreed", "9 union not-performed"], "agreed"),
    ],
)
def test_one_mediation(rest: list[str], outcome: str) -> None:
    assert outcomes(*TAKEN, *rest) == [("unit-union", outcome)]


def test_who_would_not_have_it_has_failed_and_other_work_is_no_mediation() -> None:
    assert outcomes(*TAKEN[:3], "3 union failed") == [("unit-union", "failed")]
    assert outcomes(*TAKEN[:3]) == []
    filed = ["0 hub registered", "1 hub diverted>inspection", "2 inspection accepted"]
    assert outcomes(*filed, "3 inspection inspection-filed", "9 inspection corrected") == []


def test_two_that_tried_are_two() -> None:
    assert outcomes(*TAKEN, "5 union failed", *AGAIN, "8 people agreed") == [
        ("unit-union", "failed"),
        ("unit-people", "agreed"),
    ]


def test_one_that_was_handed_on_goes_on_with_the_next() -> None:
    on = [*TAKEN, "3 union handed-over>people"]
    assert outcomes(*on) == [("unit-union", "")]
    assert outcomes(*on, "4 people declined") == [("unit-union", "")]
    assert outcomes(*on, "4 people accepted", "4 people mediation-applied", "5 people agreed") == [
        ("unit-people", "agreed")
    ]


def test_what_was_performed_before_the_last_agreement_is_of_another() -> None:
    agreed = [*TAKEN, "5 union agreed"]
    assert mediation_outcomes.performance(way(*agreed)) == ""
    assert mediation_outcomes.performance(way(*agreed, "6 union performed")) == "performed"
    failed = [*agreed, "6 union not-performed"]
    assert mediation_outcomes.performance(way(*failed)) == "not-performed"
    again = [*failed, "7 hub diverted>people", "8 people accepted", "8 people mediation-applied"]
    assert mediation_outcomes.performance(way(*again, "9 people agreed")) == ""


def steps(*told: str) -> tuple[dict[str, int | None], str]:
    found = mediation_outcomes.steps(way(*told), LISTS, MEDIATION)
    return found.days, found.running


def test_days_are_those_until_the_next_step() -> None:
    assert steps("0 hub registered") == ({}, "reception")
    assert steps("0 hub registered", "3 hub advised") == ({}, "reception")
    assert steps(*TAKEN) == ({"reception": 1, "triage": 1}, "handling")
    ended = [*TAKEN, "5 union failed", "9 hub closed"]
    assert steps(*ended) == ({"reception": 1, "triage": 1, "handling": 7}, "")


def test_days_in_a_step_to_which_it_comes_back_are_added_up() -> None:
    """Two in handling, four with the next mediator; a day of triage each time."""
    told = [*TAKEN, "5 union failed", *AGAIN, "8 people failed", "11 hub closed"]
    assert steps(*told) == ({"reception": 1, "triage": 2, "handling": 8}, "")
    again = [*told, "20 hub reopened", "22 hub diverted>court"]
    assert steps(*again) == ({"reception": 3, "handling": 8}, "triage")


def test_legal_aid_beside_it_is_no_step_of_the_dispute() -> None:
    assert steps("0 hub registered", "1 hub aid-applied", "4 hub diverted>union")[0] == {
        "reception": 4
    }


def test_a_day_that_lies_before_makes_its_step_unknown_and_no_other() -> None:
    told = ["5 hub registered", "1 hub diverted>union", "2 union accepted"]
    assert steps(*told) == ({"reception": None, "triage": 1}, "handling")


def by_chance(seed: int) -> list[Event]:
    """Up to the last time that it was closed; none if it never was."""
    chance, standing, told, at = Random(seed), Standing(), list[Event](), MONDAY
    for _ in range(40):
        may = [(n, r) for r in MEDIATION.roles for n in ladder.possible(MEDIATION, standing, r)]
        name, role = chance.choice(may)
        at += timedelta(days=chance.choice([0, 1, 2, 9]))
        to = "unit-union" if MEDIATION.says[name].hands_over else ""
        told.append(Event(name, at, role, f"unit-{role}", to))
        standing = ladder.step(MEDIATION, standing, told[-1])
    last = max((n for n, each in enumerate(told) if each.name == "closed"), default=-1)
    return told[: last + 1]


def test_the_days_of_all_steps_are_the_days_on_which_it_was_open() -> None:
    """Whatever happens: each day between two events lies in one step, unless it was closed then."""
    closed = 0
    for seed in range(300):
        told = by_chance(seed)
        closed += bool(told)
        trail = mediation_trail.trail(MEDIATION, "LT-1", told)
        whole = sum(
            (told[n + 1].at - told[n].at).days
            for n in range(len(told) - 1)
            if trail.after[n].state("dispute") not in ("", "closed")
        )
        found = mediation_outcomes.steps(trail, LISTS, MEDIATION)
        assert found.running == ""
        assert sum(days or 0 for days in found.days.values()) == whole, seed
    assert closed > 100
