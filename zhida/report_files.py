"""A report as a page (HTML) that stands by itself, to read and to print; its tables as sheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from rich.text import Text

from zhida.output import Marked
from zhida.report_sections import Section
from zhida.xlsx_sheet import Sheet

_FORBIDDEN = str.maketrans(dict.fromkeys(":：\\/?*[]", "、"))
_LONGEST = 31
"""Characters of a sheet's name in Excel."""
_NARROW = 2
"""Columns of a table that needs half the page only."""


STYLE = """\
body{font:14px/1.5 "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei",sans-serif;color:#1f2933;
max-width:1080px;margin:24px auto;padding:0 24px}h1{font-size:22px;margin:0 0 6px}
h2{font-size:16px;margin:18px 0 6px;break-after:avoid}p{margin:0 0 4px}.lead{font-weight:600;font-size:15px}
.dim{color:#52606d;font-size:12px}.charts,.tables{display:grid;grid-template-columns:1fr 1fr;gap:0 28px}
.charts{margin-top:14px;gap:10px 28px}.charts svg{width:100%;height:auto;break-inside:avoid}section{grid-column:1/3}
section.half{grid-column:auto}section.half td:first-child{white-space:nowrap}table{border-collapse:collapse;width:100%;font-size:13px}tr{break-inside:avoid}
th,td{border:1px solid #9aa5b1;padding:4px 7px;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#eef2f6;white-space:nowrap}@page{size:A4;margin:7mm 10mm}
@media print{body{margin:0;padding:0;max-width:none;font-size:8.5pt;line-height:1.28}h1{font-size:14pt}
h2{font-size:9.5pt;margin:4px 0 1px}.lead{font-size:9pt}.dim{font-size:7pt;margin:0}table{font-size:7.5pt}
th,td{padding:1px 4px}th{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.charts{margin-top:6px;gap:2px 20px}.charts svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}}"""
"""On a screen, and on A4: small type, no line of a table cut in two, nothing wider than the paper."""


def page(
    title: str, sections: Sequence[Section], *, lead: str = "", pictures: Sequence[str] = ()
) -> str:
    """The whole report as one page, without anything from elsewhere.

    ``lead``: the line that matters; ``pictures``: SVG that is ours, behind the first table.

    >>> "<td>a&lt;b</td>" in page("报表", [Section("表", {"n": "名"}, [{"n": "a<b"}])])
    True
    """
    charts = ['<div class="charts">', *pictures, "</div>"] if pictures else []
    parts = [
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">',
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>",
        f"<h1>{escape(title)}</h1>",
        *([f'<p class="lead">{escape(lead)}</p>'] if lead else []),
        *_tables(sections[:1]),
        *charts,
        *_tables(sections[1:]),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _tables(sections: Sequence[Section]) -> Iterator[str]:
    """Two narrow tables that follow one another stand side by side."""
    yield '<div class="tables">'
    left = list(sections)
    while left:
        pair = left[:2] if len(left) > 1 and all(map(_is_narrow, left[:2])) else left[:1]
        for each in pair:
            yield '<section class="half">' if len(pair) > 1 else "<section>"
            yield from _table(each)
            yield "</section>"
        del left[: len(pair)]
    yield "</div>"


def _is_narrow(section: Section) -> bool:
    return len(section.columns) <= _NARROW and bool(section.rows)


def _table(section: Section) -> Iterator[str]:
    yield f"<h2>{escape(section.title)}</h2>"
    if not section.rows:
        yield '<p class="dim">无</p>'
        return
    heads = "".join(f"<th>{escape(each)}</th>" for each in section.columns.values())
    yield f"<table><thead><tr>{heads}</tr></thead>"
    for row in texts(section):
        cells = (escape(each).replace("\n", "<br>") for each in row)
        yield "<tr>" + "".join(f"<td>{each}</td>" for each in cells) + "</tr>"
    yield "</table>"
    yield from (f'<p class="dim">{escape(note)}</p>' for note in section.notes)


def sheet(section: Section) -> Sheet:
    """One table as a sheet, named as Excel allows."""
    name = section.title.translate(_FORBIDDEN)[:_LONGEST]
    return Sheet(name, list(section.columns.values()), texts(section))


def texts(section: Section) -> list[list[str]]:
    """Its cells as plain text."""
    return [[_plain(row.get(key, "")) for key in section.columns] for row in section.rows]


def _plain(cell: Any) -> str:
    return Text.from_markup(cell).plain if isinstance(cell, Marked) else str(cell)
