"""The values of records that we write, as texts: every one that has no place in a file is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from adapters._records_form import Layout, refuse, wrong
from exchange.errors import Fact, Fatal, Invalid, Problem
from mappings import encoding as encodings


def written_rows(
    records: Iterable[Mapping[str, Any]], layout: Layout, encoding: str = ""
) -> list[list[str]]:
    """One list of texts a record, in the order of the columns; absent is empty.

    With an ``encoding`` each value is tried in it, so that a character which it lacks is told with
    its column. ``Fatal records.no-columns`` if the site does not say which columns there are.
    """
    if not layout.columns:
        raise Fatal("records.no-columns")
    rows: list[list[str]] = []
    problems: list[Problem] = []
    for line, record in enumerate(records, 1):
        problems += _unknown(line, record, layout)
        rows.append([_cell(record.get(name, "")) or "" for name in layout.names])
        problems += _unwritable(line, record, layout, encoding)
    refuse(problems)
    return rows


def _cell(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    return str(value) if isinstance(value, str | int) else None


def _unknown(line: int, record: Mapping[str, Any], layout: Layout) -> Iterator[Problem]:
    """A field without a column would be dropped silently."""
    for name in record:
        if name not in layout.names:
            yield Problem("records.no-place", {"line": line, "column": str(name)})


def _unwritable(
    line: int, record: Mapping[str, Any], layout: Layout, encoding: str
) -> Iterator[Problem]:
    texts = {name: _cell(record.get(name, "")) for name in layout.names}
    for name, text in texts.items():
        if text is None:
            yield wrong("records.no-text", line, name, record[name])
    known = {name: text for name, text in texts.items() if text is not None}
    if encoding and _refused("".join(known.values()), encoding):
        for name, text in known.items():
            if refused := _refused(text, encoding):
                yield Problem("records.cannot-encode", {"line": line, "column": name, **refused})


def _refused(text: str, encoding: str) -> dict[str, Fact]:
    try:
        encodings.encode(text, encoding)
    except Invalid as error:
        return {name: error.facts[name] for name in ("character", "position", "encoding")}
    return {}
