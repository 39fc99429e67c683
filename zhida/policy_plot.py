"""The effect of a draft as a picture (SVG) that stands by itself: two bars for before and after, and
how many firms gain, lose, get more or less.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from matters import money
from matters.policy import Policy
from zhida.policy_dry_run import Effect

CHANGES = {"gained": "新得到", "lost": "不再得到", "more": "增加", "less": "减少"}
_WIDTH, _LABEL, _BAR, _ROW = 760, 120, 430, 34
_STYLE = """\
text{font:14px "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei",sans-serif;fill:#1f2933}
.title{font-size:19px;font-weight:600}.dim{fill:#52606d;font-size:13px}
.before{fill:#9fb3c8}.after{fill:#2f6f9f}.gained,.more{fill:#3f8f63}.lost,.less{fill:#c2574b}"""


def plot(effect: Effect, policy: Policy, budget: int) -> str:
    """The picture. ``budget``: fen of the year; 0: none is told."""
    money_rows = [
        ("原来", "before", effect.before.fen, _told(effect.before.passes, effect.before.fen)),
        ("现在", "after", effect.after.fen, _told(effect.after.passes, effect.after.fen)),
    ]
    firms = [
        (name, key, effect.changes.get(key, [0, 0])[0], _change(effect, key))
        for key, name in CHANGES.items()
    ]
    rows = len(money_rows) + len(firms)
    height = 150 + rows * _ROW
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" role="img">',
        f"<title>{escape(policy.title)}</title><style>{_STYLE}</style>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#fbfcfd"/>',
        f'<text class="title" x="24" y="36">{escape(policy.title)}</text>',
        f'<text class="dim" x="24" y="58">{escape(_head(effect, budget))}</text>',
        *_bars(money_rows, 84, budget),
        *_bars(firms, 84 + len(money_rows) * _ROW + 30, 0),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _head(effect: Effect, budget: int) -> str:
    whole = f"决定日 {effect.on}，{effect.firms:,} 户；未扣除已兑现的，未按预算分配"
    return f"{whole}；年度预算 {money.short(budget)}（虚线）" if budget else whole


def _told(passes: int, fen: int) -> str:
    return f"{passes:,} 户 {money.write(fen)}"


def _change(effect: Effect, key: str) -> str:
    count, fen = effect.changes.get(key, [0, 0])
    return f"{count:,} 户 {money.write(fen)}"


def _bars(rows: list[tuple[str, str, int, str]], top: float, mark: int) -> Iterator[str]:
    most = max([*(value for _, _, value, _ in rows), mark, 1])
    for number, (name, kind, value, told) in enumerate(rows):
        y = top + number * _ROW
        width = _BAR * value / most
        yield f'<text x="{_LABEL - 12}" y="{y + 17}" text-anchor="end">{name}</text>'
        yield f'<rect class="{kind}" x="{_LABEL}" y="{y}" width="{width:.1f}" height="22" rx="2"/>'
        yield f'<text x="{_LABEL + width + 8:.1f}" y="{y + 17}">{told}</text>'
    if mark:
        x, end = _LABEL + _BAR * mark / most, top + len(rows) * _ROW - 8
        line = f'x1="{x:.1f}" x2="{x:.1f}" y1="{top - 6}" y2="{end}"'
        yield f'<line {line} stroke="#8a5a00" stroke-dasharray="5 4"/>'
