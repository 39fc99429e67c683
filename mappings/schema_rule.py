"""Which rule of a schema was broken and what it wants, for a person: never what stood there."""

from __future__ import annotations

from typing import Any

import jsonschema_rs

_WANTS = ("property", "pattern", "limit", "types", "options", "format", "multiple_of", "unexpected")
_LONGEST = 80


def told(error: jsonschema_rs.ValidationError) -> str:
    """The rule's name in JSON Schema and, where that is short, what it wants.

    >>> def rule(schema, instance):
    ...     found = jsonschema_rs.Draft202012Validator(schema).iter_errors(instance)
    ...     return [told(error) for error in found]
    >>> rule({"required": ["folder"]}, {}), rule({"exclusiveMinimum": 0}, 0)
    (['required: folder'], ['exclusiveMinimum: 0'])
    >>> rule({"type": ["string", "null"]}, 7), rule({"anyOf": [{"const": 1}]}, "secret")
    (['type: null, string'], ['anyOf'])
    """
    known: dict[str, Any] = error.kind.as_dict()
    wanted = next((_listed(known[name]) for name in _WANTS if known.get(name) is not None), "")
    return f"{error.kind.name}: {wanted}" if wanted else str(error.kind.name)


def _listed(wanted: Any) -> str:
    each = sorted(map(str, wanted)) if isinstance(wanted, list | tuple) else [str(wanted)]
    return ", ".join(word[:_LONGEST] for word in each)
