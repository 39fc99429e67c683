"""Circles among the items: found if there are any, and only who is in one is named."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exchange.case import ENDED, Step, advance
from matters import mistakes
from matters.mistakes import Outline

names = st.sampled_from("abcdef")
graphs = st.dictionaries(names, st.sets(names, max_size=3), min_size=1)


def outline(waits: dict[str, set[str]]) -> Outline:
    return Outline({i: (sorted(w), []) for i, w in waits.items()}, ["form"], {}, ["form/number"])


def circle(waits: dict[str, set[str]]) -> set[str]:
    found = [each for each in mistakes.find(outline(waits)) if each.code == "matter.circle"]
    return set(str(found[0].facts["items"]).split(", ")) if found else set()


def known(waits: dict[str, set[str]]) -> dict[str, set[str]]:
    return {item: needs & set(waits) for item, needs in waits.items()}


@given(graphs)
def test_without_a_circle_every_item_is_reached_and_with_one_none_in_it(
    waits: dict[str, set[str]],
) -> None:
    waits = known(waits)
    steps = [Step(item, needs=tuple(sorted(needs))) for item, needs in waits.items()]
    states = dict.fromkeys(waits, "waiting")
    for _ in steps:
        states |= dict.fromkeys(advance(steps, states), "applied")
    stuck = {item for item, state in states.items() if state not in ENDED}
    assert bool(circle(waits)) == bool(stuck)
    assert circle(waits) <= stuck


@given(graphs)
def test_every_item_that_is_named_leads_back_into_the_circle(waits: dict[str, set[str]]) -> None:
    waits = known(waits)
    named = circle(waits)
    for item in named:
        assert waits[item] & named
        assert any(item in waits[other] for other in named)


@given(graphs)
def test_an_item_that_does_not_exist_is_told_once_a_place(waits: dict[str, set[str]]) -> None:
    missing = sum(len(needs - set(waits)) for needs in waits.values())
    codes = [each.code for each in mistakes.find(outline(waits))]
    assert codes.count("matter.unknown-item") == missing
    assert not missing or "matter.circle" not in codes
