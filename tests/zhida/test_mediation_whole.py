"""Disputes among the stand-ins of a district, from the desk that took them down to the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange.store import dispute_rows
from sandbox import site_layers
from sandbox.disputes import dispute
from sandbox.district import District
from tests.zhida import mediation_in_district
from tests.zhida.mediation_in_district import Mediating
from zhida import dispute as disputes
from zhida import mediation_advance, mediation_rules
from zhida.dispute import Dispute

TURNS = 60
MATTERS = (*site_layers.MEDIATION_MATTERS, "mediation-paper")


@pytest.fixture(scope="module")
def mediating(
    tmp_path_factory: pytest.TempPathFactory, open_town: Callable[[District], Any]
) -> Iterator[Mediating]:
    folder: Path = tmp_path_factory.mktemp("whole")
    with mediation_in_district.opened(folder, open_town) as found:
        yield found


@pytest.fixture(scope="module")
def ended(mediating: Mediating) -> list[Dispute]:
    """One from the window, one from each platform, each by its own way; all of them gone to their end."""
    people = mediating.people
    people.register(dispute(1, street="秣陵街道", share="1"))
    people.register(dispute(2, migrant="1", workers="12", street=""))
    people.register(dispute(3, relation="0"), "court_platform")
    people.register(dispute(4, mediator="1"), "union_platform")
    people.register(dispute(5, complaint="1"), "arbitration_platform")
    for _ in range(TURNS):
        mediating.sweep(*MATTERS)
        mediation_advance.advance(mediating.hub)
        mediating.sweep(*MATTERS)
        done = people.work()
        mediating.town.clock.skip(61)
        if not done and not people.courses and not mediating.open_cases(*MATTERS):
            break
    with mediating.hub.store.read() as connection:
        rows = dispute_rows.LOG.opened_between(connection, "", "9")
    return [disputes.find(mediating.hub, row.number) for row in rows]


def test_all_have_come_to_their_end(mediating: Mediating, ended: list[Dispute]) -> None:
    ladder = mediation_rules.of_site(mediating.hub.site).ladder
    assert len(ended) == 5
    twice = [why for _, why in mediating.people.refused]
    assert all("“快速处置结束”" in why for why in twice), "three on duty, and one ended it"
    found = [each.standing(ladder).states for each in ended]
    assert [each["dispute"] for each in found] == ["closed"] * 5
    assert all(each.row.closed_at for each in ended)


def test_each_went_where_the_rules_say(mediating: Mediating, ended: list[Dispute]) -> None:
    del mediating
    led = [next(e for e in each.told if e.name == "diverted").to for each in ended]
    assert sorted(led) == ["court", "labour-inspection", "people-mediation", "streets", "union"]
    beside = [{e.name for e in each.told} & {"response-ended", "aid-ended"} for each in ended]
    assert {"response-ended", "aid-ended"} in beside


def test_every_case_of_theirs_is_done(mediating: Mediating, ended: list[Dispute]) -> None:
    assert ended
    for matter in ("mediation", "mediation-referral", "mediation-event", "mediation-paper"):
        for case in mediating.cases(matter):
            states = set(mediating.states(case).values())
            assert states == {"applied"}, (matter, mediating.states(case), mediating.codes(case))


def test_every_agreement_and_every_handing_over_has_its_sealed_paper(
    mediating: Mediating, ended: list[Dispute]
) -> None:
    brings = {"diverted": "referral-proof", "handed-over": "referral-proof", "agreed": "agreement"}
    wanted = sorted(
        f"{each.row.number}/{row.seq}/{brings[row.name]}"
        for each in ended
        for row in each.told
        if row.name in brings
    )
    cases = mediating.cases("mediation-paper")
    assert sorted(mediating.record(case, "paper")["id"] for case in cases) == wanted
    assert all(mediating.record(case, "sealed")["sm3"] for case in cases)
    sealed = mediating.town.district.system("seals").books()
    assert len(sealed) == len(wanted) > len(ended), "each once"


def told(mediating: Mediating, who: int, number: str, event: str, **more: str) -> None:
    """By form 626, and the hub has heard it. Nobody else does anything."""
    mediating.people.tell(who, number, event, **more)
    mediating.sweep("mediation-event")
    mediation_advance.advance(mediating.hub)


def test_a_worker_who_withdraws_is_not_named_to_the_seal_platform(
    mediating: Mediating, ended: list[Dispute]
) -> None:
    known = {each.row.number for each in ended}
    mediating.people.register(dispute(6, street="秣陵街道", share="1"))
    mediating.sweep("mediation")
    mediation_advance.advance(mediating.hub)
    (found,) = [e for e in disputes.still_open(mediating.hub) if e.row.number not in known]
    number = found.row.number
    for event in ("accepted", "mediation-applied"):
        told(mediating, 311, number, event)
    told(mediating, 311, number, "agreed", xynr="三月底前一次付清")
    told(mediating, 311, number, "consent-changed", tyys="0")
    mediating.sweep("mediation-paper")
    asked = [row["data"] for row in mediating.town.district.system("seals").books()]
    mine = [data for data in asked if number in data]
    assert len(mine) == 1, "the proof of the handing-over names nobody"
    assert "示例6" not in mine[0]
