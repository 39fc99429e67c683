"""A code list's or crosswalk's file, read with suspicion: every mistake with its line.

The shipped files are tested; one that a site brings went through Excel and many hands. Its form is
that of ``mappings.codes``: lines ``# key: value``, then the headings, then one row a code.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from exchange.errors import Fact, Fatal, Problem
from mappings import codes
from mappings.codes import CodeList
from mappings.plain_text import is_plain
from mappings.yaml_file import decode_problem

HEADINGS = ("code", "name_zh", "name_en", "aliases", "valid_from", "valid_to", "successor", "note")
WALK = ("from", "to", "note")
_LIST_HEADER = ("scheme", "title", "edition", "source")
_WALK_HEADER = ("from_scheme", "to_scheme", "edition", "source")


@dataclass(slots=True)
class Sheet:
    """What a file holds, and what is wrong with it."""

    header: dict[str, str] = field(default_factory=dict)
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """Each with its line."""
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, code: str, line: int = 1, /, **facts: Fact) -> None:
        """Note a mistake."""
        self.problems.append(Problem(code, {"line": line, **facts}))


def code_list(data: bytes, name: str) -> tuple[CodeList | None, tuple[Problem, ...]]:
    """The list, or everything that is wrong with its file."""
    sheet = _read(data, HEADINGS, _LIST_HEADER)
    if sheet.header.get("scheme", name) != name:
        sheet.wrong("mapping.list-name", name=sheet.header["scheme"][:60])
    found = {code.code: code for code in _entries(sheet)}
    for line, row in sheet.rows:
        if row["successor"] and row["successor"] not in found:
            sheet.wrong("mapping.list-successor", line, code=row["successor"][:40])
    if sheet.problems:
        return None, tuple(sheet.problems)
    try:
        spelt = codes.spellings(name, found)
    except Fatal as error:
        return None, tuple(error.problems)
    return CodeList(name, sheet.header, found, spelt, hashlib.sha256(data).hexdigest()), ()


def walk(data: bytes) -> tuple[Mapping[str, str], Mapping[str, str], tuple[Problem, ...]]:
    """Header and pairs of a crosswalk, and what is wrong with its file."""
    sheet = _read(data, WALK, _WALK_HEADER)
    pairs: dict[str, str] = {}
    for line, row in sheet.rows:
        if row["from"] in pairs:
            sheet.wrong("mapping.list-twice", line, code=row["from"][:40])
        pairs[row["from"]] = row["to"]
    return sheet.header, pairs, tuple(sheet.problems)


def _read(data: bytes, headings: tuple[str, ...], keys: tuple[str, ...]) -> Sheet:
    sheet = Sheet()
    wrong = decode_problem(data)
    if wrong is not None:
        sheet.problems.append(wrong)
        return sheet
    lines = data.decode("utf-8-sig").splitlines(keepends=True)
    head = next((at for at, line in enumerate(lines) if not line.startswith("#")), len(lines))
    pairs = [line[1:].partition(":") for line in lines[:head]]
    sheet.header.update((key.strip(), told.strip().rstrip(",")) for key, _, told in pairs)
    for key in keys:
        if not sheet.header.get(key):
            sheet.wrong("mapping.list-header", key=key)
    _rows(sheet, lines[head:], headings, head)
    return sheet


def _rows(sheet: Sheet, lines: list[str], headings: tuple[str, ...], head: int) -> None:
    reader = csv.reader(io.StringIO("".join(lines), newline=""))
    if tuple(next(reader, ())) != headings:
        sheet.wrong("mapping.list-headings", head + 1, want=",".join(headings))
        return
    for row in reader:
        line = head + reader.line_num
        if len(row) != len(headings) or not all(map(is_plain, row)) or not (row[0] and row[1]):
            sheet.wrong("mapping.list-row", line)
        else:
            sheet.rows.append((line, dict(zip(headings, row, strict=True))))


def _entries(sheet: Sheet) -> Iterator[codes.Code]:
    seen: set[str] = set()
    for line, row in sheet.rows:
        if row["code"] in seen:
            sheet.wrong("mapping.list-twice", line, code=row["code"][:40])
        seen.add(row["code"])
        try:
            yield codes.entry(row)
        except ValueError:
            sheet.wrong("mapping.list-day", line)
