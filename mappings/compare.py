"""Two mappings by what they mean: rules that differ, and records that come out differently.

Lines, notes, titles, tests and the order of rules mean nothing; everything else does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from exchange.errors import Invalid, Problem
from mappings import words
from mappings.compiler import Mapping as Compiled
from mappings.flat import leaves
from mappings.masks import mask
from mappings.rules import MappingFile, Rule

ABSENT = "-"


@dataclass(frozen=True, slots=True)
class Change:
    """``part``: fields, from, ignore or to. ``old`` and ``new``: in words, ``-`` for nothing."""

    part: str
    at: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Moved:
    """One leaf of one record that comes out differently: masks, never values."""

    at: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the two make of one record."""

    moved: tuple[Moved, ...] = ()
    broke: tuple[Problem, ...] = ()
    """The new one refuses what the old one took."""
    mended: tuple[Problem, ...] = ()
    """The other way round."""

    def __bool__(self) -> bool:
        return bool(self.moved or self.broke or self.mended)


def changes(old: MappingFile, new: MappingFile, language: str = "zh") -> tuple[Change, ...]:
    """Everything that differs by meaning, rules first."""
    found = [*_rules(old, new, language)]
    sides = (("from", _inputs(old), _inputs(new)), ("ignore", _ignored(old), _ignored(new)))
    for part, one, other in sides:
        found += _differing(part, (one, other), (one, other))
    if old.target != new.target:
        found.append(Change("to", "/to", old.target, new.target))
    return tuple(found)


def outcome(old: Compiled, new: Compiled, record: Mapping[str, Any]) -> Outcome:
    """The same record by both."""
    one, other = _applied(old, record), _applied(new, record)
    if isinstance(one, Invalid) or isinstance(other, Invalid):
        before = {_key(problem): problem for problem in _problems(one)}
        after = {_key(problem): problem for problem in _problems(other)}
        broke = tuple(after[key] for key in after if key not in before)
        return Outcome((), broke, tuple(before[key] for key in before if key not in after))
    return Outcome(tuple(_moved(dict(leaves(one)), dict(leaves(other)))))


def _applied(mapping: Compiled, record: Mapping[str, Any]) -> dict[str, Any] | Invalid:
    try:
        return mapping.apply(record)
    except Invalid as error:
        return error


def _problems(result: dict[str, Any] | Invalid) -> Iterable[Problem]:
    return result.problems if isinstance(result, Invalid) else ()


def _key(problem: Problem) -> tuple[str, str]:
    """Without the rule's line, which may have moved."""
    return problem.code, str(problem.facts.get("path", ""))


def _moved(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Moved]:
    for at in {**one, **other}:
        if at not in one or at not in other or repr(one[at]) != repr(other[at]):
            old, new = (mask(side[at]) if at in side else ABSENT for side in (one, other))
            yield Moved(at, old, new)


def _rules(old: MappingFile, new: MappingFile, language: str) -> Iterator[Change]:
    meant = [dict(_meant(file.rules, "", "")) for file in (old, new)]
    said = [
        {each.to: _said(each) for each in words.told(file, language, whole=True)}
        for file in (old, new)
    ]
    yield from _differing("fields", (meant[0], meant[1]), (said[0], said[1]))


def _said(told: words.Told) -> str:
    return "; ".join(filter(None, (told.source, told.how, told.when, told.unstated)))


def _meant(rules: Iterable[Rule], target: str, source: str) -> Iterator[tuple[str, Any]]:
    for rule in rules:
        yield target + rule.to, (source, _meaning(rule), bool(rule.each))
        if rule.each:
            inner = f"{target}{rule.to}/*", f"{source}{rule.choices[0].path}/*"
            yield from _meant(rule.each, *inner)


def _meaning(rule: Rule) -> Rule:
    """Without what only a reader wants to know."""
    unmapped = replace(rule.unmapped, reason="") if rule.unmapped else None
    return replace(rule, line=0, each=(), one_way="", unmapped=unmapped)


def _inputs(file: MappingFile) -> dict[str, str]:
    """Each field of a wire, each document by its input's name."""
    found: dict[str, str] = {}
    for name, side in file.inputs.items():
        prefix = f"/{name}" if name else ""
        if isinstance(side, str):
            found[prefix or "/"] = side
        else:
            found |= {prefix + path: "wire" for path in side}
    return found


def _ignored(file: MappingFile) -> dict[str, str]:
    entries = file.content.get("ignore", ())
    return {path: entry["reason"] for entry in entries for path in entry["fields"]}


_Pair = tuple[Mapping[str, Any], Mapping[str, Any]]
"""The old file's and the new one's, by place."""


def _differing(part: str, meant: _Pair, said: _Pair) -> Iterator[Change]:
    old, new = meant
    for at in {**old, **new}:
        if at not in old or at not in new or _exact(old[at]) != _exact(new[at]):
            yield Change(part, at, said[0].get(at, ABSENT), said[1].get(at, ABSENT))


def _exact(meant: Any) -> bytes:
    """``True`` is not 1, and the order of a table means nothing."""
    return orjson.dumps(meant, option=orjson.OPT_SORT_KEYS)
