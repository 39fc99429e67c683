"""A mapping file run backwards: the file that undoes it, or every rule that can't be undone.

Undone means: what the backward file makes of a result gives that very result again, and a source
in its clean spelling comes back as it was. A blank, a date in another of the listed patterns or a
code's alias comes back clean. So nothing may be left out: a field that is ignored, a condition, a
constant or a choice is no way back, unless ``one_way`` says why it need not be one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from exchange.errors import Fact, Problem
from mappings import dates, site_codes
from mappings.fields import source_fields
from mappings.rules import MappingFile, Rule, Step
from mappings.site_codes import Lists

SUFFIX = "_back"
Made = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Known:
    """What a file's rules refer to: the types of its source fields, and its code lists."""

    types: Mapping[str, str]
    lists: Lists

    @classmethod
    def of(cls, file: MappingFile) -> _Known:
        types = source_fields(file.inputs, file.shapes)
        return cls(types, site_codes.of(file.shapes.site))


class _NoWay(ValueError):
    """A rule that can't be undone; its argument names the key that is in the way."""


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
    known = _Known.of(file)
    lines = [json.dumps(head, ensure_ascii=False)[:-1] + ', "fields": [']
    for count, rule in enumerate(_kept(file.rules)):
        lines += [""] * (rule.line - 1 - len(lines))
        comma = "," if count else ""
        lines.append(comma + json.dumps(_undone(rule, known, ""), ensure_ascii=False))
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
    known = _Known.of(file)
    restored: set[str] = set()
    tried: set[str] = set()
    for rule, above in _flat(file.rules, ""):
        tried |= {above + path for path in rule.paths()}
        key = _in_the_way(rule, known, above)
        source = above + rule.choices[0].path if rule.choices else ""
        if key or source in restored:
            facts: dict[str, Fact] = {"line": rule.line, "to": rule.to, "key": key or source}
            yield Problem("mapping.no-way-back", facts)
        elif not rule.each:
            restored.add(source)
    for path in known.types:
        if path not in restored | tried:
            facts = {"line": file.ignored_at.get(path, 1), "path": path}
            yield Problem("mapping.not-restored", facts)


def _in_the_way(rule: Rule, known: _Known, above: str) -> str:
    """The key that can't be undone; empty if all can."""
    try:
        _undone(rule, known, above)
    except _NoWay as error:
        return str(error)
    return ""


def _flat(rules: Iterable[Rule], above: str) -> Iterator[tuple[Rule, str]]:
    for rule in _kept(rules):
        yield rule, above
        if rule.each:
            yield from _flat(rule.each, f"{above}{rule.choices[0].path}/*")


def _undone(rule: Rule, known: _Known, above: str) -> Made:
    """``above``: the list whose member the rule is about."""
    _refuse(rule)
    source = rule.choices[0].path
    made: Made = {"to": source, "from": rule.to}
    made |= {} if rule.required else {"required": False}
    made |= {"missing": list(rule.missing)}
    made |= {"text": {"trim": False}} if rule.text else {}
    if rule.each:
        inner = f"{above}{source}/*"
        return made | {"each": [_undone(each, known, inner) for each in _kept(rule.each)]}
    if rule.step is None:
        return made
    type_of = known.types.get(above + source, "")
    if rule.step.kind == "crosswalk":
        pairs = known.lists.crosswalk(rule.step.options["scheme"]).pairs
        return made | {"values": _inverted(pairs, rule, type_of)}
    return made | _STEPS[rule.step.kind](rule.step, rule, type_of)


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
            raise _NoWay(key)


def _code(step: Step, rule: Rule, type_of: str) -> Made:
    return {"code": step.options["scheme"]}


def _identifier(step: Step, rule: Rule, type_of: str) -> Made:
    return {"identifier": step.options["scheme"]}


def _values(step: Step, rule: Rule, type_of: str) -> Made:
    return {"values": _inverted(step.options["pairs"], rule, type_of)}


def _inverted(pairs: Mapping[str, Any], rule: Rule, type_of: str) -> Made:
    """A result of two values leads back to neither; one that reads as "not stated" to nothing."""
    made = {_spelled(value): _typed(key, type_of) for key, value in pairs.items()}
    markers = {marker.strip() for marker in rule.missing}
    unread = any(text.strip() in markers for text in (*pairs, *made))
    if len(made) != len(pairs) or unread:
        raise _NoWay(rule.step.kind if rule.step else "values")
    return made


def _spelled(value: Any) -> str:
    """As a table's key spells it.

    >>> _spelled(True), _spelled(2), _spelled("a")
    ('true', '2', 'a')
    """
    return str(value).lower() if isinstance(value, bool) else str(value)


def _typed(key: str, type_of: str) -> Any:
    if type_of == "boolean":
        return key == "true"
    return int(key) if type_of == "integer" else key


def _date(step: Step, rule: Rule, type_of: str) -> Made:
    """The first pattern is the one that is written back; none may state more than the target."""
    patterns, target = step.options["from"], step.options["to"]
    if any(dates.tokens(pattern) != dates.tokens(target) for pattern in patterns):
        raise _NoWay("date")
    return {"date": {"from": target, "to": patterns[0]}}


def _number(step: Step, rule: Rule, type_of: str) -> Made:
    said = {key: step.options.get(key, "") for key in ("from", "to")}
    if said["from"] == "wk+d" and type_of == "integer":
        raise _NoWay("number")
    units = {"from": said["to"], "to": said["from"]} if any(said.values()) else {}
    return {"number": units | ({} if type_of == "integer" else {"as": "text"})}


_STEPS: Mapping[str, Callable[[Step, Rule, str], Made]] = {
    "code": _code,
    "identifier": _identifier,
    "values": _values,
    "date": _date,
    "number": _number,
}
