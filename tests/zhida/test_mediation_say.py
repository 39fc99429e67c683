"""A unit tells what is its own to tell, of disputes that it has; anybody takes a withdrawal down."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.zhida import mediation_town
from tests.zhida.mediation_town import Town
from tests.zhida.small_town import monday
from zhida import mediation_view

AGREED = {"consent": {"mediate": True, "share": True}, "place": "秣陵街道"}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with mediation_town.opened(tmp_path_factory.mktemp("mediation"), monday()) as found:
        yield found


@pytest.mark.parametrize(
    ("event", "role", "more"),
    [
        ("accepted", "union", {}),
        ("declined", "court", {}),
        ("handed-over", "people", {"to": "people-mediation"}),
        ("consent-changed", "inspection", {"consent": {"offers": True}}),
        ("consent-changed", "court", {"consent": {"share": False, "offers": True}}),
    ],
)
def test_nobody_speaks_of_a_dispute_that_another_unit_has(
    town: Town, event: str, role: str, more: dict[str, object]
) -> None:
    number = town.register(**AGREED)
    verdict = town.say(number, event, role, **more)
    assert (verdict["accepted"], verdict["code"]) == (False, "mediation.not-its-dispute")
    assert "streets" in verdict["reason"]
    assert [each["referral"]["unit"] for each in town.slips(number)] == ["streets"]


def test_who_has_it_speaks_of_it_and_so_does_the_centre(town: Town) -> None:
    number = town.register(**AGREED)
    assert town.say(number, "accepted", "street")["accepted"]
    assert town.say(number, "consent-changed", "hub", consent={"offers": True})["accepted"]
    assert town.say(number, "failed", "street")["accepted"]
    assert town.say(number, "consent-changed", "street", consent={"offers": False})["accepted"]


def test_a_withdrawal_is_taken_down_by_anybody(town: Town) -> None:
    number = town.register(**AGREED)
    town.slips(number)
    assert town.say(number, "consent-changed", "court", consent={"share": False})["accepted"]
    town.sweep()
    stopped = [each["referral"]["id"] for each in town.effects("stop_using")]
    assert stopped == [f"{number}/1/1"]


def test_an_application_that_only_one_role_can_have_got_is_told_by_it(town: Town) -> None:
    number = town.register(**AGREED)
    assert town.say(number, "aid-applied", "aid")["accepted"]
    assert town.say(number, "arbitration-applied", "arbitration")["accepted"]
    assert town.owners(number) == {"dispute": "arbitration", "aid": "aid"}


def test_what_may_be_told_next_is_told_to_who_may(town: Town) -> None:
    number = town.register(**AGREED)
    told = mediation_view.explain(town.hub, town.rules, town.dispute(number))
    may = {each["role"]: each["events"] for each in told["next"]}
    assert "accepted" in may["street"]
    assert "union" not in may
    assert may["arbitration"] == ["arbitration-applied"]


def test_what_nobody_could_take_up_is_not_handed_over(town: Town) -> None:
    number = town.register(**AGREED)
    for unit in ("legal-aid", "rapid-response", "police"):
        assert town.say(number, "handed-over", "street", to=unit)["code"] == "mediation.no-target"
    assert town.say(number, "handed-over", "street", to="labour-inspection")["accepted"]
