"""What a file of mediation lists may say (JSON Schema 2020-12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matters.schema_parts import ID, TEXT, by_name, closed

_NAMES: Mapping[str, Any] = {"type": "array", "minItems": 1, "items": ID, "uniqueItems": True}
_FILES = {**_NAMES, "items": {"type": "string", "pattern": "^[a-z-]+[.]yaml$"}}
LISTS = ("services", "steps", "flows", "duties", "donts", "rules")


def _entry(required: list[str], properties: Mapping[str, Any]) -> dict[str, Any]:
    told = {
        "title": {**TEXT, "title": "名称"},
        "source": {
            **TEXT,
            "title": "来源",
            "description": "Where it is from; 示例 where it is not public.",
        },
    }
    return closed(["title", "source", *required], {**told, **properties})


_ROLES = {"roles": {**_NAMES, "title": "职能", "description": "Roles of the ladder."}}
_STEP = _entry(
    ["events"],
    {
        "events": {
            **_NAMES,
            "title": "事件",
            "description": "The ladder's events that belong to it.",
        }
    },
)
_PERIODS: Mapping[str, Any] = {
    "title": "期限",
    "description": "Period of the ladder: who has to keep it, a role or holder.",
    "type": "object",
    "minProperties": 1,
    "propertyNames": ID,
    "additionalProperties": ID,
}
_DONT = {
    **_entry(
        [],
        {
            "check": {**ID, "title": "机器检查"},
            "unchecked": {**TEXT, "title": "为什么不能由机器检查"},
            "periods": _PERIODS,
            "counts": {**_NAMES, "title": "计数的事件"},
            "at_most": {"title": "最多几次", "type": "integer", "minimum": 0, "maximum": 100},
            "anew": {**_NAMES, "title": "从哪里重新算起", "description": "Events."},
            "at": {**_NAMES, "title": "在哪里查", "description": "Events."},
            "after": {
                **_NAMES,
                "title": "此前有其一",
                "description": "Events of which one must have come before.",
            },
            "unless": {
                **_NAMES,
                "title": "有其一就不算",
                "description": "Events after which all is well.",
            },
        },
    ),
    "oneOf": [{"required": ["check"]}, {"required": ["unchecked"]}],
}
_RULE = {
    **_entry(
        ["does"],
        {
            "does": {**TEXT, "title": "直达做什么"},
            "reports": {
                **_NAMES,
                "title": "报表",
                "description": "Parts of zhida report mediation.",
            },
            "files": {**_FILES, "title": "文件"},
            "periods": {**_NAMES, "title": "期限", "description": "Periods of the ladder."},
        },
    ),
    "anyOf": [{"required": [each]} for each in ("reports", "files", "periods")],
}
_COUNT: Mapping[str, Any] = {"type": "integer", "minimum": 1, "maximum": 200}
SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "联调中心的清单和制度",
    **closed(
        ["lists", "title", "track", "counts", *LISTS],
        {
            "lists": {**ID, "title": "标识"},
            "title": {**TEXT, "title": "名称"},
            "track": {
                **ID,
                "title": "轨道",
                "description": "The ladder's track along which a step's days are counted.",
            },
            "counts": {
                "title": "各有几项",
                "description": "So that a line that got lost is told.",
                **closed(list(LISTS), dict.fromkeys(LISTS, _COUNT)),
            },
            "services": by_name(_entry(["roles"], _ROLES), "服务清单"),
            "steps": by_name(_STEP, "流程清单：步骤"),
            "flows": by_name(_entry(["roles"], _ROLES), "流程清单：流向"),
            "duties": by_name(_entry(["roles"], _ROLES), "工作责任清单"),
            "donts": by_name(_DONT, "负面清单（不准）"),
            "rules": by_name(_RULE, "制度"),
        },
    ),
}
