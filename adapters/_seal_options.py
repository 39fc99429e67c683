"""What a bureau configures for its e-seal platform (JSON Schema 2020-12)."""

from __future__ import annotations

from typing import Any

from adapters import _coded
from adapters._coded_wire import CALL, SETTINGS

CODES = {
    "at": "/code",
    "text": "/message",
    "done": ["0"],
    "none": ["404"],
    "refused": ["1001"],
    "busy": ["2001"],
    "login": ["3001"],
}
ASKED = {
    "serial": ("我方流水号", "/serial"),
    "template": ("模板编号", "/template"),
    "seal": ("印章编号", "/seal"),
    "title": ("文件名称", "/title"),
    "format": ("版式", "/format"),
    "fields": ("模板的取值", "/data"),
}
TOLD = {
    "serial": ("我方流水号", "/data/serial"),
    "receipt": ("平台回执号", "/data/receipt"),
    "state": ("状态", "/data/state"),
    "reason": ("不予用印的理由", "/data/reason"),
    "file": ("文件（Base64）", "/data/file"),
    "digest": ("文件摘要（十六进制）", "/data/digest"),
    "certificate": ("印章证书（Base64 的 DER）", "/data/certificate"),
    "sealed_at": ("用印时间", "/data/sealedAt"),
}
STATES = {"waiting": ["0", "1"], "sealed": ["2"], "refused": ["3"]}
_POINTER = {"type": "string", "pattern": "^(/[^/]+)+$"}


def _names(title: str, known: dict[str, tuple[str, str]]) -> dict[str, Any]:
    parts = {n: {"title": zh, "default": at, **_POINTER} for n, (zh, at) in known.items()}
    told = {"type": "object", "additionalProperties": False, "properties": parts, "default": {}}
    return {"title": title, "description": "JSON Pointer。", **told}


def _state(title: str, name: str) -> dict[str, Any]:
    values = {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}
    return {"title": title, "default": STATES[name], **values}


OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "电子印章平台",
    "description": "把模板数据交给已有的印章平台，用印后取回 OFD 或 PDF。用印是异步的：收下后按我方流水号查询。"
    "账册中只有文件的摘要、印章证书的摘要和回执号；文件随应答原文加密保存，大小以 most_file_bytes 为限。"
    "各平台没有统一的接口，字段名、代码、状态是推定的，按平台文档改写。",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "settings": SETTINGS,
        "call": {"title": "申请用印的操作", "default": "POST /seals/apply", **CALL},
        "result": {"title": "查询结果的操作", "default": "POST /seals/result", **CALL},
        "asked": _names("请求的字段", ASKED),
        "told": _names("应答的字段", TOLD),
        "states": {
            "title": "状态的取值",
            "description": "没有列出的状态为结果未知。",
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "waiting": _state("尚未用印", "waiting"),
                "sealed": _state("已用印", "sealed"),
                "refused": _state("不予用印", "refused"),
            },
            "default": {},
        },
        "digest": {
            "title": "平台所给摘要的算法",
            "enum": ["sm3", "sha256"],
            "default": "sm3",
        },
        "most_file_bytes": {
            "title": "文件的字节上限",
            "type": "integer",
            "minimum": 1,
            "maximum": 7_000_000,
            "default": 5_000_000,
        },
        "settle_s": {
            "title": "失联后的等待秒数",
            "description": "应答丢失后平台可能仍在受理；超过此时间才查询。",
            "type": "number",
            "minimum": 0,
            "default": 30,
        },
        "codes": _coded.schema(CODES),
    },
}
