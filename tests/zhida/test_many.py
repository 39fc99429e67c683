"""Many cases at once: a sweep takes them all up, and a leg that times out stops only itself."""

from __future__ import annotations

from typing import Any

from exchange.circuit import TOLERATED

COUNT = 20


def test_twenty_cases_at_once_are_over_after_two_sweeps(town: Any) -> None:
    born = [town.bear(number) for number in range(700, 700 + COUNT)]
    town.take_in()
    town.finish(*born, sweeps=2)
    assert [town.effects(each) for each in born] == [(1, 1, 1)] * COUNT


def test_a_leg_that_times_out_is_asked_a_few_times_a_sweep_and_no_other_item_waits(
    town: Any, police: Any
) -> None:
    """Each of its calls costs a whole time-out: the turn ends with the calls then under way."""
    born = [town.bear(number) for number in range(730, 730 + COUNT)]
    town.take_in()
    police.fault("hold", operation="csdj")
    reports = town.sweep()
    concurrency = town.hub.site.system("police").concurrency
    assert reports["household"].worked <= TOLERATED + concurrency
    assert reports["household"].sick is not None
    assert [town.states(each)["birth"] for each in born] == ["applied"] * COUNT
    assert town.sweep()["household"].worked == 0, "its circuit is open: its turn takes nothing"
    police.clear()
    town.clock.skip(600)
    town.finish(*born)
    assert [town.effects(each) for each in born] == [(1, 1, 1)] * COUNT
