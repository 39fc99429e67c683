"""The data pack for the joint meeting (联席会议): a page, and each of its tables as CSV. No personal data.

No dispute's number stands in it, so nobody can look one up from it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from matters import ladder_file
from zhida import files, report_files, report_mediation_tables, report_saving
from zhida.report_saving import Report
from zhida.report_sections import Section

PAGE = "联席会议数据包.html"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(folder: Path, told: Mapping[str, Any], whole: Report) -> list[Path]:
    """All of it or nothing; the files that were written. ``whole`` gives the page its first line and pictures."""
    ladder = ladder_file.load(ladder_file.SHIPPED)
    sections = list(report_mediation_tables.sections(told, ladder, named=False))
    page = report_saving.page(replace(whole, tables=sections))
    content = {folder / PAGE: page}
    content |= {folder / f"{each.title}.csv": table(each) for each in sections}
    save(folder, content)
    return list(content)


def save(folder: Path, content: Mapping[Path, bytes]) -> None:
    """Makes the folder if it is not there. ``Fatal`` names what can't be written."""
    files.make_folder(folder)
    files.write_all(content)


def table(section: Section) -> bytes:
    """A table as Excel in Chinese opens it: UTF-8 with its mark.

    >>> table(Section("表", {"n": "名"}, [{"n": "=1"}])).decode("utf-8-sig")
    "名\\r\\n'=1\\r\\n"
    """
    return rows([list(section.columns.values()), *report_files.texts(section)])


def rows(told: list[list[str]]) -> bytes:
    """A cell that Excel would take for a formula begins with an apostrophe."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(
        [_plain(each) for each in row] for row in told
    )
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
