"""Each step of a rule undone: what the backward rule does with the value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mappings import dates
from mappings.rules import Rule, Step
from mappings.site_codes import Lists

Made = dict[str, Any]


class NoWay(ValueError):
    """A rule that can't be undone; its argument names the key that is in the way."""


@dataclass(frozen=True, slots=True)
class At:
    """The field of the source: its JSON type (empty on a wire), and the lists that there are."""

    type: str
    lists: Lists


def _code(step: Step, rule: Rule, at: At) -> Made:
    return {"code": step.options["scheme"]}


def _identifier(step: Step, rule: Rule, at: At) -> Made:
    return {"identifier": step.options["scheme"]}


def _crosswalk(step: Step, rule: Rule, at: At) -> Made:
    return {"values": _inverted(at.lists.crosswalk(step.options["scheme"]).pairs, rule, at.type)}


def _values(step: Step, rule: Rule, at: At) -> Made:
    return {"values": _inverted(step.options["pairs"], rule, at.type)}


def _inverted(pairs: Mapping[str, Any], rule: Rule, type_of: str) -> Made:
    """A result of two values leads back to neither; one that reads as "not stated" to nothing."""
    made = {_spelled(value): _typed(key, type_of) for key, value in pairs.items()}
    markers = {marker.strip() for marker in rule.missing}
    unread = any(text.strip() in markers for text in (*pairs, *made))
    if len(made) != len(pairs) or unread:
        raise NoWay(rule.step.kind if rule.step else "values")
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


def _date(step: Step, rule: Rule, at: At) -> Made:
    """The first pattern is the one that is written back; none may state more than the target."""
    patterns, target = step.options["from"], step.options["to"]
    if any(dates.tokens(pattern) != dates.tokens(target) for pattern in patterns):
        raise NoWay("date")
    return {"date": {"from": target, "to": patterns[0]}}


def _number(step: Step, rule: Rule, at: At) -> Made:
    said = {key: step.options.get(key, "") for key in ("from", "to")}
    if said["from"] == "wk+d" and at.type == "integer":
        raise NoWay("number")
    units = {"from": said["to"], "to": said["from"]} if any(said.values()) else {}
    return {"number": units | ({} if at.type == "integer" else {"as": "text"})}


STEPS: Mapping[str, Callable[[Step, Rule, At], Made]] = {
    "code": _code,
    "identifier": _identifier,
    "crosswalk": _crosswalk,
    "values": _values,
    "date": _date,
    "number": _number,
}
