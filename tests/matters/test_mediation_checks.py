"""The six don'ts, each both ways: what breaks it is found with unit, event and day; what does not is not."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

import pytest

from exchange import times
from matters import ladder, mediation_checks, mediation_lists, mediation_trail, working_days
from matters.ladder import Standing
from matters.ladder_parts import Event
from matters.mediation_checks import Finding, Scene
from matters.mediation_trail import Refusal, Trail
from tests.matters.ladders import MEDIATION

DONTS = mediation_lists.load(mediation_lists.SHIPPED, MEDIATION).donts
UNITS = {"hub": "centre", "people": "people-mediation", "union": "union", "court": "court"}
UNITS |= {
    "arbitration": "labour-arbitration",
    "inspection": "labour-inspection",
    "aid": "legal-aid",
}
MONDAY = datetime(2026, 3, 2, 10, tzinfo=times.CHINA)
LATER = datetime(2026, 12, 1, 10, tzinfo=times.CHINA)
OPENED = ["0 hub registered", "0 hub diverted>union"]
TAKEN = [*OPENED, "1 union accepted", "1 union mediation-applied"]


def way(*told: str, refused: tuple[Refusal, ...] = ()) -> Trail:
    """``3 union declined``: on the third day after a Monday, by the union; ``>court``: to the court."""
    events = []
    for each in told:
        days, role, name = each.split()
        name, _, to = name.partition(">")
        at = MONDAY + timedelta(days=int(days), minutes=len(events))
        events.append(Event(name, at, role, UNITS[role], UNITS.get(to, to)))
    found = mediation_trail.trail(MEDIATION, "LT-1", events, refused)
    assert found.strange == 0
    return found


def found(dont: str, *told: str, now: datetime = LATER, refused: tuple[Refusal, ...] = ()) -> list[Finding]:  # fmt: skip
    scene = Scene(MEDIATION, now, working_days.of(None), UNITS)
    return mediation_checks.find(way(*told, refused=refused), {dont: DONTS[dont]}, scene)


def short(told: list[Finding]) -> list[tuple[str, str, str]]:
    return [(each.unit, each.event, each.day.isoformat()) for each in told]


# --- 不准推诿 -----------------------------------------------------------------------------------


def declining(times_: int) -> list[str]:
    """Each time by another unit, so that there is no circle."""
    told = ["0 hub registered"]
    for n, role in enumerate(["union", "people", "court", "inspection"][:times_]):
        told += [f"{n} hub diverted>{role}", f"{n} {role} declined"]
    return told


def test_the_third_that_declines_is_told() -> None:
    assert found("shirking", *declining(2)) == []
    assert short(found("shirking", *declining(3))) == [("court", "declined", "2026-03-04")]
    assert len(found("shirking", *declining(4))) == 2


def test_a_circle_is_told_with_who_closed_it() -> None:
    up = [*OPENED, "1 union handed-over>people"]
    assert found("shirking", *up) == []
    assert short(found("shirking", *up, "2 people handed-over>union")) == [
        ("people-mediation", "handed-over", "2026-03-04")
    ]


def test_the_hub_that_sends_it_back_to_who_declined_it_closes_a_circle() -> None:
    told = [*OPENED, "1 union declined", "2 hub diverted>union"]
    assert short(found("shirking", *told)) == [("centre", "diverted", "2026-03-04")]
    assert found("shirking", *told[:3], "2 hub diverted>people") == []


def test_the_hub_that_has_only_sent_it_on_may_get_it_back() -> None:
    assert found("shirking", *OPENED, "1 union handed-over>hub") == []


def test_who_mediated_in_vain_may_have_it_again_and_a_new_round_counts_anew() -> None:
    assert found("shirking", *TAKEN, "5 union failed", "6 hub diverted>people", "7 people accepted",
                 "8 people failed", "9 hub diverted>union") == []  # fmt: skip
    again = ["3 hub withdrawn", "4 hub reopened", "4 hub diverted>union"]
    assert found("shirking", *OPENED, "1 union declined", *again) == []


# --- 不准拖延 -----------------------------------------------------------------------------------


def test_a_period_that_is_over_and_not_stopped_is_told_of_who_had_it() -> None:
    told = found("delay", *TAKEN)
    assert [(each.period, each.unit, each.event, each.over) for each in told] == [
        ("promise", "union", "accepted", True),
        ("mediation", "union", "mediation-applied", True),
    ]
    assert {each.day for each in told} == {date(2026, 3, 19)}
    assert found("delay", *TAKEN, now=MONDAY + timedelta(days=16)) == []


def test_what_was_ended_in_time_is_no_delay_and_what_was_ended_late_is_one_that_is_past() -> None:
    assert found("delay", *TAKEN, "16 union failed", "16 hub closed") == []
    late = found("delay", *TAKEN, "17 union failed", "17 hub closed")
    assert [(each.period, each.over) for each in late] == [("promise", False), ("mediation", False)]


def test_who_had_it_when_it_was_over_is_told_and_not_who_has_it_now() -> None:
    told = found("delay", *TAKEN, "20 union handed-over>people")
    assert {each.unit for each in told if each.period == "promise"} == {"union"}
    early = found("delay", *TAKEN, "5 union handed-over>people", "6 people accepted")
    assert {each.unit for each in early if each.period == "promise"} == {"people-mediation"}


def test_an_arbitration_that_is_not_decided_is_the_arbitrations_not_the_holders() -> None:
    told = found("delay", "0 hub registered", "0 arbitration arbitration-applied")
    assert [(each.period, each.unit) for each in told] == [("arbitration-acceptance", "labour-arbitration")]  # fmt: skip


def test_a_role_that_nobody_has_spoken_in_is_found_by_the_site() -> None:
    told = found(
        "delay", "0 hub registered", "0 hub aid-applied", "0 hub withdrawn", "1 hub closed"
    )
    assert [(each.period, each.unit) for each in told] == [("aid-review", "legal-aid")]


# --- 不准压案 -----------------------------------------------------------------------------------


def test_registered_and_nobody_sent_it_anywhere() -> None:
    (told,) = found("sitting", "0 hub registered")
    assert (told.unit, told.event, told.period, told.day) == ("centre", "registered", "triage", date(2026, 3, 4))  # fmt: skip
    assert found("sitting", "0 hub registered", now=MONDAY + timedelta(days=1)) == []


def test_sent_and_nobody_took_it() -> None:
    (told,) = found("sitting", *OPENED)
    assert (told.unit, told.event, told.period, told.over) == (
        "union",
        "diverted",
        "acceptance",
        True,
    )
    assert found("sitting", *OPENED, "3 union accepted") == []
    (late,) = found("sitting", *OPENED, "4 union accepted")
    assert not late.over


# --- 不准未经同意移送材料 ---------------------------------------------------------------------------


def test_what_the_exchange_refused_for_want_of_consent_is_told() -> None:
    refused = (
        Refusal("court", "diverted", MONDAY, mediation_checks.NO_CONSENT),
        Refusal("union", "diverted", MONDAY, "agreement.expired"),
    )
    assert short(found("without-consent", *OPENED, refused=refused)) == [
        ("court", "diverted", "2026-03-02")
    ]
    assert found("without-consent", *OPENED) == []


# --- 不准以期满为由办结 ---------------------------------------------------------------------------


def test_failed_because_the_days_were_over_and_closed() -> None:
    told = found("closed-by-period", *TAKEN, "17 union failed", "18 hub closed")
    assert {each.period for each in told} == {"mediation", "promise"}
    assert short(told)[0] == ("centre", "closed", "2026-03-20")


@pytest.mark.parametrize(
    "rest",
    [
        ["10 union failed", "30 hub closed"],  # failed in time, whenever it is closed
        ["17 union failed", "18 hub diverted>people", "19 people accepted", "20 people failed", "21 hub closed"],
        ["17 union agreed", "18 union performed", "19 hub closed"],
        ["17 union withdrawn", "19 hub closed"],
        ["17 union failed"],
    ],
)  # fmt: skip
def test_what_ended_for_another_reason_is_not_told(rest: list[str]) -> None:
    """A first mediator's delay is no reason for what the second one came to."""
    assert [f for f in found("closed-by-period", *TAKEN, *rest) if f.period == "mediation"] == []


