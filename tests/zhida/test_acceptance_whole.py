"""Three buildings among the stand-ins of a district, from the owners' registration to the archive."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from exchange.errors import Forbidden
from matters import acceptance_standing as standings
from matters.acceptance_events import RESULTS
from sandbox.acceptance_findings import Slip, Step
from sandbox.buildings import building
from sandbox.district import District
from tests.zhida import acceptance_in_district
from tests.zhida.acceptance_in_district import Accepting
from zhida import (
    acceptance,
    acceptance_advance,
    acceptance_files,
    acceptance_rules,
    file_claims,
    file_intake,
)
from zhida.acceptance import Acceptance

BUILDINGS = 3
TURNS = 120


class Hands:
    """What inspectors find: every kind of result once; the rest passes."""

    def __init__(self, verdict: Callable[[str], str]) -> None:
        self.done, self.verdict = set[str](), verdict

    def __call__(self, slip: Slip) -> list[Step]:
        if slip.item == standings.OPINION:
            return [Step("opinion", verdict=self.verdict(slip.acceptance))]
        told = {
            "fire-acceptance": [Step("failed", checks=slip.checks[:1])],
            "water-connection": [Step("remedy", checks=slip.checks[:1], days=20)],
            "gas-connection": [Step("not-applicable")],
            "planning-verification": [
                Step("correction-asked", materials=slip.materials[:1]), Step("passed"),
            ],
            "structure-supervision": [Step("paused", why="test"), Step("resumed"), Step("passed")],
        }  # fmt: skip
        if slip.item in told and slip.item not in self.done:
            self.done.add(slip.item)
            return told[slip.item]
        seen = [Step("visited", visited=slip.drawn)] if slip.drawn else []
        return [*seen, Step("passed")]


@dataclass
class Whole:
    """How it ended."""

    accepting: Accepting
    found: list[Acceptance]

    def books(self, name: str) -> list[dict[str, Any]]:
        return list(self.accepting.town.district.system(name).books())


@pytest.fixture(scope="module")
def whole(
    tmp_path_factory: pytest.TempPathFactory, open_town: Callable[[District], Any]
) -> Iterator[Whole]:
    folder: Path = tmp_path_factory.mktemp("whole")
    with acceptance_in_district.opened(folder, open_town) as accepting:
        hub, rules = accepting.hub, acceptance_rules.of_site(accepting.hub.site)

        def verdict(number: str) -> str:
            found = acceptance.find(hub, rules, number)
            return "pass" if standings.can_pass(found.plan, found.standing) else "fail"

        accepting.people.finds = Hands(verdict)
        for number in range(1, BUILDINGS + 1):
            accepting.people.register(building(number))
        for _ in range(TURNS):
            accepting.sweep()
            acceptance_advance.advance(hub)
            accepting.people.work()
            accepting.town.clock.skip(601)
            if accepting.cases("acceptance") and not list(acceptance.still_open(hub, rules)):
                break
        for _ in range(3):  # the last papers reach the archive
            accepting.sweep()
            accepting.people.work()
            accepting.town.clock.skip(601)
        found = [acceptance.find(hub, rules, case) for case in accepting.cases("acceptance")]
        yield Whole(accepting, found)


def test_all_have_gone_through_five_stages_and_are_delivered(whole: Whole) -> None:
    assert len(whole.found) == BUILDINGS
    for each in whole.found:
        assert each.standing.ended, dict(standings.holders(each.plan, each.standing))
        assert each.standing.opened == 5
        assert {each.standing.state(name) for name in each.plan.items} <= standings.FINAL
        assert each.row.closed_at


def test_every_result_occurred_and_what_failed_was_looked_at_again(whole: Whole) -> None:
    names = Counter(event.name for each in whole.found for event in each.events)
    also = {"correction-asked", "paused", "resumed", "visited", "fixed"}
    assert {*RESULTS, *also} <= names.keys()
    rounds = [p.rounds for each in whole.found for p in each.standing.parts.values()]
    assert max(rounds) > 1


def test_nothing_that_people_said_was_refused(whole: Whole) -> None:
    """But an opinion on what an owner had just begun to mend."""
    assert {event for _, event, _ in whole.accepting.people.refused} <= {"opinion"}


def test_what_the_hub_could_get_was_there_before_anybody_handed_it_in(whole: Whole) -> None:
    for each in whole.found:
        first = {n: e.role for e in reversed(each.events) for n in e.handed_in}
        assert first.keys() >= each.plan.materials.keys()
        fetched = {name for name, material in each.plan.materials.items() if material.fetched}
        assert {first[name] for name in fetched} == {"hub"}
        assert {first[name] for name in each.plan.materials.keys() - fetched} == {"owner"}


def test_the_opinion_came_sealed_to_owner_archives_and_platform(whole: Whole) -> None:
    rows = whole.books("acceptance_platform")
    given = [(row["kind"], json.loads(row["given"])) for row in rows]
    for each in whole.found:
        for kind in ("opinion", "filing"):
            told = [
                (how, paper["paperNo"])
                for how, paper in given
                if how in ("paper", "collected") and paper["acceptanceNo"] == each.row.number
                if paper["kind"] == kind
            ]
            assert Counter(how for how, _ in told) == {"paper": 1, "collected": 1}
    cases = whole.accepting.cases("acceptance-paper")
    for case in cases:
        states = whole.accepting.states(case)
        assert states["seal"] == "applied"
        assert states["owner"] == "applied"
        is_notice = whole.accepting.record(case, "paper")["kind"] == "notice"
        assert states.get("archives", "skipped") == ("skipped" if is_notice else "applied")


def test_large_files_are_claimed_and_fetched_by_who_may_have_them(whole: Whole) -> None:
    """The bytes come from the owners' platform when somebody asks, and are those that were handed in."""
    hub, each = whole.accepting.hub, whole.found[0]
    claims = acceptance_files.claim(hub, each)
    large = {name for name, material in each.plan.materials.items() if material.large}
    by_owner = {n for e in each.events if e.role == "owner" for n in e.handed_in}
    assert claims.keys() == large & by_owner
    known = file_claims.exact(hub, claims["asbuilt-fire"])
    assert known.claim.digests == {"sm3": each.standing.materials["asbuilt-fire"]}
    assert file_claims.permit(hub, known, "fire-review").purpose == "acceptance"
    with pytest.raises(Forbidden, match=r"agreement\."):
        file_claims.permit(hub, known, "water-group")
    with pytest.raises(Forbidden, match=r"file\.no-use"):
        file_claims.permit(hub, known, "landscape")
    file_intake.take_in(hub, known)
    assert hub.files.has(known.tag)
    assert acceptance_files.claim(hub, each) == claims, "claimed once"
    slips = [each["slip"] for each in [{"slip": whole.accepting.record(c, "slip")}
             for c in whole.accepting.cases("acceptance-review")]]  # fmt: skip
    fire = next(
        s for s in slips if s["item"] == "fire-acceptance" and s["acceptance"] == each.row.number
    )
    assert claims["asbuilt-fire"] in fire["materials_text"] or fire["round"] > 1


def test_one_record_went_to_all_who_had_delegated(whole: Whole) -> None:
    cases = whole.accepting.cases("acceptance-record")
    assert cases
    for case in cases:
        told = whole.accepting.record(case, "record")["on_behalf_of"]
        states = whole.accepting.states(case)
        assert {name for name, state in states.items() if state == "applied"} == set(told)
