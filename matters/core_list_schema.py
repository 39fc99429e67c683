"""What the file of the list of core enterprises may say (JSON Schema 2020-12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matters.core_list import LARGE_FIRM, OTHER, PUBLIC_BODY, STAYS, STOPS
from matters.schema_parts import ID, TEXT, closed

UNKNOWN = "unknown"
_DAY: Mapping[str, Any] = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_SOURCE: Mapping[str, Any] = {
    "title": "来源",
    "description": "公开 and what is published, or 推定 and what it was inferred from.",
    "type": "string",
    "pattern": "^(公开|推定)：",
    "maxLength": 200,
}


_SAID = closed(
    ["by", "on"],
    {
        "by": {**TEXT, "title": "谁", "description": "Number of the person at the desk."},
        "on": {**_DAY, "title": "日期"},
    },
)
_FACT = closed(
    ["is", "source"],
    {
        "is": {
            "title": "是否符合",
            "description": "true, false, or unknown: nobody has looked into it.",
            "enum": [True, False, UNKNOWN],
        },
        "source": {**TEXT, "title": "谁说的"},
        "on": {**_DAY, "title": "截至日期"},
    },
)
_REMOVED = closed(
    ["on", "reason", "existing"],
    {
        "on": {**_DAY, "title": "移出日期", "description": "First day without it."},
        "reason": {**TEXT, "title": "原因"},
        "existing": {
            "title": "已受理的申请",
            "description": "stays: what was asked for before that day goes on; stops: it is over too.",
            "type": "string",
            "enum": [STAYS, STOPS],
        },
    },
)
_KIND = closed(
    ["is", "source"],
    {
        "is": {
            "title": "种类",
            "description": "机关、事业单位 public-body；大型企业 large-firm；其他 other。",
            "type": "string",
            "enum": [PUBLIC_BODY, LARGE_FIRM, OTHER],
        },
        "source": {**TEXT, "title": "谁说的"},
        "on": {**_DAY, "title": "截至日期"},
    },
)
_TERM = ("limit_fen", "valid_from", "valid_until")
_FIRM: Mapping[str, Any] = {
    **closed(
        ["name", "facts", "proposed"],
        {
            "name": {**TEXT, "title": "企业名称"},
            "facts": {
                "title": "逐条事实",
                "description": "Criterion: what is so. What is not there is unknown.",
                "type": "object",
                "propertyNames": ID,
                "additionalProperties": _FACT,
            },
            "kind": {
                **_KIND,
                "title": "买方种类",
                "description": "A public body or a large firm has by law to confirm its debt; not there: unknown.",
            },
            "proposed": {**_SAID, "title": "提名"},
            "approved": {**_SAID, "title": "批准", "description": "Somebody else."},
            "limit_fen": {
                "title": "额度（分）",
                "description": "Up to what its orders may be financed, all together.",
                "type": "integer",
                "minimum": 1,
                "maximum": 100_000_000_000_000,
            },
            "valid_from": {**_DAY, "title": "首日"},
            "valid_until": {**_DAY, "title": "末日"},
            "removed": {**_REMOVED, "title": "移出"},
        },
    ),
    "dependentRequired": {
        "approved": list(_TERM),
        **{each: ["approved"] for each in (*_TERM, "removed")},
    },
}
SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "核心企业名单",
    **closed(
        ["title", "criteria", "firms"],
        {
            "title": {**TEXT, "title": "名称"},
            "criteria": {
                "title": "条件",
                "description": "Each must be met, surely, before anybody may approve a firm.",
                "type": "object",
                "minProperties": 1,
                "propertyNames": ID,
                "additionalProperties": closed(
                    ["title", "source"], {"title": {**TEXT, "title": "名称"}, "source": _SOURCE}
                ),
            },
            "firms": {
                "title": "企业",
                "description": "By USCC: candidates, and those that are on the list.",
                "type": "object",
                "additionalProperties": _FIRM,
            },
        },
    ),
}