def test_advised_that_it_is_too_late_and_closed() -> None:
    old = ["-400 hub right-known", "0 hub registered", "0 hub advised", "1 hub closed"]
    assert [each.period for each in found("closed-by-period", *old)] == ["limitation"]
    new = ["-300 hub right-known", "0 hub registered", "0 hub advised", "1 hub closed"]
    assert found("closed-by-period", *new) == []


def test_a_period_that_was_over_only_after_it_was_closed_was_no_reason() -> None:
    """It was reopened a year later."""
    told = ["-700 hub right-known", "-650 hub registered", "-650 hub advised", "-640 hub closed"]
    assert found("closed-by-period", *told, "-100 hub reopened") == []


# --- 不准未回访办结 -------------------------------------------------------------------------------


def arbitrated(*rest: str) -> list[str]:
    return ["0 hub registered", "0 arbitration arbitration-applied", "1 arbitration arbitration-accepted",
            "20 arbitration awarded", *rest]  # fmt: skip


def test_closed_and_nobody_knew_whether_it_was_performed() -> None:
    assert short(found("no-follow-up", *arbitrated("21 hub closed"))) == [
        ("centre", "closed", "2026-03-23")
    ]


def test_closed_after_somebody_asked_or_with_nothing_to_perform() -> None:
    assert found("no-follow-up", *arbitrated("30 hub performed", "31 hub closed")) == []
    assert found("no-follow-up", *arbitrated("30 hub not-performed", "31 hub closed")) == []
    assert found("no-follow-up", *TAKEN, "5 union failed", "6 hub closed") == []
    assert found("no-follow-up", "0 hub registered", "0 hub advised", "0 hub closed") == []


