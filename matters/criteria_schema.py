"""What criteria may say (JSON Schema): the words, with titles for people.

Which words fit together ``criteria_file`` tells: a schema's own words for it help nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REFERENCE = {"$ref": "#/$defs/criteria", "$comment": "as above"}
NAME = {"type": "string", "pattern": r"^[\p{L}\p{N}_.-]+$"}
TEXT = {"type": "string", "minLength": 1}
VALUE = {"type": ["string", "integer", "boolean"], "minLength": 1}
NUMBER = {"type": ["string", "integer"], "minLength": 1}
DAY = {
    "type": "string",
    "pattern": r"^(\$.+|[0-9]{4}-[0-9]{2}-[0-9]{2})$",
    "format": "date",
}
_FACTS = {"type": "array", "minItems": 2, "items": NAME}
_PARTS = {"type": "array", "minItems": 1, "items": REFERENCE}
_LIST = {"type": "array", "minItems": 1, "uniqueItems": True, "items": TEXT}

TERMS: Mapping[str, Any] = {
    "fact": {"title": "事实", "type": "string", "minLength": 1},
    "sum": _FACTS | {"title": "之和"},
    "difference": _FACTS | {"title": "之差", "description": "a − b"},
    "share": _FACTS | {"title": "占比", "description": "a / b"},
    "growth": _FACTS | {"title": "增长率", "description": "(new − old) / old"},
    "fall": _FACTS | {"title": "下降率", "description": "[old, new]: (old − new) / old"},
}
TERM: dict[str, Any] = {
    "title": "事实或算式",
    "type": ["string", "object"],
    "minLength": 1,
    "additionalProperties": False,
    "properties": TERMS,
}
SCHEMA: Mapping[str, Any] = {
    "title": "条件",
    "type": "object",
    "minProperties": 1,
    "additionalProperties": False,
    "properties": {
        **TERMS,
        "all": _PARTS | {"title": "全部符合"},
        "any": _PARTS | {"title": "符合其一"},
        "none": _PARTS | {"title": "均不得有"},
        "is": VALUE | {"title": "是"},
        "is_not": VALUE | {"title": "不是"},
        "one_of": _LIST | {"title": "属于"},
        "none_of": _LIST | {"title": "不属于"},
        "at_least": NUMBER | {"title": "不低于（含）"},
        "more_than": NUMBER | {"title": "高于（不含）"},
        "at_most": NUMBER | {"title": "不高于（含）"},
        "less_than": NUMBER | {"title": "低于（不含）"},
        "on_or_after": DAY | {"title": "不早于（含）"},
        "on_or_before": DAY | {"title": "不晚于（含）"},
        "in_year": NUMBER | {"title": "年度", "description": "0 决定日所在年，-1 上一年"},
        "within_months": NUMBER | {"title": "近几个月内"},
        "months_left": NUMBER | {"title": "晚于决定日后几个月", "description": "0 晚于决定日"},
        "months_past": NUMBER | {"title": "已满几个月", "description": "0 不晚于决定日"},
        "clause": TEXT | {"title": "条款"},
    },
}
