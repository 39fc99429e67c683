"""By which day something is to be mended: never before the day on which the finding counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from exchange import times
from exchange.errors import Invalid
from matters import acceptance_item_rules, acceptance_rules
from matters.acceptance_events import SAYS
from tests.matters.houses import House

DAY = date(2026, 3, 9)


def remedy(at: datetime, until: date | None) -> None:
    house = House().to_joint()
    event = house.event("remedy", "fire", checks=("fire",), until=until)
    acceptance_rules.require(house.plan, house.standing, replace(event, at=at))


@pytest.mark.parametrize("hour", [0, 23])
def test_the_day_of_the_finding_is_the_earliest_at_any_hour_of_china_s_day(hour: int) -> None:
    at = datetime(2026, 3, 9, hour, 59, tzinfo=times.CHINA)
    remedy(at, DAY)
    remedy(at, date(2026, 3, 10))
    for until in (date(2026, 3, 8), None):
        with pytest.raises(Invalid, match=r"acceptance\.until") as caught:
            remedy(at, until)
        assert caught.value.facts == {"item": "fire"}


def test_each_event_that_has_a_rule_is_one_of_an_item() -> None:
    assert all(SAYS[name].item for name in acceptance_item_rules.RULES)
