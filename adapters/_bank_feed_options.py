"""What a site writes about a bank to which events are sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters._records_options import WIRE
from connectors import wires

FILES = ("files", "ftps", "sftp")
CALLS: Mapping[str, str] = {alias: wires.CALLS[alias] for alias in (*FILES, "rest")}
WIRES: Mapping[str, str] = {"amqp": wires.WIRES["amqp"]}

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "银行接收贷后事件",
    "description": "贷后事件按编号依次送给银行：rest 为签名推送（Webhook），amqp 为消息队列，sftp、ftps、files 为定长文件。"
    "哪家银行用哪个系统，写在 finance.yaml 的 feed。怎么选：docs/how-to/bank-feeds.md。",
    "type": "object",
    "additionalProperties": False,
    "required": ["wire", "to"],
    "properties": {
        "wire": WIRE | {"enum": sorted({*CALLS, *WIRES})},
        "settings": {
            "title": "线路的设置",
            "description": "随线路不同，见下。",
            "type": "object",
            "default": {},
        },
        "to": {
            "title": "送到哪里",
            "description": "rest：路径，如 /zhida/events；amqp：路由键（默认交换机即队列名）；"
            "文件：settings.folders 中的名称。",
            "type": "string",
            "minLength": 1,
            "maxLength": 200,
            "pattern": "^[!-~\\p{L}\\p{N}]+$",
        },
        "each": {
            "title": "文件多久一个",
            "description": "day：一天过完十分钟后，这一天一个文件；sweep：每次推进，有新事件就一个。对账文件总是每天一个。",
            "enum": ["day", "sweep"],
            "default": "day",
        },
    },
}
