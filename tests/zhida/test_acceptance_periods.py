"""Who is called of a building, and that nothing passes because nobody said anything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.zhida import acceptance_town, small_town
from tests.zhida.acceptance_town import Town


@pytest.fixture
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with acceptance_town.opened(tmp_path_factory.mktemp("town"), small_town.monday()) as found:
        yield found


def test_the_unit_is_reminded_the_lead_called_and_both_are_left_alone_afterwards(
    town: Town,
) -> None:
    number = town.register()
    town.hand_in(number, "steel", "drawing", "alarm-report")
    town.say(number, "passed", "station", "frame")
    assert town.incidents() == set()
    town.clock.skip(days=17)  # the fifteenth working day is the 23rd
    town.go(1)
    assert town.incidents() == {("fire-review", "acceptance-near", "fire")}
    town.clock.skip(days=5)
    town.go(1)
    assert town.incidents() == {("housing", "acceptance-over", "fire")}
    town.say(number, "passed", "fire", "fire")
    assert town.incidents() == set()


def test_an_opinion_that_nobody_gave_counts_as_none_and_no_other_item_does(town: Town) -> None:
    number = town.register()
    town.hand_in(number, "steel", "drawing", "alarm-report")
    town.say(number, "passed", "station", "frame")
    town.clock.skip(days=60)
    town.go(2)
    states = town.states(number)
    assert (states["trees"], states["fire"]) == ("silent", "open")
    assert town.say(number, "opinion", "lead", verdict="pass")["code"] == "acceptance.not-all"


def test_a_date_in_a_form_hides_nothing(town: Town) -> None:
    """Sixty days late somebody says that it had stood still, and was corrected, from the first day on."""
    number = town.register()
    town.hand_in(number, "steel", "drawing", "alarm-report")
    town.say(number, "passed", "station", "frame")
    first = town.told(number, "visited", "fire", "fire")["at"]
    town.clock.skip(days=60)
    town.go(1)
    over = ("housing", "acceptance-over", "fire")
    assert over in town.incidents()
    assert town.say(number, "paused", "fire", "fire", why="test", at=first)["accepted"]
    assert over in town.incidents()
    ask = {"materials": [{"name": "alarm-report"}], "at": first}
    assert (
        town.say(number, "correction-asked", "fire", "fire", **ask)["code"]
        == "acceptance.asked-late"
    )


def test_a_pass_that_holds_for_a_time_lapses_the_day_after_and_is_looked_at_again(
    town: Town,
) -> None:
    file = town.folder / "site/matters/acceptance/after.yaml"
    text = file.read_text("utf-8")
    kind = "within: 5 working days, silence"
    assert kind in text
    file.write_text(text.replace(kind, "within: 5 working days, valid: 1 month, silence"), "utf-8")
    number = town.register()
    town.hand_in(number, "steel", "drawing", "alarm-report")
    town.say(number, "passed", "station", "frame")
    town.say(number, "passed", "green", "trees")  # on the second of March
    town.clock.skip(days=31)
    town.go(2)
    assert town.states(number)["trees"] == "passed", "April 2 is its last day"
    town.clock.skip(days=1)
    town.go(2)
    assert town.states(number)["trees"] == "open"
    slip = [each["slip"] for each in town.effects("review_acceptance")][-1]
    assert (slip["item"], slip["round"]) == ("trees", 2)
    assert slip["again_text"] == "上次结论的有效期已满"


def test_what_the_lead_has_passed_lapses_no_more(town: Town) -> None:
    file = town.folder / "site/matters/acceptance/after.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("days, silence", "days, valid: 1 month, silence"), "utf-8")
    number = town.register()
    town.hand_in(number, "steel", "drawing", "alarm-report")
    for role, item in (("station", "frame"), ("green", "trees"), ("fire", "fire")):
        assert town.say(number, "passed", role, item)["accepted"]
    assert town.say(number, "opinion", "lead", verdict="pass")["accepted"]
    town.clock.skip(days=60)
    town.go(2)
    assert town.states(number)["trees"] == "passed"
    assert ("housing", "acceptance-stuck", "") not in town.incidents()
