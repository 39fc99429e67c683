"""What a file of the papers of disputes may say (JSON Schema 2020-12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matters.mediation_papers import DAY, MONEY, TEXT
from matters.schema_parts import ID, POINTER, closed

_TEXT: Mapping[str, Any] = {"type": "string", "minLength": 1, "maxLength": 200}
_NUMBER: Mapping[str, Any] = {"type": "string", "minLength": 1, "maxLength": 64}
_NAMES: Mapping[str, Any] = {"type": "array", "minItems": 1, "items": ID, "uniqueItems": True}


_FIELD = closed(
    ["from"],
    {
        "from": {**POINTER, "title": "取自"},
        "as": {
            "title": "写法",
            "description": "text as it is, day 2026年3月2日, money 1,200.50 元.",
            "type": "string",
            "enum": [TEXT, DAY, MONEY],
        },
        "absent": {
            **_TEXT,
            "title": "没有写明时",
            "description": "Chinese: what stands there then; without it the paper can't be made.",
        },
    },
)
_PAPER = closed(
    ["title", "after", "seals", "template", "format", "article", "goes_to", "fields"],
    {
        "title": {**_TEXT, "maxLength": 100, "title": "名称"},
        "after": {**_NAMES, "title": "哪些事件以后", "description": "Events of the ladder."},
        "seals": {
            "title": "印章",
            "description": "Role in which the event is told → the seal of its unit, which issues it.",
            "type": "object",
            "minProperties": 1,
            "propertyNames": ID,
            "additionalProperties": _NUMBER,
        },
        "template": {**_NUMBER, "title": "模板编号"},
        "format": {"title": "版式", "type": "string", "enum": ["ofd", "pdf"]},
        "article": {**_TEXT, "title": "依据"},
        "goes_to": {
            **_NAMES,
            "title": "交给谁",
            "description": "worker, employer, receiver (who has it from now on), or a role.",
        },
        "fields": {
            "title": "模板的取值",
            "description": "By the template's own names; a pointer, or from with as and absent.",
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": "^[^\\s/~]{1,64}$"},
            "additionalProperties": {
                "if": {"type": "string"},
                "then": POINTER,
                "else": _FIELD,
            },
        },
        "proof": {
            "title": "移送凭证",
            "description": "It tells when the dispute was handed to whom, and nothing of it.",
            "type": "boolean",
        },
    },
)
SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "争议文书",
    **closed(
        ["papers", "title", "kinds"],
        {
            "papers": {**ID, "title": "标识"},
            "title": {**_TEXT, "title": "名称"},
            "kinds": {
                "title": "文书",
                "type": "object",
                "minProperties": 1,
                "propertyNames": ID,
                "additionalProperties": _PAPER,
            },
        },
    ),
}