def test_what_was_asked_in_an_earlier_round_is_not_asked_in_this() -> None:
    told = ["30 hub performed", "31 hub closed", "40 hub reopened", "41 arbitration arbitration-applied",
            "42 arbitration arbitration-accepted", "50 arbitration awarded", "51 hub closed"]  # fmt: skip
    assert [each.day for each in found("no-follow-up", *arbitrated(*told))] == [date(2026, 4, 22)]


def test_a_round_with_nothing_to_perform_is_not_told_for_the_one_before() -> None:
    told = ["21 hub closed", "30 hub reopened", "31 hub advised", "32 hub closed"]
    assert [each.day for each in found("no-follow-up", *arbitrated(*told))] == [date(2026, 3, 23)]


# --- all of them --------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens_each_finding_names_what_is_there(seed: int) -> None:
    chance, standing, told = Random(seed), Standing(), list[Event]()
    at = MONDAY
    for _ in range(25):
        may = [
            (name, role) for role in UNITS for name in ladder.possible(MEDIATION, standing, role)
        ]
        name, role = chance.choice(may)
        at += timedelta(days=chance.choice([0, 0, 1, 5, 20]), minutes=1)
        to = chance.choice(sorted(UNITS.values())) if MEDIATION.says[name].hands_over else ""
        told.append(Event(name, at, role, UNITS[role], to))
        standing = ladder.step(MEDIATION, standing, told[-1])
    trail = mediation_trail.trail(MEDIATION, "LT-1", told)
    scene = Scene(MEDIATION, at + timedelta(days=3), working_days.of(None), UNITS)
    for each in mediation_checks.find(trail, DONTS, scene):
        assert each.unit in {*UNITS.values(), "response"}
        assert each.event in {event.name for event in told}
        assert times.civil_day(told[0].at) <= each.day <= times.civil_day(scene.at)
        assert each.number == "LT-1" and each.dont in DONTS
