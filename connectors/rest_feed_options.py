"""What a bureau configures for lists that are told by page since a cursor."""

from __future__ import annotations

from typing import Any

from connectors.rest_options import OPERATION
from connectors.rest_options import OPTIONS as CALL

_POINTER = {"type": "string", "pattern": "^(/.*)?$"}
_LONG = ("statuses", "auth", "body_signature")
"""Told at length where the same wire is called."""

STREAM: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["call", "cursor", "rows", "next"],
    "properties": {
        "call": {
            "title": "调用",
            "description": "GET /路径 或 POST /路径；只读，重问无妨。",
            "type": "string",
            "pattern": OPERATION,
        },
        "constants": {
            "title": "固定的参数",
            "type": "object",
            "additionalProperties": {"type": ["string", "integer", "boolean"]},
            "default": {},
        },
        "cursor": {
            "title": "游标的参数名",
            "description": "值为上一页给出的游标；对方须按登记先后给出，游标之后的一条不漏。",
            "type": "string",
            "minLength": 1,
        },
        "first": {
            "title": "开头的游标",
            "description": "缺省时第一次不带游标。",
            "type": "string",
            "default": "",
        },
        "size_field": {"title": "每页条数的参数名", "type": "string", "default": ""},
        "size": {"title": "每页条数", "type": "integer", "minimum": 1, "default": 100},
        "rows": {"title": "列表在答复中的位置", "description": "JSON 指针。", **_POINTER},
        "next": {
            "title": "下一页游标在答复中的位置",
            "description": "JSON 指针；有内容而没有新游标的，不采信。",
            **_POINTER,
        },
    },
}

OPTIONS: dict[str, Any] = {
    **CALL,
    "description": "对方按游标成页给出的列表（登记、事件）；答复为 JSON。其余设置与调用相同。",
    "required": ["streams"],
    "properties": {
        **{
            name: told | ({"$comment": "as above"} if name in _LONG else {})
            for name, told in CALL["properties"].items()
        },
        "streams": {
            "title": "数据流",
            "description": "键为数据流名称。",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": STREAM,
        },
    },
}
