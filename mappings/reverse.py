"""A mapping file run backwards: the file that undoes it, or every rule that can't be undone.

Undone means: what the backward file makes of a result gives that very result again, and a source
in its clean spelling comes back as it was. A blank, a date in another of the listed patterns or a
code's alias comes back clean. So nothing may be left out: a field that is ignored, a condition, a
constant or a choice is no way back, unless ``one_way`` says why it need not be one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from exchange.errors import Fact, Problem
from mappings import site_codes
from mappings.fields import source_fields
from mappings.reverse_steps import STEPS, At, Made, NoWay
from mappings.rules import MappingFile, Rule
from mappings.site_codes import Lists

SUFFIX = "_back"


@dataclass(frozen=True, slots=True)
class _Side:
    """The source: its fields with their types, and the lists that the file may name."""

    types: Mapping[str, str]
    lists: Lists


def _side(file: MappingFile) -> _Side:
    return _Side(source_fields(file.inputs, file.shapes), site_codes.of(file.shapes.site))


def problems(file: MappingFile) -> tuple[Problem, ...]:
    """Why there is no way back: the file's own word, or each rule and field with its line."""
    if "one_way" in file.content:
        return (Problem("mapping.one-way", {"reason": str(file.content["one_way"])[:80]}),)
    if "" not in file.inputs:
        return (Problem("mapping.no-way-back", {"line": 1, "to": "from", "key": "from"}),)
    return tuple(_problems(file))


def text(file: MappingFile) -> str:
    """The backward file, each rule in the line of the one that it undoes.

    Ask ``problems`` before: here a rule that can't be undone is an error of the caller.
    """
    [side], wire = file.inputs.values(), sorted(_targets(file.rules))
    head = {
        "mapping": file.name + SUFFIX,
        "title": f"{file.title}（反向）"[:200],
        "from": wire if file.target == "wire" else file.target,
        "to": side if isinstance(side, str) else "wire",
    }
    source = _side(file)
    lines = [json.dumps(head, ensure_ascii=False)[:-1] + ', "fields": [']
    for count, rule in enumerate(_kept(file.rules)):
        lines += [""] * (rule.line - 1 - len(lines))
        comma = "," if count else ""
        lines.append(comma + json.dumps(_undone(rule, source, ""), ensure_ascii=False))
    return "\n".join([*lines, "]}"])


def _kept(rules: Iterable[Rule]) -> list[Rule]:
    return sorted((rule for rule in rules if not rule.one_way), key=lambda rule: rule.line)


def _targets(rules: Iterable[Rule]) -> Iterator[str]:
    for rule in rules:
        if rule.each:
            yield from (f"{rule.to}/*{inner}" for inner in _targets(rule.each))
        else:
            yield rule.to


def _problems(file: MappingFile) -> Iterator[Problem]:
    side = _side(file)
    restored: set[str] = set()
    tried: set[str] = set()
    for rule, above in _flat(file.rules, ""):
        tried |= {above + path for path in rule.paths()}
        key = _in_the_way(rule, side, above)
        source = above + rule.choices[0].path if rule.choices else ""
        if key or source in restored:
            facts: dict[str, Fact] = {"line": rule.line, "to": rule.to, "key": key or source}
            yield Problem("mapping.no-way-back", facts)
        elif not rule.each:
            restored.add(source)
    for path in side.types:
        if path not in restored | tried:
            facts = {"line": file.ignored_at.get(path, 1), "path": path}
            yield Problem("mapping.not-restored", facts)


def _in_the_way(rule: Rule, side: _Side, above: str) -> str:
    """The key that can't be undone; empty if all can."""
    try:
        _undone(rule, side, above)
    except NoWay as error:
        return str(error)
    return ""


def _flat(rules: Iterable[Rule], above: str) -> Iterator[tuple[Rule, str]]:
    for rule in _kept(rules):
        yield rule, above
        if rule.each:
            yield from _flat(rule.each, f"{above}{rule.choices[0].path}/*")


def _undone(rule: Rule, side: _Side, above: str) -> Made:
    """``above``: the list whose member the rule is about."""
    _refuse(rule)
    source = rule.choices[0].path
    made: Made = {"to": source, "from": rule.to}
    made |= {} if rule.required else {"required": False}
    made |= {"missing": list(rule.missing)}
    made |= {"text": {"trim": False}} if rule.text else {}
    if rule.each:
        inner = f"{above}{source}/*"
        return made | {"each": [_undone(each, side, inner) for each in _kept(rule.each)]}
    if rule.step is None:
        return made
    return made | STEPS[rule.step.kind](
        rule.step, rule, At(side.types.get(above + source, ""), side.lists)
    )


def _refuse(rule: Rule) -> None:
    choice = rule.choices[0] if rule.choices else None
    ways = {
        "join": bool(rule.join),
        "choose": len(rule.choices) > 1 or (choice is not None and choice.when is not None),
        "const": choice is not None and choice.const is not None,
        "when": rule.when is not None,
        "default": rule.default is not None,
        "split": bool(rule.split),
        "unmapped": rule.unmapped is not None,
        "as_of": rule.step is not None and "as_of" in rule.step.options,
    }
    for key, is_there in ways.items():
        if is_there:
            raise NoWay(key)
