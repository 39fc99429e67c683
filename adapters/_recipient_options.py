"""What a site writes about a queue or folders into which scheduled syncs give what is new."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters._records_options import ENCODING, LAYOUT, WIRE
from connectors import wires

QUEUE = "amqp"
FILES = ("files", "ftps", "sftp")
CALLS: Mapping[str, str] = {alias: wires.CALLS[alias] for alias in FILES}
WIRES: Mapping[str, str] = {QUEUE: wires.WIRES[QUEUE]}
FORMATS = ("csv", "fixed", "xlsx")

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "接收方（定时同步）",
    "description": "定时同步把新的、改了的、没有了的行送到这里：amqp 为消息，一行一条；files、sftp、ftps 为文件，一批一个。"
    "送到哪个路由键、哪个目录，写在 syncs/ 的目标中。",
    "type": "object",
    "additionalProperties": False,
    "required": ["wire"],
    "properties": {
        "wire": WIRE | {"enum": sorted({*CALLS, *WIRES})},
        "settings": {
            "title": "线路的设置",
            "description": "随线路不同，见下。",
            "type": "object",
            "default": {},
        },
    },
}

FILE: dict[str, Any] = {
    "title": "放成文件",
    "description": "一批一个文件，旁边一个同名加 .json 的，写明行数和 SHA-256；先用临时名写，写完改名，不覆盖。",
    "type": "object",
    "additionalProperties": False,
    "required": ["folder"],
    "properties": {
        "folder": {
            "title": "放到哪里",
            "description": "系统的 settings.folders 中的名称。",
            "type": "string",
            "minLength": 1,
        },
        "format": {"title": "格式", "enum": list(FORMATS), "default": "csv"},
        "encoding": ENCODING,
        "layout": LAYOUT
        | {"description": "缺省：首行为列名，写入的各列。定长文件须写 columns 和各列的宽度。"},
    },
}
"""What a sync says of a target that is a folder."""
