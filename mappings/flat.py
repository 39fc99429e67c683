"""A record as its leaves, each with its JSON Pointer: to compare two records, or to show one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mappings.yaml_file import escape


def leaves(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf in the record's order; an empty object or list is one.

    >>> list(leaves({"a": [1, {"b/c": "x"}], "d": {}}))
    [('/a/0', 1), ('/a/1/b~1c', 'x'), ('/d', {})]
    """
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from leaves(inner, f"{at}/{escape(str(key))}")
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{at}/{index}")
    else:
        yield at, value
