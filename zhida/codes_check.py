"""What is wrong with a code list that comes back from Excel, told by its cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exchange.errors import Fatal, Problem
from mappings import codes
from mappings.codes import Code
from zhida.xlsx_sheet import Line


@dataclass(frozen=True, slots=True)
class Listing:
    """A code list's file: its header lines, its headings, its rows."""

    origin: Sequence[tuple[str, str]]
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


def find(name: str, lines: Sequence[Line], before: Listing) -> Iterator[Problem]:
    """Every mistake. ``before``: the list as it stands.

    A code that is gone would be unknown in every record that has it: it ends by ``valid_to``.
    """
    key = before.headings[0]
    yield from _repeated(lines, key)
    left = {line.texts[key] for line in lines}
    for row in before.rows:
        if row[0] not in left:
            yield Problem("xlsx.code-gone", {"code": row[0][:40], "name": name})
    if "valid_from" in before.headings:
        yield from _unreadable(name, lines)


def _repeated(lines: Sequence[Line], key: str) -> Iterator[Problem]:
    """Of two rows for one code only the last would count. No code at all is no row."""
    seen = {""}
    for line in lines:
        code = line.texts[key]
        if code in seen:
            yield Problem("xlsx.twice", {"cell": line.address(key), "name": code[:40] or "-"})
        seen.add(code)


def _unreadable(name: str, lines: Sequence[Line]) -> Iterator[Problem]:
    """Days that are none, and a spelling that stands for two codes."""
    found: dict[str, Code] = {}
    for line in lines:
        try:
            found[line.texts["code"]] = codes.entry(line.texts)
        except ValueError:
            facts = {"cell": line.address("valid_from"), "heading": "valid_from, valid_to"}
            yield Problem("xlsx.day", facts)
    try:
        codes.spellings(name, found)
    except Fatal as error:
        yield from error.problems
