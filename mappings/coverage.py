"""Does a mapping file keep its word: its own tests pass, and no source field is forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from exchange.errors import Invalid, Problem
from mappings.fields import opened_by, source_fields
from mappings.flat import leaves
from mappings.rules import MappingFile

Apply = Callable[[Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Counted:
    """How much of its source a file speaks of."""

    fields: int
    mapped: int
    ignored: int

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means all."""
        return 100 * (self.mapped + self.ignored) // self.fields if self.fields else 100


def counted(file: MappingFile) -> Counted:
    """Source fields: how many there are, are used by a rule, are ignored for a reason."""
    used = _read(file)
    fields = source_fields(file.inputs, file.shapes)
    mapped = {path for path in fields if _covered(path, used)}
    ignored = {path for path in fields if _covered(path, set(file.ignored))} - mapped
    return Counted(len(fields), len(mapped), len(ignored))


def file_problems(file: MappingFile, apply: Apply) -> tuple[Problem, ...]:
    """Every failed test of the file, every field neither mapped nor ignored, every gap."""
    return (*_forgotten(file), *_unfilled(file), *_failed(file, apply))


def _forgotten(file: MappingFile) -> Iterator[Problem]:
    read_by_rules = _read(file)
    for path in source_fields(file.inputs, file.shapes):
        if not _covered(path, {*read_by_rules, *file.ignored}):
            yield Problem("mapping.not-covered", {"file": file.name, "path": path})
    for path in file.ignored:
        if any(_covered(used_path, {path}) for used_path in read_by_rules):
            yield Problem("mapping.ignored-but-used", {"file": file.name, "path": path})


def _read(file: MappingFile) -> set[str]:
    """Fields that rules read. An object that a condition asks about is not mapped by that; one whose
    members are free is, by any of them.
    """
    fields = source_fields(file.inputs, file.shapes)
    used = {path for rule in file.rules for path in rule.paths()}
    opened = {found for path in used if (found := opened_by(path, fields))}
    return {path for path in used if path in fields} | opened


def _covered(path: str, known: set[str]) -> bool:
    return any(path == other or path.startswith(other + "/") for other in known)


def _unfilled(file: MappingFile) -> Iterator[Problem]:
    if file.target == "wire":
        return
    made = {path for rule in file.rules for path in _made(rule.to, rule)}
    for path in sorted(file.shapes.find(file.target).required):
        if not any(path == other or other.startswith(path + "/") for other in made):
            yield Problem("mapping.target-not-filled", {"file": file.name, "path": path})


def _made(to: str, rule: Any) -> Iterator[str]:
    yield to
    for inner in rule.each:
        yield from _made(f"{to}/*{inner.to}", inner)


def _failed(file: MappingFile, apply: Apply) -> Iterator[Problem]:
    for test in file.tests:
        where = {"file": file.name, "test": str(test["name"])[:80]}
        expected = [(p["code"], p.get("path")) for p in test.get("problems", ())]
        try:
            given = apply(test["source"])
        except Invalid as error:
            yield from _unexpected(error, expected, where)
        else:
            if expected:
                yield Problem("mapping.test-found-no-problem", where)
            elif "gives" not in test:
                yield Problem("mapping.test-says-nothing", where)
            elif not _same(given, test["gives"]):
                yield Problem("mapping.test-differs", {**where, "path": _difference(given, test)})


def _unexpected(
    error: Invalid, expected: list[tuple[str, Any]], where: Mapping[str, str]
) -> Iterator[Problem]:
    found = [(problem.code, problem.facts.get("path")) for problem in error.problems]
    same = len(found) == len(expected) and all(
        code == wanted and path in (None, place)
        for (code, place), (wanted, path) in zip(found, expected, strict=False)
    )
    if not same:
        shown = "; ".join(f"{code} {path}" for code, path in found)
        yield Problem("mapping.test-refused", {**where, "found": shown[:300]})


def _same(one: Any, other: Any) -> bool:
    """Equal and of the same types: ``True`` is not 1."""
    return orjson.dumps(one, option=orjson.OPT_SORT_KEYS) == orjson.dumps(
        other, option=orjson.OPT_SORT_KEYS
    )


def _difference(given: Mapping[str, Any], test: Mapping[str, Any]) -> str:
    one, other = dict(leaves(given)), dict(leaves(test["gives"]))
    paths = [p for p in {**one, **other} if repr(one.get(p)) != repr(other.get(p))]
    return ", ".join(paths[:10])
