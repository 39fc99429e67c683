"""Bars, before and after, as a picture (SVG) that stands by itself; the same figures for other files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_WIDTH, _LABEL, _BAR, _ROW, _GAP = 720, 150, 430, 22, 14
_STYLE = """\
text{font:13px "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei",sans-serif;fill:#1f2933}
.title{font-size:15px;font-weight:600}.dim{fill:#52606d}.before{fill:#9fb3c8}.after{fill:#2f6f9f}"""


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure before and after; None: not known, and then there is no bar."""

    label: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of one unit (份, 次, 个工作日)."""

    title: str
    unit: str
    bars: Sequence[Bar]


def svg(chart: Chart) -> str:
    """The picture.

    >>> 'class="after"' in svg(Chart("材料", "份", [Bar("出生", 20, 0)]))
    True
    """
    height = 52 + len(chart.bars) * (2 * _ROW + _GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" role="img">',
        f"<title>{escape(chart.title)}</title><style>{_STYLE}</style>",
        f'<text class="title" x="0" y="20">{escape(chart.title)}（{escape(chart.unit)}）</text>',
        *_bars(chart),
        "</svg>",
    ]
    return "\n".join(parts)


def _bars(chart: Chart) -> Iterator[str]:
    most = max([*(v for b in chart.bars for v in (b.before, b.after) if v is not None), 1])
    for number, bar in enumerate(chart.bars):
        top = 40 + number * (2 * _ROW + _GAP)
        middle = f'x="{_LABEL - 12}" y="{top + _ROW + 4}" text-anchor="end"'
        yield f"<text {middle}>{escape(bar.label)}</text>"
        for place, (kind, value) in enumerate((("before", bar.before), ("after", bar.after))):
            yield from _bar(kind, value, top + place * _ROW, most)


def _bar(kind: str, value: float | None, y: int, most: float) -> Iterator[str]:
    word = {"before": "改革前", "after": "现在"}[kind]
    width = 0.0 if value is None else _BAR * value / most
    size = f'width="{width:.1f}" height="{_ROW - 4}"'
    yield f'<rect class="{kind}" x="{_LABEL}" y="{y}" {size} rx="2"/>'
    told = f"{word} {shown(value)}"
    yield f'<text class="dim" x="{_LABEL + width + 8:.1f}" y="{y + 14}">{told}</text>'


def shown(value: float | None) -> str:
    """A figure for a person.

    >>> shown(20.0), shown(2.5), shown(None)
    ('20', '2.5', '未知')
    """
    return "未知" if value is None else f"{value:g}"
