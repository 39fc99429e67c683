"""What Excel and habit make of a single value: a number for a text, a serial number for a day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import jsonschema_rs

from exchange.errors import Fact, Problem
from mappings.damage import is_rounded

_DAY_ZERO = date(1899, 12, 30)
"""Excel's day 0; it believes in a 29 February 1900, so this holds from March 1900 on."""
_SERIALS = range(20_000, 80_000)
"""Days from 1954 to 2119: a number that can only be meant as one of Excel's."""
_WRITTEN = re.compile(
    r"([0-9]{4})\s*[-/.年．／]?\s*([0-9]{1,2})\s*[-/.月．／]?\s*([0-9]{1,2})\s*日?"
)


def explained(
    error: jsonschema_rs.ValidationError, schema: Mapping[str, Any], facts: Mapping[str, Fact]
) -> Problem | None:
    """What the value probably was, or None if nothing of this kind happened."""
    value, node = error.instance, _node(schema, error)
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    if isinstance(value, str) and is_rounded(value):
        return Problem("file.rounded", facts)
    if node.get("format") == "date" and (day := meant_day(value)):
        return Problem("file.day", {**facts, "day": day})
    if isinstance(value, int) and node.get("type") == "string":
        return Problem("file.rounded" if is_rounded(str(value)) else "file.number", facts)
    return None


def meant_day(value: int | str) -> str:
    """The day that was meant, as it is written here; empty if it is none.

    >>> meant_day(46023), meant_day("2026/1/5"), meant_day("2026年1月5日"), meant_day("2026-02-30")
    ('2026-01-01', '2026-01-05', '2026-01-05', '')
    """
    if isinstance(value, int):
        if value in _SERIALS:
            return (_DAY_ZERO + timedelta(days=value)).isoformat()
        value = str(value)
    found = _WRITTEN.fullmatch(value.strip())
    if found is None:
        return ""
    try:
        return date(*(int(part) for part in found.groups())).isoformat()
    except ValueError:
        return ""


def _node(schema: Mapping[str, Any], error: jsonschema_rs.ValidationError) -> Mapping[str, Any]:
    """The part of the schema that said no."""
    node: Any = schema
    for step in list(error.schema_path)[:-1]:
        if isinstance(node, Mapping) and step not in node:
            return {}
        node = node[step]
    return node if isinstance(node, Mapping) else {}
