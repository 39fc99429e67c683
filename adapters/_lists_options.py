"""What a site writes about lists that scheduled syncs read: files that wait, or what an API tells in pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters._records_options import ENCODING, FORMATS, LAYOUT, WIRE
from connectors import wires
from connectors.rest_options import OPERATION
from connectors.rest_pages import PAGING

API = "rest"
FILES = ("files", "ftps", "sftp")
CALLS: Mapping[str, str] = {API: wires.CALLS[API]}
WIRES: Mapping[str, str] = {alias: wires.WIRES[alias] for alias in FILES}
_FILE: dict[str, Any] = {
    "format": {
        "title": "格式",
        "description": "用于文件。列名为表头（或 layout.columns）；空的格视为没有值。",
        "enum": list(FORMATS),
        "default": "csv",
    },
    "layout": LAYOUT,
    "encoding": ENCODING,
}
_CALL: dict[str, Any] = {
    "call": {
        "title": "调用",
        "description": "用于 rest：GET /路径 或 POST /路径；只读，重问无妨。",
        "type": "string",
        "pattern": OPERATION,
    },
    "constants": {
        "title": "固定的参数",
        "description": "用于 rest。",
        "type": "object",
        "additionalProperties": {"type": ["string", "integer", "boolean"]},
        "default": {},
    },
    "paging": PAGING,
}

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "名单来源（定时同步）",
    "description": "定时同步从这里读整份名单：files、sftp、ftps 为别人放下的文件，rest 为分页的接口。",
    "type": "object",
    "additionalProperties": False,
    "required": ["wire", "lists"],
    "properties": {
        "wire": WIRE | {"enum": sorted({*CALLS, *WIRES})},
        "settings": {
            "title": "线路的设置",
            "description": "随线路不同，见下。文件须 split: whole，complete 为 renamed 或 marker。",
            "type": "object",
            "default": {},
        },
        "lists": {
            "title": "名单",
            "description": "键为名单的名称；文件的，与 settings.folders 中的相同。",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "properties": {**_FILE, **_CALL},
            },
        },
    },
}
