"""What a matter's file may say (JSON Schema 2020-12): keys, forms, and titles for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matters import conditions, durations, lanes, term_file

_ID = {"type": "string", "pattern": r"^[\p{L}\p{N}_.-]+$"}
_TEXT = {"type": "string", "minLength": 1}
_PERIOD = {"type": "string", "pattern": durations.PATTERN}
_NAMES = {"type": "array", "items": _ID, "uniqueItems": True}

_OPTIONAL = {
    "title": "可以没有",
    "description": "True: ignored where the unit has no system with this adapter.",
    "type": "boolean",
    "default": False,
}
_IDENTITY = {
    "title": "对应同一性的字段",
    "description": "Its pointers to the values of the matter's identity.",
    "type": "array",
    "minItems": 1,
    "items": {"type": "string", "pattern": r"^(/[^/]+)+$"},
}

ITEM_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "unit", "do"],
    "properties": {
        "title": _TEXT | {"title": "事项名称", "description": "Chinese name, shown everywhere."},
        "unit": _ID | {"title": "承办单位", "description": "Unit that does it."},
        "do": {
            "title": "操作",
            "description": "adapter.operation",
            "type": "string",
            "pattern": r"^[a-z_]+\.[a-z_]+$",
        },
        "needs": _NAMES | {"title": "前置事项", "description": "Items that must be applied."},
        "after": _NAMES | {"title": "在其之后", "description": "Items that must have ended."},
        "gives": _ID | {"title": "产出", "description": "Name of the document that it gives."},
        "renews": _ID | {"title": "更新", "description": "Document of the opening that it renews."},
        "dated": {
            "title": "日期也算",
            "description": "True: an answer of a later day takes the old one's place though it says the same.",
            "type": "boolean",
            "default": False,
        },
        "awaits": _NAMES | {"title": "等待的文件", "description": "Documents that must be there."},
        "irreversible": {"type": "boolean", "title": "不可撤销"},
        "optional": {
            "title": "可以没有",
            "description": "True: left out where the unit has no system that does it.",
            "type": "boolean",
            "default": False,
        },
        **lanes.SCHEMA,
        "materials": {
            "title": "申请材料",
            "description": "Papers that the item asks for, and the field that stands for each.",
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["title", "document", "field"],
                "properties": {"title": _TEXT, "document": _ID, "field": _TEXT},
            },
        },
        "within": term_file.SCHEMA,
    },
}

SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "联办主题（一件事）",
    "type": "object",
    "additionalProperties": False,
    "required": [
        "matter",
        "title",
        "lead",
        "purpose",
        "retention",
        "opens_on",
        "identity",
        "items",
    ],
    "properties": {
        "matter": _ID | {"title": "主题标识"},
        "title": _TEXT | {"title": "主题名称"},
        "lead": _ID | {"title": "牵头单位"},
        "purpose": _ID | {"title": "使用目的", "description": "Purpose that agreements must name."},
        "best_case": _TEXT | {"title": "最快用时", "description": "Reported, never a deadline."},
        "retention": _PERIOD | {"title": "保存期限"},
        "opens_on": {
            "title": "启动",
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["adapter", "unit", "stream", "gives"],
                "properties": {
                    "adapter": _ID,
                    "unit": _ID,
                    "stream": _TEXT,
                    "gives": _ID,
                    "every": _PERIOD,
                    "optional": _OPTIONAL,
                    "identity": _IDENTITY,
                    "awaited": _TEXT
                    | {
                        "title": "等它时怎么说",
                        "description": "Told to people while a case waits for it.",
                    },
                    "consents": {
                        "title": "须同意的事项",
                        "description": "Pointers of fields that must be true, or no case opens.",
                        "type": "array",
                        "items": {"type": "string", "pattern": r"^(/[^/]+)+$"},
                    },
                },
            },
        },
        "changes_on": {
            "title": "更正与撤销",
            "description": "Where units tell new versions of documents that cases have.",
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["adapter", "unit", "stream", "document", "identity"],
                "properties": {
                    "adapter": _ID,
                    "unit": _ID,
                    "stream": _TEXT,
                    "document": _ID | {"description": "The case's name for the document."},
                    "identity": _IDENTITY,
                    "every": _PERIOD,
                    "optional": _OPTIONAL,
                },
            },
        },
        "identity": {"title": "同一性", "type": "array", "minItems": 1, "items": _TEXT},
        "items": {
            "title": "事项",
            "type": "object",
            "minProperties": 1,
            "propertyNames": _ID,
            "additionalProperties": ITEM_SCHEMA,
        },
    },
    "$defs": {"condition": conditions.SCHEMA},
}
