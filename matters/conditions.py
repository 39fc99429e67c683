"""Conditions over a case's documents: when an item is not needed, not allowed, or for a person.

The words are those of a mapping's ``when`` (docs/mapping-format.md), over paths that begin with the
case's name of a document (``/birth/father``), and four more: ``matches`` (a whole text), ``at_least``
and ``at_most`` (a whole number: months, fen), and ``older_than`` (a day that lies more than a period
before another day of the documents). No clock is asked: the same documents always give the same lane. What is not stated is ``absent`` and nothing else: it equals
nothing, is older than nothing, and is neither at least nor at most anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from exchange.ports import Scalar
from matters import durations

Condition = Mapping[str, Any]
Fields = Mapping[str, Scalar]
"""Every leaf of the case's documents: ``/birth/child/sex`` → value."""

_POINTER = {"type": "string", "pattern": r"^(/[^/]+)+$"}
_SCALAR = {"type": ["string", "integer", "boolean"]}
_POINTERS = {
    "type": ["string", "array"],
    "minItems": 1,
    "items": _POINTER,
    "pattern": _POINTER["pattern"],
}
REFERENCE = {"$ref": "#/$defs/condition", "$comment": "as above"}
"""To ``SCHEMA`` among the definitions of a schema; the reference does not follow it."""
_PARTS = {"type": "array", "minItems": 1, "items": REFERENCE}


def _by_path(values: Mapping[str, Any]) -> dict[str, Any]:
    names = {"propertyNames": _POINTER, "minProperties": 1}
    return {"type": "object", **names, "additionalProperties": values}


_AGE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["period", "at"],
    "properties": {
        "period": {"type": "string", "pattern": durations.PATTERN},
        "at": _POINTER,
    },
}
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "title": "条件",
    "description": "One of present absent equal in same matches at_least at_most older_than all any not.",
    "additionalProperties": False,
    "minProperties": 1,
    "maxProperties": 1,
    "properties": {
        "present": _POINTERS,
        "absent": _POINTERS,
        "equal": _by_path(_SCALAR),
        "in": _by_path({"type": "array", "minItems": 1, "items": _SCALAR}),
        "same": {"type": "array", "minItems": 2, "items": _POINTER},
        "matches": _by_path({"type": "string", "minLength": 1, "maxLength": 200}),
        "at_least": _by_path({"type": "integer"}),
        "at_most": _by_path({"type": "integer"}),
        "older_than": _by_path(_AGE),
        "all": _PARTS,
        "any": _PARTS,
        "not": REFERENCE,
    },
}


def paths(said: Condition) -> Iterator[str]:
    """Every path that the condition looks at.

    >>> list(paths({"not": {"equal": {"/a/b": "1"}}}))
    ['/a/b']
    """
    [(word, about)] = said.items()
    if word in ("all", "any"):
        for part in about:
            yield from paths(part)
    elif word == "not":
        yield from paths(about)
    else:
        yield from [about] if isinstance(about, str) else about
        yield from [age["at"] for age in about.values()] if word == "older_than" else []


def holds(said: Condition, fields: Fields) -> bool:
    """Is it so?

    >>> holds({"absent": "/birth/father"}, {"/birth/mother/name": "A"})
    True
    """
    [(word, about)] = said.items()
    if word in ("all", "any"):
        return (all if word == "all" else any)(holds(part, fields) for part in about)
    if word == "not":
        return not holds(about, fields)
    if word == "same":
        return about[0] in fields and len({fields.get(path) for path in about}) == 1
    if word in ("present", "absent"):
        named = [about] if isinstance(about, str) else about
        return all(_is_there(path, fields) == (word == "present") for path in named)
    if word == "older_than":
        return all(_is_older(path, age, fields) for path, age in about.items())
    return all(_fits(word, fields.get(path), wanted) for path, wanted in about.items())


def _is_there(path: str, fields: Fields) -> bool:
    return path in fields or any(name.startswith(f"{path}/") for name in fields)


def _is_enough(word: str, value: Scalar, limit: int) -> bool:
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    return value >= limit if word == "at_least" else value <= limit


def _is_older(path: str, age: Mapping[str, str], fields: Fields) -> bool:
    since, on = fields.get(path), fields.get(age["at"])
    if since is None or on is None:
        return False
    last = durations.parse(age["period"]).after(date.fromisoformat(str(since)))
    return last < date.fromisoformat(str(on))


def _fits(word: str, value: Scalar | None, wanted: Any) -> bool:
    if value is None:
        return False
    if word in ("at_least", "at_most"):
        return _is_enough(word, value, wanted)
    if word == "matches":
        return re.fullmatch(wanted, str(value)) is not None
    among = wanted if word == "in" else [wanted]
    return any(type(each) is type(value) and each == value for each in among)
