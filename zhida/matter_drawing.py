"""``zhida matter draw``: the order of a matter as an SVG that stands by itself.

A row a level: an item lies below everything that it waits for. A solid line: it must be applied
before (``needs``); a dashed one: it must have ended (``after``). A line that passes a level keeps
a lane of its own there, so it runs behind no box.
"""

from __future__ import annotations

from collections.abc import Mapping
from unicodedata import east_asian_width
from xml.sax.saxutils import escape

from matters.durations import Duration
from matters.matter import Item, Matter
from matters.terms import Period
from zhida import matter_layout
from zhida.matter_layout import BOX, Line, Place

_MARGIN, _HEAD, _FOOT = 24, 108, 64
_STYLE = """\
text{font-family:"Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","SimSun",sans-serif;fill:#1f2933}
.title{font-size:20px;font-weight:600}.name{font-size:15px;font-weight:600}
.small{font-size:12px;fill:#52606d}.legal{font-size:12px;fill:#0b5394}
.mark{font-size:12px;fill:#b42318;font-weight:600}
.box{fill:#fff;stroke:#829ab1;stroke-width:1.5}.for-ever{stroke:#b42318;stroke-width:3}
.start{fill:#eaf2fb;stroke:#829ab1}.line{fill:none;stroke:#486581;stroke-width:1.6}
.after{stroke-dasharray:6 5;stroke:#829ab1}"""
_NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'
_UNITS = {"minute": "分钟", "hour": "小时", "day": "日", "month": "个月", "year": "年"}


def drawn(matter: Matter, units: Mapping[str, str]) -> str:
    """The whole picture; ``units``: name → Chinese title."""
    found = matter_layout.of(matter)
    title = f"{matter.title}（{matter.name}）"
    width = 2 * _MARGIN + max(found.width, 12 * cells(title), 560)
    height = _HEAD + found.height + _FOOT
    shift = (width - found.width) / 2
    size = f'width="{width:.0f}" height="{height:.0f}"'
    parts = [
        f'<svg {_NAMESPACE} {size} viewBox="0 0 {width:.0f} {height:.0f}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}</style>{_ARROW}",
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fbfcfd"/>',
        *_head(matter, units, title, width),
        f'<g transform="translate({shift:.1f} {_HEAD})">',
        *(_line(each) for each in found.lines),
        *(_box(matter.items[name], at, units) for name, at in found.places.items()),
        "</g>",
        _legend(height - 28),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


_ARROW = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
    'orient="auto"><path d="M0 0L8 4L0 8z" fill="#486581"/></marker></defs>'
)


def _head(matter: Matter, units: Mapping[str, str], title: str, width: float) -> list[str]:
    lead = units.get(matter.lead, matter.lead)
    opens = "；".join(
        f"{units.get(each.unit, each.unit)} {each.adapter} {each.stream} → {each.gives}"
        for each in matter.opens_on
    )
    return [
        _text(_MARGIN, 34, title, "title"),
        _text(_MARGIN, 56, f"牵头：{lead}", "small"),
        f'<rect class="start" x="{_MARGIN}" y="66" width="{width - 2 * _MARGIN:.0f}" height="22" rx="11"/>',
        _text(_MARGIN + 12, 81, fitted(f"启动：{opens}", (width - 2 * _MARGIN - 24) / 12), "small"),
    ]


def _box(item: Item, at: Place, units: Mapping[str, str]) -> str:
    most = (BOX.width - 24) / 12
    hand = "由人办理" if item.lanes.always_by_hand else "可转人工" if item.lanes.by_hand else ""
    unit = units.get(item.unit, item.unit)
    room = BOX.width - (84 if item.irreversible else 24)
    rows = [
        _text(at.x + 12, at.y + 25, fitted(item.title, room / 15), "name"),
        _text(at.x + 12, at.y + 45, fitted(unit, most - 5 if hand else most), "small"),
        _text(at.x + 12, at.y + 63, fitted(f"{item.adapter}.{item.operation}", most), "small"),
    ]
    if item.term is not None:
        told = f"限 {period(item.term.legal)}（{item.term.article}）"
        rows.append(_text(at.x + 12, at.y + 82, fitted(told, most), "legal"))
    marks = [("不可撤销", 24, "mark")] if item.irreversible else []
    marks += [(hand, 45, "small")] if hand else []
    rows += [_text(at.x + BOX.width - 60, at.y + y, text, kind) for text, y, kind in marks]
    shape = "box for-ever" if item.irreversible else "box"
    return f"<g><title>{escape(_whole(item))}</title>{_frame(at, shape)}{''.join(rows)}</g>"


def _frame(at: Place, shape: str) -> str:
    return (
        f'<rect class="{shape}" x="{at.x:.1f}" y="{at.y:.1f}" '
        f'width="{BOX.width}" height="{BOX.height}" rx="6"/>'
    )


def _whole(item: Item) -> str:
    """What a pointer that rests on the box shows: nothing is cut off there."""
    waits = [f"办成才办：{' '.join(item.needs)}"] if item.needs else []
    waits += [f"有结果就办：{' '.join(item.after)}"] if item.after else []
    return "；".join([f"{item.name} {item.title}", *waits])


def _line(told: Line) -> str:
    """Straight down at both ends, softly aside between."""
    one, two = told.begins, told.ends
    middle = (one.y + two.y) / 2
    curve = f"C{one.x:.1f} {middle:.1f} {two.x:.1f} {middle:.1f} {two.x:.1f} {two.y:.1f}"
    kind = "line" if told.needs else "line after"
    tip = ' marker-end="url(#tip)"' if told.is_last else ""
    return f'<path class="{kind}" d="M{one.x:.1f} {one.y:.1f}{curve}"{tip}/>'


def _legend(y: float) -> str:
    def sample(x: int, kind: str, text: str) -> str:
        line = f'<path class="{kind}" d="M{x} {y - 4} h36" marker-end="url(#tip)"/>'
        return line + _text(x + 44, y, text, "small")

    for_ever = f'<rect class="box for-ever" x="380" y="{y - 13}" width="28" height="16" rx="3"/>'
    return (
        sample(_MARGIN, "line", "办成了才办")
        + sample(200, "line after", "有结果了就办")
        + for_ever
        + _text(416, y, "不可撤销", "small")
    )


def period(told: Period) -> str:
    """A legal period in Chinese.

    >>> period(Duration(1, "month"))
    '1 个月'
    """
    if isinstance(told, Duration):
        return f"{told.count} {_UNITS[told.unit]}"
    return f"{told.count} 个工作日"


def cells(text: str) -> float:
    """How wide a text is, in letters as wide as high; a Latin one is half of that.

    >>> round(cells("出生 ab"), 2)
    3.65
    """
    return sum(1 if east_asian_width(sign) in "WF" else 0.55 for sign in text)


def fitted(text: str, most: float) -> str:
    """The text, or as much of it as fits.

    >>> fitted("城乡居民参保登记", 6)
    '城乡居民参…'
    """
    if cells(text) <= most:
        return text
    while text and cells(text) > most - 1:
        text = text[:-1]
    return f"{text}…"


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'
