"""Agreements to Excel and back: bureaus own them, and most of those who sign them write no YAML.

One sheet has a row for each agreement, the other a row for each field that it allows. A file whose
row says the same keeps every byte; in a file that differs only the keys that differ are written.
A row that is gone removes nothing: an agreement ends by its last day, never by a slip in Excel.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs

from exchange.errors import Fact, Invalid, Problem
from exchange.names import nearest
from mappings import shapes
from matters import file_text, files
from zhida import files as plain_files
from zhida import site_files, site_schemas, xlsx_sheet, yaml_edit
from zhida.site_schemas import AGREEMENT
from zhida.xlsx_sheet import Line, Sheet

_KEYS = [key for key in AGREEMENT["properties"] if key != "fields"]
HEADINGS = [AGREEMENT["properties"][key]["title"] for key in _KEYS]
MAIN, FIELDS = "协议", "字段"
FIELD_HEADINGS = [HEADINGS[0], AGREEMENT["properties"]["fields"]["title"]]


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one agreement's file."""

    agreement: str
    change: str
    """``added``, ``changed``, ``same``, or ``absent``: not in Excel, so left as it is."""
    path: Path
    text: str = ""
    lost: int = 0
    """Comments that the new text lost."""
    keys: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Names:
    """What an agreement may name in this site."""

    units: Collection[str]
    kinds: Collection[str]


def export(folder: Path, target: Path) -> int:
    """Write the site's agreements into a workbook; how many."""
    told = [content for _, content in _files(folder)]
    rows = [[str(each.get(key, "")) for key in _KEYS] for each in told]
    fields = [[each["agreement"], name] for each in told for name in each["fields"]]
    xlsx_sheet.write(target, [Sheet(MAIN, HEADINGS, rows), Sheet(FIELDS, FIELD_HEADINGS, fields)])
    return len(rows)


def plan(folder: Path, source: Path) -> list[Change]:
    """What importing the workbook changes. ``Invalid`` with every mistake, each with its cell."""
    sheets = xlsx_sheet.read(source, {MAIN: HEADINGS, FIELDS: FIELD_HEADINGS})
    known = {content["agreement"]: (path, content) for path, content in _files(folder)}
    told = _contents(sheets[MAIN], sheets[FIELDS])
    names = _Names(_units(folder), shapes.of(folder).kinds())
    problems = [each for line, content in told for each in _mistakes(line, content, names)]
    problems += _lonely(sheets)
    problems += [each for line, _ in told for each in _file_taken(folder, line, known)]
    if problems:
        raise Invalid.of(problems)
    named = {content["agreement"]: content for _, content in told}
    changes = [_change(folder, content, known) for content in named.values()]
    absent = [name for name in known if name not in named]
    return changes + [Change(name, "absent", known[name][0]) for name in absent]


def apply(changes: list[Change]) -> None:
    """Write the files that are new or differ, all or none."""
    wanted = [each for each in changes if each.change in ("added", "changed")]
    for each in wanted:
        each.path.parent.mkdir(exist_ok=True)
    plain_files.write_all({each.path: each.text.encode() for each in wanted})


def _files(folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    found = site_files.paths(folder, "agreements")
    return [(path, files.load(path, AGREEMENT)) for path in found]


def _units(folder: Path) -> list[str]:
    found = site_files.paths(folder, "units")
    return [files.load(path, site_schemas.UNIT)["unit"] for path in found]


def _contents(main: list[Line], fields: list[Line]) -> list[tuple[Line, dict[str, Any]]]:
    """Each row as an agreement's file says it."""
    made: list[tuple[Line, dict[str, Any]]] = []
    for line in main:
        told = dict(zip(_KEYS, (line.texts[each].strip() for each in HEADINGS), strict=True))
        named, allowed = FIELD_HEADINGS
        chosen = [
            each.texts[allowed].strip()
            for each in fields
            if each.texts[named].strip() == told["agreement"]
        ]
        content = {key: told.get(key, chosen) for key in AGREEMENT["properties"]}
        made.append((line, {k: v for k, v in content.items() if v or k in AGREEMENT["required"]}))
    return made


def _mistakes(line: Line, content: Mapping[str, Any], known: _Names) -> Iterator[Problem]:
    validator = jsonschema_rs.Draft202012Validator(dict(AGREEMENT))
    for error in validator.iter_errors(content):
        key = str(error.instance_path[0]) if error.instance_path else "agreement"
        yield Problem("xlsx.value", {**_where(line, key), "rule": error.kind.name})
    for key in ("provider", "receiver"):
        if content[key] and content[key] not in known.units:
            facts = {"unit": content[key], "nearest": nearest(content[key], known.units)}
            yield Problem("xlsx.no-unit", {**_where(line, key), **facts})
    kind = content["document"]
    if kind and kind not in known.kinds:
        facts = {"kind": kind, "nearest": nearest(kind, known.kinds)}
        yield Problem("xlsx.no-kind", {**_where(line, "document"), **facts})
    yield from _wrong_days(line, content)


def _wrong_days(line: Line, content: Mapping[str, Any]) -> Iterator[Problem]:
    """Also an agreement that would never be in force: it ends before it begins."""
    days: list[date] = []
    for key in ("valid_from", "valid_until"):
        try:
            days.append(date.fromisoformat(content[key]))
        except ValueError:
            yield Problem("xlsx.day", _where(line, key))
    if len(days) == 2 and days[1] < days[0]:
        yield Problem("xlsx.ends-before", _where(line, "valid_until"))


def _where(line: Line, key: str) -> dict[str, Fact]:
    heading = str(AGREEMENT["properties"][key]["title"])
    return {"cell": line.address(heading), "heading": heading}


def _file_taken(folder: Path, line: Line, known: Mapping[str, Any]) -> Iterator[Problem]:
    """A new agreement's file is named after it, must be seen, and is no other's."""
    name = line.texts[HEADINGS[0]].strip()
    is_name = not name.startswith(".") and len(name.encode()) < 200
    if name not in known and (not is_name or (folder / "agreements" / f"{name}.yaml").exists()):
        yield Problem("xlsx.file-taken", {"cell": line.address(HEADINGS[0]), "name": name})


def _lonely(sheets: Mapping[str, list[Line]]) -> Iterator[Problem]:
    """Fields of no agreement, and agreements that stand there twice."""
    seen: set[str] = set()
    for line in sheets[MAIN]:
        name = line.texts[HEADINGS[0]].strip()
        if name in seen:
            yield Problem("xlsx.twice", {"cell": line.address(HEADINGS[0]), "name": name})
        seen.add(name)
    for line in sheets[FIELDS]:
        name = line.texts[FIELD_HEADINGS[0]].strip()
        if name not in seen:
            facts = {"cell": line.address(FIELD_HEADINGS[0]), "nearest": nearest(name, seen)}
            yield Problem("xlsx.no-agreement", facts)


def _change(
    folder: Path, content: dict[str, Any], known: Mapping[str, tuple[Path, dict[str, Any]]]
) -> Change:
    name = content["agreement"]
    path, before = known.get(name, (folder / "agreements" / f"{name}.yaml", {}))
    if before == content:
        return Change(name, "same", path)
    raw = plain_files.read(path) if before else b""
    text = file_text.decode(raw, path.name)
    made = yaml_edit.edited(text, content, AGREEMENT)
    files.parse(made.text, AGREEMENT, name=path.name)
    keys = [key for key in content if content[key] != before.get(key)]
    told = file_text.mark(raw) + made.text
    return Change(name, "changed" if before else "added", path, told, made.lost, keys)
