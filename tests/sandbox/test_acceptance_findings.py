"""What inspectors find: drawn from a seed, always about what the slip names, and in the end a pass."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from sandbox.acceptance_findings import Dice, Slip

CHECKS, MATERIALS = ("escape", "escape-lit", "hydrants-work"), ("asbuilt-fire", "fire-test-report")


def slip(number: int, round_: int = 1, item: str = "fire-acceptance") -> Slip:
    return Slip(f"YS-{number}", item, round_, CHECKS, MATERIALS, (3, 17))


@given(st.integers(0, 500), st.integers(0, 20))
def test_the_same_slip_always_comes_to_the_same_and_about_what_it_names(
    number: int, seed: int
) -> None:
    told = Dice(seed)(slip(number))
    assert told == Dice(seed)(slip(number))
    assert told[0].event == "visited"
    assert told[0].visited == (3, 17)
    last = told[-1]
    assert last.event in ("passed", "remedy", "failed")
    assert set(last.checks) <= set(CHECKS)
    assert bool(last.checks) == (last.event != "passed")
    assert (last.days > 0) == (last.event == "remedy")
    assert all(set(step.materials) <= set(MATERIALS) for step in told)


def test_every_result_is_drawn_and_no_more_often_than_its_chance_tells() -> None:
    chances = {"failed": 12, "remedy": 8, "correction-asked": 8, "paused": 5}
    told = Counter(step.event for n in range(1000) for step in Dice(7, chances)(slip(n)))
    for event, share in chances.items():
        assert share * 5 < told[event] < share * 15
    assert told["paused"] == told["resumed"]


def test_in_the_last_round_everything_passes() -> None:
    always = Dice(1, {"failed": 100})
    assert [step.event for step in always(slip(1, 2))] == ["visited", "failed"]
    assert [step.event for step in always(slip(1, 3))] == ["visited", "passed"]


def test_what_names_no_clause_can_t_fail_by_one() -> None:
    bare = Slip("YS-1", "line-check", 1)
    assert [step.event for step in Dice(1, {"failed": 100})(bare)] == ["passed"]


def test_the_lead_s_slip_is_answered_with_an_opinion() -> None:
    (step,) = Dice()(Slip("YS-1", "opinion", 1))
    assert (step.event, step.verdict) == ("opinion", "pass")
