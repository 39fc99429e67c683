"""What the file of events after a loan may say (JSON Schema 2020-12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matters import conditions
from matters.finance_schema import CONDITION

_ID: Mapping[str, Any] = {"type": "string", "pattern": "^[a-z][a-z-]{0,39}$"}
_PATH: Mapping[str, Any] = {"type": "string", "pattern": "^/(it|known)(/[^/]+)+$"}
_CONDITION = conditions.REFERENCE


def _text(title: str, most: int) -> dict[str, Any]:
    return {"title": title, "type": "string", "minLength": 1, "maxLength": most}


_RULE: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "look", "source"],
    "properties": {
        "title": _text("名称", 80),
        "look": _text("请银行核对什么", 300),
        "source": {
            "title": "来源",
            "description": "公开 and what is published, or 推定 and from what.",
            "type": "string",
            "pattern": "^(公开|推定|配置)：",
            "maxLength": 200,
        },
        "of": {
            "title": "看哪些文件",
            "description": "Each by itself; none: only what the hub knows.",
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": _ID,
        },
        "each": {**_ID, "title": "逐行看的清单"},
        "when": {**_CONDITION, "title": "现在的情形"},
        "was": {**_CONDITION, "title": "原来的情形"},
        "changed": {"title": "变了的字段", "type": "array", "minItems": 1, "items": _PATH},
        "per": {**_PATH, "title": "每个值告诉一次"},
        "once": {"title": "一笔放款只告诉一次", "const": True},
    },
    "anyOf": [{"required": ["when"]}, {"required": ["changed"]}],
}
SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "订单融资的贷后事件",
    "type": "object",
    "additionalProperties": False,
    "required": ["events", "title", "papers", "rules"],
    "properties": {
        "events": {**_ID, "title": "标识"},
        "title": _text("名称", 80),
        "papers": {
            "title": "每天再问的文件",
            "description": "Paper: dataset that the letter must name for it.",
            "type": "object",
            "minProperties": 1,
            "propertyNames": _ID,
            "additionalProperties": {**_ID, "title": "授权书须写的数据"},
        },
        "rules": {
            "title": "事件",
            "type": "object",
            "minProperties": 1,
            "propertyNames": _ID,
            "additionalProperties": _RULE,
        },
    },
    "$defs": {"condition": CONDITION},
}
