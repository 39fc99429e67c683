"""What a rule of a schema wants, for a person who writes YAML and has never seen a schema.

The words come first, then the rule by its own name, for whoever knows it; never what stood there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jsonschema_rs
import orjson

_TYPES = {
    "array": "列表",
    "object": "若干“键: 值”",
    "string": "文本",
    "integer": "整数",
    "number": "数",
    "boolean": "true 或 false",
    "null": "空",
}
_WANTS = (
    "property",
    "pattern",
    "limit",
    "types",
    "options",
    "format",
    "multiple_of",
    "unexpected",
    "expected_value",
)
_LONGEST = 80
_WORDS = {
    "required": "缺少",
    "type": "应为",
    "enum": "须从中选一",
    "const": "只能写",
    "minItems": "至少几项",
    "minProperties": "至少几项",
    "maxProperties": "至多几项",
    "maxItems": "至多几项",
    "minLength": "不能为空，至少几个字",
    "minimum": "不小于",
    "maximum": "不大于",
    "exclusiveMinimum": "须大于",
    "uniqueItems": "不能重复",
    "propertyNames": "键的写法不对",
    "oneOf": "须选其中一种写法",
    "anyOf": "须选其中一种写法",
}


def validator(schema: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """That of a schema which many files are checked with: to make one takes a millisecond."""
    return _made(orjson.dumps(dict(schema)))


@lru_cache(maxsize=256)
def _made(schema: bytes) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(orjson.loads(schema))


def told(error: jsonschema_rs.ValidationError) -> str:
    """The rule in words: ``缺少 answer（required）``, ``应为 列表（type）``.

    >>> schema = {"required": ["answer"], "properties": {"a": {"type": "array"}}}
    >>> sorted(map(told, jsonschema_rs.Draft202012Validator(schema).iter_errors({"a": 1})))
    ['应为 列表（type）', '缺少 answer（required）']
    """
    name = str(error.kind.name)
    wanted = _wanted(error)
    if name not in _WORDS:
        return f"{name}: {wanted}" if wanted else name
    return f"{_WORDS[name]} {wanted}".rstrip() + f"（{name}）"


def _wanted(error: jsonschema_rs.ValidationError) -> str:
    facts: dict[str, Any] = error.kind.as_dict()
    value: Any = next((facts[name] for name in _WANTS if facts.get(name) is not None), [])
    words = sorted(map(str, value)) if isinstance(value, list | tuple) else [str(value)]
    words = [word[:_LONGEST] for word in words]
    if error.kind.name == "type":
        return "或".join(_TYPES.get(each, each) for each in words)
    return ", ".join(words)
