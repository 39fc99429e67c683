"""Bars as a picture (SVG) that stands by itself: before and after, due and done, or one kind alone.

The two kinds differ in lightness and the paler one has an outline, so that they are told apart on a
black-and-white printer; each bar has its word and its figure beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_WIDTH, _TOLD, _ROW, _GAP = 480, 110, 20, 10
_GLYPH, _LONGEST = 13, 14
"""Pixels of a character of a label, and how many of them there is room for."""
_STYLE = """\
text{font:13px "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei",sans-serif;fill:#1f2933}
.title{font-size:15px;font-weight:600}.dim{fill:#52606d}
.before{fill:#d9e2ec;stroke:#627d98}.after{fill:#1f5d8c;stroke:#1f5d8c}"""


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure of both kinds; None: not known, and then there is no bar."""

    label: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of one unit (份, 次, 个工作日)."""

    title: str
    unit: str
    bars: Sequence[Bar]
    names: tuple[str, str] = ("改革前", "现在")
    """What the two kinds are; the first is empty where there is one kind alone (``after``)."""

    @property
    def most(self) -> float:
        """The longest bar."""
        return max([*(value for bar in self.bars for _, _, value in self.lines(bar) if value), 1])

    def lines(self, bar: Bar) -> list[tuple[str, str, float | None]]:
        """Kind, its word and its figure, of one bar."""
        both = zip(("before", "after"), self.names, (bar.before, bar.after), strict=True)
        return [each for each in both if each[1] or each[0] == "after"]


def svg(chart: Chart) -> str:
    """The picture.

    >>> 'class="after"' in svg(Chart("材料", "份", [Bar("出生", 20, 0)]))
    True
    """
    rows = [chart.lines(bar) for bar in chart.bars]
    height = 30 + sum(len(each) * _ROW + _GAP for each in rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">',
        f"<title>{escape(chart.title)}</title><style>{_STYLE}</style>",
        f'<text class="title" x="0" y="16">{escape(chart.title)}（{escape(chart.unit)}）</text>',
        *_bars(chart),
        "</svg>",
    ]
    return "\n".join(parts)


def _bars(chart: Chart) -> Iterator[str]:
    labels = [_short(bar.label) for bar in chart.bars]
    left = _GLYPH * max((len(each) for each in labels), default=0) + 12
    top = 30
    for label, bar in zip(labels, chart.bars, strict=True):
        lines = chart.lines(bar)
        middle = top + len(lines) * _ROW // 2 + 3
        yield f'<text x="{left - 12}" y="{middle}" text-anchor="end">{escape(label)}</text>'
        for place, (kind, word, value) in enumerate(lines):
            at = (left, top + place * _ROW)
            yield from _bar(kind, f"{word} {shown(value)}".strip(), at, _share(value, chart.most))
        top += len(lines) * _ROW + _GAP


def _bar(kind: str, told: str, at: tuple[int, int], share: float) -> Iterator[str]:
    x, y = at
    width = (_WIDTH - _TOLD - x) * share
    size = f'width="{width:.1f}" height="{_ROW - 4}"'
    if width:
        yield f'<rect class="{kind}" x="{x}" y="{y}" {size} rx="2"/>'
    yield f'<text class="dim" x="{x + width + 6:.1f}" y="{y + 13}">{escape(told)}</text>'


def _share(value: float | None, most: float) -> float:
    return 0.0 if value is None else value / most


def _short(label: str) -> str:
    """
    >>> _short("一" * 30) == "一" * 13 + "…", _short("短")
    (True, '短')
    """
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"


def shown(value: float | None) -> str:
    """A figure for a person.

    >>> shown(20.0), shown(2.5), shown(1234567.89), shown(None)
    ('20', '2.5', '1,234,567.89', '未知')
    """
    if value is None:
        return "未知"
    return f"{value:,.2f}".rstrip("0").rstrip(".")
