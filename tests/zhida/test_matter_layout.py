"""Where items lie: below what they wait for, and no line behind a box that it passes."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from zhida import matter_layout
from zhida.matter_layout import BOX


def matter(waits: Mapping[str, tuple[list[str], list[str]]]) -> Any:
    items = {
        name: SimpleNamespace(name=name, needs=tuple(needs), after=tuple(after), stands_for="")
        for name, (needs, after) in waits.items()
    }
    return SimpleNamespace(items=items)


@st.composite
def orders(draw: st.DrawFn) -> dict[str, tuple[list[str], list[str]]]:
    names = list("abcdefgh")[: draw(st.integers(1, 8))]
    found = {}
    for place, name in enumerate(names):
        earlier = st.sets(st.sampled_from(names[:place])) if place else st.just(set())
        found[name] = (sorted(draw(earlier)), sorted(draw(earlier)))
    return found


@given(orders())
def test_every_item_lies_below_all_that_it_waits_for(waits: dict[str, Any]) -> None:
    places = matter_layout.of(matter(waits)).places
    for name, (needs, after) in waits.items():
        assert all(places[name].y > places[other].y + BOX.height for other in needs + after)


@given(orders())
def test_boxes_lie_apart_and_on_the_page(waits: dict[str, Any]) -> None:
    found = matter_layout.of(matter(waits))
    places = list(found.places.values())
    for at, one in enumerate(places):
        assert one.x >= 0 and one.x + BOX.width <= found.width
        assert one.y + BOX.height <= found.height
        for other in places[at + 1 :]:
            assert one.y != other.y or abs(one.x - other.x) > BOX.width


@given(orders())
def test_what_passes_a_row_passes_beside_its_boxes(waits: dict[str, Any]) -> None:
    found = matter_layout.of(matter(waits))
    for line in found.lines:
        if line.ends.y - line.begins.y == BOX.height:  # past a row
            assert line.begins.x == line.ends.x
            beside = [p for p in found.places.values() if p.y == line.begins.y]
            assert all(not p.x <= line.ends.x <= p.x + BOX.width for p in beside)


@given(orders())
def test_every_wait_has_one_line_that_arrives(waits: dict[str, Any]) -> None:
    found = matter_layout.of(matter(waits))
    for name, (needs, after) in waits.items():
        at = found.places[name]
        arriving = {
            line.needs for line in found.lines if line.is_last
            and (line.ends.x, line.ends.y) == (at.x + BOX.width / 2, at.y)
        }  # fmt: skip
        assert arriving == {True for _ in needs} | {False for each in after if each not in needs}


def test_levels_are_the_longest_ways() -> None:
    order = {"a": ([], []), "b": (["a"], []), "c": (["a"], ["b"]), "d": ([], [])}
    assert matter_layout.levels(matter(order)) == {"a": 0, "d": 0, "b": 1, "c": 2}
