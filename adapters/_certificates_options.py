"""What a bureau configures for a register of electronic certificates (JSON Schema 2020-12)."""

from __future__ import annotations

from typing import Any

from adapters import _coded
from adapters._coded_wire import CALL, SETTINGS

CODES = {
    "at": "/code",
    "text": "/message",
    "done": ["0", "200"],
    "none": ["404"],
    "refused": ["403"],
    "busy": ["503"],
    "login": ["401"],
}
"""Inferred: registers differ from province to province."""
_POINTER = {"type": "string", "pattern": "^(/[^/]+)*$"}

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "电子证照库",
    "description": "按持证主体和证照类型查询一份电子证照。字段名依 GB/T 36903；各地的接口没有统一公开，"
    "调用、代码和状态的取值是推定的，按当地文档改写（映射文件可换成站点自己的）。",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "settings": SETTINGS,
        "call": {"title": "查询的操作", "default": "POST /certificates/query", **CALL},
        "mapping": {
            "title": "请求的映射文件",
            "type": "string",
            "minLength": 1,
            "default": "certificate_query_register",
        },
        "record": {
            "title": "应答一行的映射文件",
            "type": "string",
            "minLength": 1,
            "default": "register_certificate",
        },
        "rows": {
            "title": "各行在应答中的位置",
            "description": "JSON Pointer；单独一个对象算一行。",
            "default": "/data",
            **_POINTER,
        },
        "codes": _coded.schema(CODES),
    },
}
