"""What the file of order finance's checks may say (JSON Schema 2020-12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matters import conditions, durations
from matters.finance_parts import NONE, STAGES
from matters.finance_reckoning import CONFIRM, LIMIT, PERCENT
from matters.schema_parts import POINTER, by_name, closed

_ID: Mapping[str, Any] = {"type": "string", "pattern": "^[a-z][a-z-]{0,39}$"}
_TEXT: Mapping[str, Any] = {"type": "string", "minLength": 1, "maxLength": 80}
_NAMES: Mapping[str, Any] = {"type": "array", "items": _ID, "uniqueItems": True}
_STAGE: Mapping[str, Any] = {"type": "string", "enum": list(STAGES)}
_SOURCE: Mapping[str, Any] = {
    "title": "来源",
    "description": "公开 and what is published, 推定 and from what, or 配置 and why this value.",
    "type": "string",
    "pattern": "^(公开|推定|配置)：",
    "maxLength": 200,
}
_STATES = ("present", "absent")
"""Words that would make a no of what nobody has stated."""
CONDITION: Mapping[str, Any] = {
    **conditions.SCHEMA,
    "description": "One of equal in same matches at_least at_most older_than all any not.",
    "properties": {k: v for k, v in conditions.SCHEMA["properties"].items() if k not in _STATES},
}


def _number(title: str, most: int) -> dict[str, Any]:
    value = {"title": title, "type": "integer", "minimum": 1, "maximum": most}
    told = {"value": value, "title": {**_TEXT, "title": "名称"}, "source": _SOURCE}
    return {**closed(["value", "title", "source"], told), "title": title}


_DOCUMENT = closed(
    ["kind", "title"],
    {
        "kind": {**_ID, "title": "数据种类"},
        "title": {**_TEXT, "title": "名称"},
        "about": {
            "title": "说的是谁",
            "description": "Path in it: path in request or letter that must be the same.",
            "type": "object",
            "propertyNames": POINTER,
            "minProperties": 1,
            "additionalProperties": POINTER,
        },
        "fresh": {
            "title": "多久以内可以用",
            "description": "7 days, from the day as of which it is; older is unknown.",
            "type": "string",
            "pattern": durations.PATTERN,
        },
    },
)
_GROUNDS: Mapping[str, Any] = {
    "type": "array",
    "minItems": 1,
    "items": closed(
        ["code", "when"],
        {
            "code": {"title": "原因代码", "type": "string", "pattern": "^R[0-9]{2}$"},
            "when": {**conditions.REFERENCE, "title": "情形"},
        },
    ),
}
_CHECK: Mapping[str, Any] = {
    **closed(
        ["title", "reads", "source"],
        {
            "title": {**_TEXT, "title": "名称"},
            "dataset": {
                **_ID,
                "title": "授权书须写的数据",
                "description": f"The check's name unless told; {NONE}: only the bank's own papers.",
            },
            "reads": {**_NAMES, "title": "看哪些文件", "description": "First: whose word it is."},
            "also": {**_NAMES, "title": "有就看的文件"},
            "due_from": {**_STAGE, "title": "从哪个阶段起", "default": STAGES[0]},
            "until": {**_STAGE, "title": "到哪个阶段止", "default": STAGES[-1]},
            "needs": {"title": "必须写明的", "type": "array", "minItems": 1, "items": POINTER},
            "fails": {**_GROUNDS, "title": "不通过的情形"},
            "manual": {**_GROUNDS, "title": "转人工的情形"},
            "denied": {
                "title": "持有单位说没有的",
                "description": "Code given where a holder says that it has no such order or firm.",
                "type": "string",
                "pattern": "^R[0-9]{2}$",
            },
            "rule": {**_ID, "title": "计算", "description": "Name of a rule of the program."},
            "source": _SOURCE,
        },
    ),
    "anyOf": [{"required": [each]} for each in ("fails", "manual", "rule")],
}
SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "订单融资的核验事项",
    **closed(
        ["finance", "title", "parameters", "documents", "checks"],
        {
            "finance": {**_ID, "title": "标识"},
            "title": {**_TEXT, "title": "名称"},
            "parameters": {
                "title": "数额",
                **closed(
                    [LIMIT, PERCENT, CONFIRM],
                    {
                        LIMIT: _number("单笔上限（分）", 100_000_000_000_000),
                        PERCENT: _number("垫付比例（百分之几）", 100),
                        CONFIRM: _number("确认债务的期限（天）", 3650),
                    },
                ),
            },
            "documents": by_name(_DOCUMENT, "文件", names=_ID),
            "checks": by_name(_CHECK, "核验事项，按答复的次序", names=_ID),
        },
    ),
    "$defs": {"condition": CONDITION},
}
