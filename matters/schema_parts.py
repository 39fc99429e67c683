"""What the schemas of this package's files are put together from (JSON Schema 2020-12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ID: Mapping[str, Any] = {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,39}$"}
TEXT: Mapping[str, Any] = {"type": "string", "minLength": 1, "maxLength": 200}
NAMES: Mapping[str, Any] = {"type": "array", "minItems": 1, "items": ID, "uniqueItems": True}
POINTER: Mapping[str, Any] = {"type": "string", "pattern": "^(/[^/]+)+$"}


def closed(required: list[str], properties: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """An object that has no other members: a word that is not known is a mistake, never overlooked.

    >>> closed(["a"], {"a": {}})["additionalProperties"]
    False
    """
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": dict(properties),
        **more,
    }


def by_name(
    values: Mapping[str, Any], title: str, *, names: Mapping[str, Any] = ID, some: int = 1
) -> dict[str, Any]:
    """An object of at least ``some`` members, each of the form ``values`` under a name of the form ``names``.

    >>> by_name({"type": "integer"}, "数")["additionalProperties"]
    {'type': 'integer'}
    """
    told = {"title": title, "type": "object", "propertyNames": names, "minProperties": some}
    return told | {"additionalProperties": dict(values)}
