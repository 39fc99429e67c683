"""What becomes of an item that could begin: it is done, not needed, not allowed, or for a person.

::

    skip_when:  {absent: /birth/father}                      the case does not need it
    halt_when:  [{when: …, reason: …, article: …}]           a rule forbids it for this case
    by_hand:    {do: desk.register_birth, when: [{when: …, reason: …, article: …}]}
    asks:       [{field: /declaration/child/name, title: 新生儿姓名, when: …}]

``by_hand`` makes a second item, which stands for the first where one of its reasons holds (without
``when``: always). ``asks`` are the fields that only a person can tell: where all of them are stated
the item is not needed, else its task names all that are missing, at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from exchange.case import BY_HAND
from matters import conditions
from matters.conditions import Condition, Fields

_TEXT = {"type": "string", "minLength": 1, "maxLength": 400}
_WHEN = conditions.REFERENCE
_REASONS: Mapping[str, Any] = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["when", "reason"],
        "properties": {
            "when": _WHEN,
            "reason": _TEXT | {"title": "原因", "description": "Chinese; told to people."},
            "article": _TEXT | {"title": "依据"},
        },
    },
}
SCHEMA: Mapping[str, Any] = {
    "skip_when": _WHEN | {"title": "不需办理的情形"},
    "halt_when": {**_REASONS, "title": "按规定不办理的情形"},
    "by_hand": {
        "title": "转人工",
        "description": "The operation that a person does, and when; without when: always.",
        "type": "object",
        "additionalProperties": False,
        "required": ["do"],
        "properties": {
            "do": {"type": "string", "pattern": r"^[a-z_]+\.[a-z_]+$"},
            "when": _REASONS,
        },
    },
    "asks": {
        "title": "只有当事人能说的内容",
        "description": "Fields that must be stated; what is missing is asked for at once.",
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": ["field", "title"],
            "properties": {
                "field": {"type": "string", "pattern": r"^(/[^/]+){2,}$"},
                "title": _TEXT,
                "when": _WHEN,
            },
        },
    },
}
"""Keys of an item."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an item leaves the fast lane, with the article that says so."""

    when: Condition
    reason: str
    article: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A field that only a person can state, and in which cases it must be."""

    field: str
    title: str
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Lanes:
    """The rules of one item."""

    skip_when: Condition | None = None
    halt_when: tuple[Reason, ...] = ()
    by_hand: tuple[Reason, ...] = ()
    always_by_hand: bool = False
    asks: tuple[Ask, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that the rules look at."""
        said = [self.skip_when] if self.skip_when else []
        said += [each.when for each in (*self.halt_when, *self.by_hand)]
        said += [each.when for each in self.asks if each.when is not None]
        found = [path for each in said for path in conditions.paths(each)]
        return tuple(dict.fromkeys([*found, *(each.field for each in self.asks)]))


@dataclass(frozen=True, slots=True)
class Lane:
    """The state that an item begins with, and why."""

    state: str
    reason: Reason | None = None
    missing: tuple[Ask, ...] = field(default=())


def read(told: Mapping[str, Any]) -> Lanes:
    """The rules in an item's entry."""
    by_hand = told.get("by_hand", {})
    return Lanes(
        skip_when=told.get("skip_when"),
        halt_when=_reasons(told.get("halt_when", ())),
        by_hand=_reasons(by_hand.get("when", ())),
        always_by_hand=bool(by_hand) and "when" not in by_hand,
        asks=tuple(Ask(**each) for each in told.get("asks", ())),
    )


def _reasons(told: Any) -> tuple[Reason, ...]:
    return tuple(Reason(**each) for each in told)


def choose(lanes: Lanes, fields: Fields) -> Lane:
    """Where an item goes whose turn has come.

    >>> choose(Lanes(skip_when={"absent": "/birth/father"}), {}).state
    'skipped'
    """
    if lanes.skip_when is not None and conditions.holds(lanes.skip_when, fields):
        return Lane("skipped")
    halted = _first(lanes.halt_when, fields)
    if halted is not None:
        return Lane("halted", halted)
    missing = missing_of(lanes, fields)
    if lanes.asks and not missing:
        return Lane("skipped")
    by_hand = _first(lanes.by_hand, fields)
    if by_hand is not None or lanes.always_by_hand:
        return Lane(BY_HAND, by_hand, missing)
    return Lane("ready", missing=missing)


def missing_of(lanes: Lanes, fields: Fields) -> tuple[Ask, ...]:
    """What must be stated and is not."""
    return tuple(
        each
        for each in lanes.asks
        if each.field not in fields and (each.when is None or conditions.holds(each.when, fields))
    )


def _first(reasons: tuple[Reason, ...], fields: Fields) -> Reason | None:
    return next((each for each in reasons if conditions.holds(each.when, fields)), None)
