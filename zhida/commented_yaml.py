"""YAML with a Chinese comment above each key, out of a schema: what may stand there, and why.

What has a value is written; what has none is written as a comment with its default, so that
whoever edits the file sees every choice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

_PLAIN = re.compile(r"[A-Za-z\u4e00-\u9fff][\w./\u4e00-\u9fff-]*")
_UNSEEN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")
"""Ends of line that YAML makes blanks of, and what its readers refuse: written by number."""
_TAKEN = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n", "nan", "inf"})


def written(schema: Schema, values: Mapping[str, Any]) -> str:
    """The whole file.

    >>> told = {"properties": {"a": {"title": "甲"}, "b": {"title": "乙", "default": 3}}}
    >>> print(written(told, {"a": "01"}), end="")
    # 甲
    a: "01"
    # 乙（缺省 3）
    # b: 3
    """
    return "".join(f"{line}\n" for line in _object(schema, values, ""))


def scalar(value: Any) -> str:
    """One value on one line, quoted where YAML would read something else.

    >>> [scalar(each) for each in ("police", "no", "01", 3, True, ["a", "1"], {"k": "v"})]
    ['police', '"no"', '"01"', '3', 'true', '[a, "1"]', '{k: v}']
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(k)}: {scalar(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(scalar(each) for each in value) + "]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _TAKEN:
        return value
    return _UNSEEN.sub(lambda sign: f"\\u{ord(sign[0]):04x}", json.dumps(value, ensure_ascii=False))


def _object(schema: Schema, values: Mapping[str, Any], indent: str) -> Iterator[str]:
    known = schema.get("properties", {})
    for key, about in known.items():
        yield f"{indent}# {_comment(about)}"
        yield from _entry(key, about, values, indent)
    free = schema.get("additionalProperties")
    for key in values:
        if key not in known:
            about = free if isinstance(free, Mapping) else {}
            yield from _entry(key, about, values, indent)


def _entry(key: str, about: Schema, values: Mapping[str, Any], indent: str) -> Iterator[str]:
    name = scalar(key)
    if key == "settings" and key not in values and about.get("properties"):
        yield f"{indent}# {name}:"
        yield from (f"{indent}#   {line}" for line in _object(about, {}, ""))
    elif key not in values:
        yield (
            f"{indent}# {name}: {scalar(about['default'])}"
            if "default" in about
            else f"{indent}# {name}:"
        )
    elif isinstance(values[key], Mapping) and values[key] and _is_block(about):
        yield f"{indent}{name}:"
        yield from _object(about, values[key], indent + "  ")
    else:
        yield f"{indent}{name}: {scalar(values[key])}"


def _is_block(about: Schema) -> bool:
    return "properties" in about or isinstance(about.get("additionalProperties"), Mapping)


def _comment(about: Schema) -> str:
    """Title, what it means, what may be chosen, and the default: on one line."""
    said = [about.get("title", ""), " ".join(str(about.get("description", "")).split())]
    if "enum" in about:
        said.append("可选 " + "、".join(str(each) for each in about["enum"]))
    text = "。".join(each.rstrip("。") for each in said if each)
    return f"{text}（缺省 {scalar(about['default'])}）" if "default" in about else text
