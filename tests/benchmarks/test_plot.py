"""Drawings of figures: read as XML, by where dots and lines lie."""

from __future__ import annotations

import doctest
from typing import Any

import pytest
from lxml.etree import fromstring

from benchmarks import plot

SVG = "{http://www.w3.org/2000/svg}"


def result(name: str, goal: str, *ratio: float, invalid: str = "") -> dict[str, Any]:
    told = dict(zip(("min", "median", "max"), ratio, strict=True)) if ratio else None
    return {"id": name, "title": "work <&>", "goal": goal, "ratio": told, "invalid": invalid}


def drawn(*results: dict[str, Any]) -> Any:
    found: Any = fromstring(plot.goals(results, "2 cores"))
    return found


def goal_line(page: Any) -> float:
    (path,) = [e for e in page.iter(f"{SVG}path") if e.get("class") == "goal"]
    return float(str(path.get("d")).partition("M")[2].split()[0])


@pytest.mark.parametrize(
    ("goal", "ratio", "is_met"),
    [
        ("≥ 0.5 ×", (0.4, 0.6, 0.9), True),
        ("≥ 0.5 ×", (0.1, 0.3, 0.9), False),
        ("≤ 10 × one", (8.0, 9.0, 12.0), True),
        ("≤ 10 × one", (11.0, 12.0, 13.0), False),
        ("p95 ≤ 1.1 ×", (0.9, 1.0, 1.2), True),
    ],
)
def test_a_dot_right_of_the_line_has_met_its_goal(
    goal: str, ratio: tuple[float, ...], is_met: bool
) -> None:
    page = drawn(result("S1", goal, *ratio))
    (dot,) = page.iter(f"{SVG}circle")
    assert (float(str(dot.get("cx"))) >= goal_line(page), dot.get("class")) == (
        is_met,
        "good" if is_met else "bad",
    )


def test_what_has_no_ratio_or_proves_nothing_is_not_drawn() -> None:
    rows = [
        result("S1", "CPU ≤ 50 ms", 1, 1, 1),
        result("S2", "≥ 1 ×"),
        result("S3", "≥ 1 ×", 1, 2, 3, invalid="the far side is too slow"),
        {"id": "S4", "failed": True},
    ]
    assert list(drawn(*rows).iter(f"{SVG}circle")) == []
    assert len(list(drawn(*rows, result("S5", "≥ 1 ×", 1, 2, 3)).iter(f"{SVG}circle"))) == 1


def test_lines_rise_with_their_values_and_each_has_its_name() -> None:
    series = {"up": [(0.0, 10.0), (1.0, 400.0)], "down": [(0.0, 500.0), (1.0, 20.0)]}
    page = fromstring(plot.lines(series, "内存", "2 cores", "MB"))
    up, down = [str(e.get("d")) for e in page.iter(f"{SVG}path") if e.get("class") == "line"]
    heights = [[float(each.split()[1]) for each in d[1:].split("L")] for d in (up, down)]
    assert heights[0][0] > heights[0][1], "SVG counts from above"
    assert heights[1][0] < heights[1][1]
    assert {"up", "down"} <= {e.text for e in page.iter(f"{SVG}text")}


def test_nothing_is_a_page_too() -> None:
    assert list(drawn().iter(f"{SVG}circle")) == []
    fromstring(plot.lines({}, "内存", "", "MB"))


def test_the_examples_of_the_page_hold() -> None:
    assert doctest.testmod(plot).failed == 0
