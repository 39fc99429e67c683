"""What a bureau configures for a gateway that sends notices (JSON Schema 2020-12)."""

from __future__ import annotations

from typing import Any

from adapters import _coded
from adapters._coded_wire import CALL, SETTINGS

_POINTER = {"type": "string", "pattern": "^(/[^/]+)+$"}
SMS_CODES = {
    "at": "/code",
    "text": "/msg",
    "done": ["0"],
    "refused": ["1001", "1002"],
    "busy": ["2001"],
    "login": ["3001"],
}
"""Inferred: no two SMS gateways agree. A site writes its own."""
WECOM_CODES = {
    "at": "/errcode",
    "text": "/errmsg",
    "done": ["0"],
    "refused": ["40003", "81013", "60111", "40035"],
    "busy": ["45009"],
    "login": ["40001", "40013", "40056", "60020", "60011"],
}
"""As the vendor publishes them: no such user, too often, login or address. −1 (busy) is not believed."""
EXPIRED = {"pointer": "/errcode", "values": ["40014", "42001"]}
SMS_NAMES = {
    "to": "/mobile",
    "text": "/content",
    "serial": "/serial",
    "code": "/template",
    "values": "/params",
}
"""Inferred as well."""

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "通知（短信网关、政务微信）",
    "description": "一个系统一种渠道。手机号、账号只在调用中出现，不进日志、账册和错误；文字只含模板占位符允许的内容。"
    "政务微信：连接的 login 为 corpid，password 为应用的 secret。短信网关没有统一的接口，"
    "缺省的字段名和代码是推定的，按网关文档改写。OA 消息见 oa 适配器的 message_workflow。",
    "type": "object",
    "additionalProperties": False,
    "required": ["channel", "templates"],
    "properties": {
        "channel": {"title": "渠道", "enum": ["sms", "wecom"]},
        "templates": {
            "title": "可用的模板",
            "description": "站点目录 notices 中的文件名（不含 .yaml）。没有列出的不能发送。",
            "type": "array",
            "items": {"type": "string", "pattern": r"^[^\s/\\.:]{1,64}$"},
            "minItems": 1,
            "uniqueItems": True,
        },
        "settings": SETTINGS,
        "call": {
            "title": "发送的操作",
            "description": "缺省：短信 POST /sms/send，政务微信 POST /cgi-bin/message/send。",
            **CALL,
        },
        "names": {
            "title": "短信请求的字段",
            "description": "JSON Pointer；code、values 只在模板有 code 时发送。",
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "to": {"title": "手机号", "default": "/mobile", **_POINTER},
                "text": {"title": "文字", "default": "/content", **_POINTER},
                "serial": {"title": "我方流水号", "default": "/serial", **_POINTER},
                "code": {"title": "模板编号", "default": "/template", **_POINTER},
                "values": {"title": "模板取值", "default": "/params", **_POINTER},
            },
            "default": {},
        },
        "reference": {
            "title": "对方编号的位置",
            "description": "缺省：短信 /data/id，政务微信 /msgid。",
            **_POINTER,
        },
        "repeats": {
            "title": "短信重复发送时",
            "description": "keyed：网关按我方流水号认出重复，只发一次，应答丢失后照原样重发；"
            "none：不认，应答丢失后由人查明（缺省）。",
            "enum": ["keyed", "none"],
            "default": "none",
        },
        "agent": {
            "title": "政务微信的应用编号",
            "description": "agentid；用于 wecom。",
            "type": "integer",
            "minimum": 1,
        },
        "codes": _coded.schema(SMS_CODES)
        | {"description": "缺省为短信的；政务微信的代码已按厂商文档内置，写出的取代它。"},
    },
    "if": {"properties": {"channel": {"const": "wecom"}}, "required": ["channel"]},
    "then": {"required": ["agent"]},
}
