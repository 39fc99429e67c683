"""What ``ledger.yaml`` of a site may say: witnesses of the ledger's heads, and time stamps on them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

FILE = "ledger.yaml"
_ID = {"type": "string", "pattern": r"^[\p{L}\p{N}_.-]+$"}
_TEXT = {"type": "string", "minLength": 1}
_FILES = {"type": "array", "items": _TEXT, "uniqueItems": True}

WITNESS: Mapping[str, Any] = {
    "title": "见证人",
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "key"],
    "properties": {
        "title": _TEXT | {"title": "名称"},
        "key": _TEXT | {"title": "见证人公钥", "description": "PEM 文件，相对于站点目录。"},
        "former_keys": _FILES
        | {
            "title": "见证人以前的公钥",
            "description": "PEM 文件；见证人换过密钥时，库中旧的会签用它们核对，新的答复不认。",
        },
        "folder": _TEXT
        | {
            "title": "交换目录",
            "description": "中枢在此留 letter.json，见证人在此留 answer.jws；"
            "不写则见证人经 zhida serve 来取。",
        },
        "silent_hours": {
            "title": "失联小时数",
            "description": "超过此时间没有见证人的答复即告警。",
            "type": "integer",
            "minimum": 1,
            "maximum": 720,
            "default": 24,
        },
    },
}

STAMPER: Mapping[str, Any] = {
    "title": "时间戳机构",
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "connection", "anchor"],
    "properties": {
        "title": _TEXT | {"title": "名称"},
        "connection": _ID | {"title": "连接标识", "description": "Airflow 连接；extra 可写 path。"},
        "anchor": _TEXT
        | {"title": "根证书", "description": "PEM 文件，相对于站点目录；时间戳须链到这里。"},
        "former_anchors": _FILES
        | {
            "title": "以前的根证书",
            "description": "PEM 文件；机构换过根时，库中旧的时间戳链到这里也算，新的不算。",
        },
        "policy": {
            "title": "时间戳策略",
            "description": "对象标识符；不写则任何策略都可以。",
            "type": "string",
            "pattern": r"^[0-9]+(\.[0-9]+)+$",
        },
        "every_minutes": {
            "title": "间隔分钟数",
            "description": "有新树头时，至多每隔这么久加盖一次。",
            "type": "integer",
            "minimum": 1,
            "maximum": 1440,
            "default": 10,
        },
        "within_minutes": {
            "title": "期限分钟数",
            "description": "树头等时间戳最多等这么久，过后告警，盖上的记为迟到。",
            "type": "integer",
            "minimum": 1,
            "maximum": 10080,
            "default": 60,
        },
        "required_by": {
            "title": "必须有时间戳的主题",
            "description": "过了期限还没有时间戳时，这些主题暂停办理，补上后自动继续。",
            "type": "array",
            "items": _ID,
            "uniqueItems": True,
        },
    },
}

SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "账本的见证与时间戳",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "witnesses": {"title": "见证人", "type": "object", "additionalProperties": WITNESS},
        "time_stamp": STAMPER,
    },
}


def is_there(folder: Path) -> bool:
    """Does the site name anybody outside at all?"""
    return (folder / FILE).is_file()
