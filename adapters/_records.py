"""Files with records, by the name of their format: read into records, written from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from adapters import _records_csv, _records_excel, _records_fixed, _records_xml
from adapters._records_form import Layout, Record
from adapters._records_options import FORMATS, LAYOUT

__all__ = ["FORMATS", "LAYOUT", "Layout", "lacking", "read", "written"]

_MODULES: Mapping[str, Any] = {
    "csv": _records_csv,
    "fixed": _records_fixed,
    "xlsx": _records_excel,
    "xml": _records_xml,
}


def lacking(form: str, layout: Layout, *, writing: bool) -> str:
    """The code of what the layout lacks for that format; empty if nothing. Told before any file.

    >>> lacking("fixed", Layout(), writing=False), lacking("csv", Layout(), writing=False)
    ('records.no-widths', '')
    """
    if form == "fixed" and not (layout.columns and all(each.width for each in layout.columns)):
        return "records.no-widths"
    named = bool(layout.columns) or form == "xml"
    return "" if named or (layout.header and not writing) else "records.no-columns"


def read(raw: bytes, form: str, layout: Layout, encoding: str) -> list[Record]:
    """All records of the file, or ``Invalid`` with all that is wrong with it.

    >>> read(b"no\\n01\\n02\\n", "csv", Layout(), "utf-8")
    [{'no': '01'}, {'no': '02'}]
    """
    found: list[Record] = _MODULES[form].read(raw, layout, encoding)
    return found


def each(raw: bytes, form: str, layout: Layout, encoding: str) -> Iterator[Record]:
    """The same one by one; of CSV, without holding all of them."""
    if form == "csv":
        yield from _records_csv.each(raw, layout, encoding)
    else:
        yield from read(raw, form, layout, encoding)


def written(
    records: Iterable[Mapping[str, Any]], form: str, layout: Layout, encoding: str
) -> bytes:
    """The file: the same bytes for the same records. ``Invalid`` with all that has no place in it."""
    made: bytes = _MODULES[form].written(records, layout, encoding)
    return made
