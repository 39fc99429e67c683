"""What a bureau configures for lists that come whole: one file or table, many rows, one mapping."""

from __future__ import annotations

from typing import Any

from adapters._records_options import ENCODING, FORMATS, LAYOUT, WIRE

_STREAM: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "anyOf": [
        {"required": ["mapping"]},
        {"properties": {"custody": {"const": "unit"}}, "required": ["custody"]},
    ],
    "properties": {
        "custody": {
            "title": "由谁签名",
            "description": "hub：中枢读取后签名；unit：单位用自己的签名机签好（zhida.list_signer），原样收下，"
            "不再映射，不写 mapping、format。",
            "enum": ["hub", "unit"],
            "default": "hub",
        },
        "mapping": {"title": "读取一行的映射文件", "type": "string"},
        "format": {
            "title": "格式",
            "description": "csv、fixed（定长）、xlsx、xml：整个文件，版式见 layout；"
            "json：一行一份（前置机库表）。",
            "enum": ["json", *FORMATS],
            "default": "json",
        },
        "layout": LAYOUT,
        "encoding": ENCODING,
    },
}

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "批量数据来源（整份名单）",
    "description": "从目录、SFTP、前置机库表等成批取数：一批签成一个数据集，入库后才向线路确认。",
    "type": "object",
    "additionalProperties": False,
    "required": ["wire", "streams"],
    "properties": {
        "wire": WIRE,
        "settings": {
            "title": "线路的设置",
            "description": "随线路不同，见下。文件须 split: whole。",
            "type": "object",
            "default": {},
        },
        "streams": {
            "title": "数据流",
            "description": "键为数据流名称：与线路设置中的相同。",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": _STREAM,
        },
        "most_per_poll": {
            "title": "一次从线路取多少份",
            "description": "文件按个数，库表按行数。",
            "type": "integer",
            "minimum": 1,
            "default": 20000,
        },
    },
}
