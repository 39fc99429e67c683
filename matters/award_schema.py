"""What an award may say (JSON Schema), with titles for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matters.criteria_schema import NUMBER, REFERENCE, TERM, TEXT
from matters.schema_parts import closed

PAY = {"$ref": "#/$defs/pay", "$comment": "as below"}
_FACTS = {"type": "array", "minItems": 1, "uniqueItems": True, "items": TEXT}
CLAUSES: dict[str, Any] = {
    "title": "条款",
    "type": ["string", "array"],
    "minLength": 1,
    "minItems": 1,
    "uniqueItems": True,
    "items": TEXT,
}


PAY_SCHEMA: Mapping[str, Any] = {
    "title": "金额",
    "description": "An amount, or one of each share by first_of sum.",
    "type": ["string", "object"],
    "minLength": 1,
    "additionalProperties": False,
    "properties": {
        "each": TERM | {"title": "每一个"},
        "share": TERM | {"title": "按比例"},
        "by": TERM | {"title": "分档依据"},
        "pay": TEXT | {"title": "每个给多少"},
        "rate": TEXT | {"title": "比例"},
        "tiers": {
            "title": "档次",
            "type": "array",
            "minItems": 1,
            "items": closed(["from", "pay"], {"from": NUMBER, "pay": TEXT}),
        },
        "first_of": {
            "title": "依次适用",
            "type": "array",
            "minItems": 1,
            "items": closed(["pay"], {"when": REFERENCE, "pay": PAY}),
        },
        "sum": {"title": "合计", "type": "array", "minItems": 2, "items": PAY},
    },
}
SCHEMA: Mapping[str, Any] = {
    "title": "奖补金额",
    **closed(
        [],
        {
            "pay": PAY,
            "stages": {
                "title": "分阶段",
                "type": "object",
                "minProperties": 1,
                "additionalProperties": closed(
                    ["pay"], {"title": TEXT | {"title": "阶段名称"}, "when": REFERENCE, "pay": PAY}
                ),
            },
            "cap": TEXT | {"title": "上限"},
            "less": _FACTS | {"title": "扣减", "description": "What others paid for the same."},
            "round": closed(
                ["to"],
                {
                    "to": TEXT | {"title": "单位", "description": "1 元"},
                    "how": {
                        "title": "方式",
                        "type": "string",
                        "enum": ["down", "half-up", "up"],
                        "default": "down",
                    },
                },
            )
            | {"title": "取整"},
            "clause": CLAUSES,
        },
    ),
}
