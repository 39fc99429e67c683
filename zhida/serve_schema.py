"""What ``serve.yaml`` of a site may say: where the hub's endpoint is, and who may call it for what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchange import limits
from zhida.serve_rights import RIGHTS

_ID = {"type": "string", "pattern": r"^[\p{L}\p{N}_.-]+$"}
_TEXT = {"type": "string", "minLength": 1}

CLIENT: Mapping[str, Any] = {
    "title": "调用方",
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "unit", "may"],
    "properties": {
        "title": _TEXT | {"title": "名称"},
        "unit": _ID
        | {"title": "单位", "description": "它以哪个单位的名义调用；能看什么由协议定。"},
        "common_name": _TEXT
        | {"title": "证书通用名", "description": "客户端证书的 CN；用 TLS 时必填，各不相同。"},
        "connection": _ID
        | {"title": "口令连接", "description": "不用 TLS 时：Airflow 连接，其 password 是令牌。"},
        "signs": {
            "title": "请求须签名",
            "description": "写 true 时，每个带内容的请求须由其单位签名（Zhida-Signature），见 docs/how-to/banks.md。",
            "type": "boolean",
            "default": False,
        },
        "may": {
            "title": "可调用",
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"type": "string", "enum": sorted(RIGHTS)},
        },
        "rate": {
            "title": "最大频次",
            "description": "如 `100 per second`。",
            "type": "string",
            "pattern": limits.RATE,
            "default": "100 per second",
        },
    },
}

SERVE: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "中枢接口",
    "type": "object",
    "additionalProperties": False,
    "required": ["connection", "clients"],
    "properties": {
        "connection": _ID
        | {
            "title": "连接标识",
            "description": "Airflow 连接：host、port 为监听地址；extra 写 cert、key、key_password、"
            "client_ca（签发客户端证书的机构），可写 crl。",
        },
        "without_tls": {
            "title": "不用 TLS",
            "description": "只允许本机回环地址，调用方凭令牌。用于测试，或本机上已有反向代理时。",
            "type": "boolean",
            "default": False,
        },
        "answer_seconds": {
            "title": "当场答复时限（秒）",
            "description": "超过则答复 202，由后台继续办理。",
            "type": "integer",
            "minimum": 1,
            "maximum": 30,
            "default": 5,
        },
        "clients": {
            "title": "调用方",
            "description": "键为调用方标识。",
            "type": "object",
            "minProperties": 1,
            "propertyNames": _ID,
            "additionalProperties": CLIENT,
        },
    },
}
