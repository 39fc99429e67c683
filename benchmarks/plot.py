"""Two drawings as SVG: how each benchmark stands to its goal, and figures over time.

By hand, for they are lines and dots only, and no library of the lock draws.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

_WIDTH, _LEFT, _ROW, _TOP = 940, 380, 26, 64
_GOAL = re.compile(r"([≥≤>])\s*([0-9.]+)\s*×")
_STYLE = """<style>
text { font: 13px "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; fill: #1f2937; }
.s { font-size: 11px; fill: #4b5563; } .e { text-anchor: end; } .m { text-anchor: middle; }
.grid { stroke: #e5e7eb; } .goal { stroke: #111827; stroke-width: 2; }
.good { stroke: #15803d; fill: #15803d; } .bad { stroke: #b45309; fill: #b45309; }
.line { fill: none; stroke-width: 1.6; }
</style>"""
_COLOURS = (
    *("#0369a1", "#b45309", "#15803d", "#7c3aed", "#b91c1c", "#0f766e"),
    *("#4b5563", "#db2777", "#65a30d", "#1e3a8a", "#92400e"),
)
Point = tuple[float, float]


def of_goal(goal: str, ratio: float) -> float | None:
    """How many times the goal was reached: 1 and more is met. None for a goal that is no ratio.

    >>> of_goal("≥ 0.5 ×", 0.6), of_goal("≤ 10 × one", 8.0), of_goal("CPU ≤ 50 ms", 1.0)
    (1.2, 1.25, None)
    """
    found = _GOAL.search(goal)
    if found is None or not ratio:
        return None
    wanted = float(found[2])
    return wanted / ratio if found[1] == "≤" else ratio / wanted


def goals(results: Sequence[Mapping[str, Any]], told: str) -> str:
    """A row a benchmark: median, smallest and greatest of its pairs, as times of its goal, on a logarithmic scale.

    ``results``: as ``python -m benchmarks --json`` has them; ``told``: on what, when.
    """
    rows = [(each, found) for each in results if (found := _reached(each)) is not None]
    if not rows:
        return _page("基准与目标", told, "", _TOP)
    ends = [value for _, (low, _, high) in rows for value in (low, high)]
    first = min(-1, math.floor(math.log10(min(ends))))
    last = max(1, math.ceil(math.log10(max(ends))))
    span = (_WIDTH - _LEFT - 30) / (last - first)
    bottom = _TOP + _ROW * len(rows)

    def at(value: float) -> float:
        return _LEFT + (math.log10(value) - first) * span

    parts = [_upright(at(10.0**each), bottom, f"{10.0**each:g}") for each in range(first, last + 1)]
    parts += [f'<path class="goal" d="M{at(1):.1f} {_TOP - 6}V{bottom}"/>']
    for number, (each, (low, middle, high)) in enumerate(rows):
        y = _TOP + _ROW * number + _ROW / 2
        kind = "good" if middle >= 1 else "bad"
        title = f"{each['id']}　{each['title']}（{each['goal']}）"
        parts += [f'<text x="{_LEFT - 12}" y="{y + 4:.1f}" class="e">{escape(title)}</text>']
        parts += [f'<path class="{kind}" d="M{at(low):.1f} {y:.1f}H{at(high):.1f}"/>']
        parts += [f'<circle class="{kind}" cx="{at(middle):.1f}" cy="{y:.1f}" r="5"/>']
    return _page("基准与目标：1 为目标，右边为达到", told, "\n".join(parts), bottom + 30)


def _reached(result: Mapping[str, Any]) -> tuple[float, float, float] | None:
    ratio = result.get("ratio")
    if not ratio or result.get("invalid"):
        return None
    found = [of_goal(result["goal"], ratio[name]) for name in ("min", "median", "max")]
    low, middle, high = (each or 0.0 for each in found)
    return (min(low, high), middle, max(low, high)) if all(found) else None


def lines(series: Mapping[str, Sequence[Point]], title: str, told: str, unit: str) -> str:
    """A line a name over the same time: points are (minutes, value in ``unit``), by time."""
    points = [point for each in series.values() for point in each]
    most = _round_up(max((value for _, value in points), default=1.0))
    end = max((minute for minute, _ in points), default=1.0) or 1.0
    left, bottom, right = 70, 380, _WIDTH - 170

    def at(point: Point) -> str:
        x, y = left + point[0] / end * (right - left), bottom - point[1] / most * (bottom - _TOP)
        return f"{x:.1f} {y:.1f}"

    parts = []
    for step in range(5):
        y = bottom - step / 4 * (bottom - _TOP)
        parts += [f'<path class="grid" d="M{left} {y:.1f}H{right}"/>']
        parts += [f'<text x="{left - 8}" y="{y + 4:.1f}" class="s e">{most * step / 4:g}</text>']
        x = left + step / 4 * (right - left)
        parts += [f'<text x="{x:.1f}" y="{bottom + 18}" class="s m">{end * step / 4:.0f} 分</text>']
    parts += [f'<text x="{left}" y="{_TOP - 8}" class="s">{escape(unit)}</text>']
    for number, (name, found) in enumerate(series.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        path = "L".join(map(at, found))
        parts += [f'<path class="line" style="stroke:{colour}" d="M{path}"/>']
        parts += [
            f'<path style="stroke:{colour};stroke-width:3" d="M{right + 14} {_TOP + 22 * number}h18"/>'
        ]
        parts += [f'<text x="{right + 38}" y="{_TOP + 4 + 22 * number}">{escape(name)}</text>']
    return _page(title, told, "\n".join(parts), bottom + 34)


def _round_up(value: float) -> float:
    """To 1, 2, 4 or 8 times a power of ten.

    >>> _round_up(437), _round_up(0.7), _round_up(900)
    (800.0, 0.8, 1000.0)
    """
    power = 10.0 ** math.floor(math.log10(value)) if value > 0 else 1.0
    return next(step * power for step in (1, 2, 4, 8, 10) if step * power >= value)


def _upright(x: float, bottom: float, label: str) -> str:
    line = f'<path class="grid" d="M{x:.1f} {_TOP - 6}V{bottom}"/>'
    return f'{line}<text x="{x:.1f}" y="{bottom + 18}" class="s m">{label}</text>'


def _page(title: str, told: str, body: str, height: float) -> str:
    return "\n".join(_framed(title, told, body, round(height)))


def _framed(title: str, told: str, body: str, height: int) -> Iterator[str]:
    size = f'viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="t d">'
    yield f'<title id="t">{escape(title)}</title><desc id="d">{escape(told)}</desc>'
    yield _STYLE
    yield f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>'
    yield f'<text x="16" y="24" style="font-weight:700">{escape(title)}</text>'
    yield f'<text x="16" y="42" class="s">{escape(told)}</text>'
    yield body
    yield "</svg>\n"
