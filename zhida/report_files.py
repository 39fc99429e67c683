"""A report as a page (HTML) that stands by itself, to read and to print; its tables as sheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from rich.text import Text

from zhida.output import Marked
from zhida.policy_page import STYLE
from zhida.report_sections import Section
from zhida.xlsx_sheet import Sheet

_FORBIDDEN = str.maketrans(dict.fromkeys(":：\\/?*[]", "、"))
_LONGEST = 31
"""Characters of a sheet's name in Excel."""


def page(
    title: str, sections: Sequence[Section], *, lead: str = "", pictures: Sequence[str] = ()
) -> str:
    """The whole report as one page, without anything from elsewhere.

    ``lead``: the line that matters; ``pictures``: SVG that is ours, behind the first table.

    >>> "<td>a&lt;b</td>" in page("报表", [Section("表", {"n": "名"}, [{"n": "a<b"}])])
    True
    """
    parts = [
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">',
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>",
        f"<h1>{escape(title)}</h1>",
        *([f"<p><b>{escape(lead)}</b></p>"] if lead else []),
        *(part for each in sections[:1] for part in _table(each)),
        *pictures,
        *(part for each in sections[1:] for part in _table(each)),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _table(section: Section) -> Iterator[str]:
    yield f"<h2>{escape(section.title)}</h2>"
    if not section.rows:
        yield '<p class="dim">无</p>'
        return
    heads = "".join(f"<th>{escape(each)}</th>" for each in section.columns.values())
    yield f"<table><tr>{heads}</tr>"
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
