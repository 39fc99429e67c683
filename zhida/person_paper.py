"""The person's own copy on paper: a Word file or a page, from the same tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from exchange import times
from exchange.errors import Invalid
from zhida import person_extract, report_files
from zhida.hub import Hub
from zhida.output import local
from zhida.person import Found, Subject
from zhida.person_told import Telling
from zhida.report_sections import Section

TITLE = "个人信息查阅复制件"
_FIRM = "数据交换记录（组织）"


@dataclass(frozen=True, slots=True)
class Paper:
    """What is to be written, and how much it is."""

    title: str
    lead: str
    sections: list[Section]
    at: datetime
    held: int
    exchanges: int


def paper(hub: Hub, whom: Subject, found: Found) -> Paper:
    """The tables with the values of the person's own fields."""
    telling = Telling(hub.site, found)
    own = person_extract.held(hub, whom, found, telling)
    now = hub.clock()
    lead = f"{hub.site.title}　尾号 {whom.ending}　制作 {local(times.stamp(now))}"
    more = found.places - len(found.documents)
    lead += f"　另有 {more} 处较早的未列出" if more > 0 else ""
    tables = [_dated(each) for each in person_extract.sections(telling, own)]
    title = TITLE if "gb32100" not in whom.schemes else _FIRM
    return Paper(title, lead, tables, now, len(own), len(tables[1].rows))


def maker(suffix: str) -> Callable[[Paper], bytes]:
    """What writes files that end so. ``Invalid("person.suffix")``."""
    if suffix.lower() not in _MAKERS:
        raise Invalid("person.suffix", suffix=suffix or "-")
    return _MAKERS[suffix.lower()]


def _docx(told: Paper) -> bytes:
    from zhida import report_docx

    return report_docx.make(told.title, told.lead, told.sections, [], at=told.at)


def _html(told: Paper) -> bytes:
    return report_files.page(told.title, told.sections, lead=told.lead).encode()


_MAKERS: Mapping[str, Callable[[Paper], bytes]] = {".docx": _docx, ".html": _html}


def _dated(section: Section) -> Section:
    rows = [
        {key: local(str(cell)) if key in ("at", "as_of") else cell for key, cell in row.items()}
        for row in section.rows
    ]
    return Section(section.title, section.columns, rows, section.notes)
