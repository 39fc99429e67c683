"""What a bureau configures for a SOAP service, and where that service is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.http import MAX_BYTES
from connectors.reading_options import FAULTS, READS, STATUSES
from connectors.soap_contract import Contract
from exchange.ports import Endpoint

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "SOAP 服务（SOAP 1.1、1.2）",
    "description": "地址、账号写在连接中；extra：ca、cert、key、key_password 为 TLS 文件，"
    "proxy_login、proxy_password 为代理的账号。",
    "type": "object",
    "additionalProperties": False,
    "required": ["wsdl"],
    "properties": {
        "wsdl": {
            "title": "WSDL 文件",
            "description": "相对于站点目录的路径；只从文件读取，运行时不从网络下载。",
            "type": "string",
            "minLength": 1,
        },
        "path": {
            "title": "服务路径",
            "description": "接在连接的地址之后；WSDL 中写的地址从不使用。",
            "type": "string",
            "pattern": "^(/.*)?$",
            "default": "",
        },
        "service": {
            "title": "服务名称",
            "description": "WSDL 中的 service；空为第一个。",
            "type": "string",
            "default": "",
        },
        "port": {
            "title": "端口名称",
            "description": "WSDL 中的 port；空为第一个。",
            "type": "string",
            "default": "",
        },
        "schemas": {
            "title": "引用的架构文件",
            "description": "WSDL 引用的网址 → 站点中的文件；SOAP 编码等公共架构已自带。",
            "type": "object",
            "additionalProperties": {"type": "string", "minLength": 1},
            "default": {},
        },
        "strict": {
            "title": "严格按 WSDL 读取答复",
            "description": "对方把元素放错命名空间时（如 node-soap）填 false。",
            "type": "boolean",
            "default": True,
        },
        "proxy": {
            "title": "代理服务器",
            "description": "http://主机:端口；空为直连。从不读取环境变量中的代理。",
            "type": "string",
            "pattern": "^(https?://[^/@\\s]+)?$",
            "default": "",
        },
        "timeout_s": {
            "title": "等待应答的秒数",
            "type": "number",
            "exclusiveMinimum": 0,
            "default": 30,
        },
        "max_bytes": {
            "title": "请求与答复的字节上限",
            "description": "超过 1000 万字节时才允许特大的 XML。",
            "type": "integer",
            "minimum": 1,
            "default": MAX_BYTES,
        },
        "statuses": STATUSES,
        "faults": FAULTS,
        "reads": READS,
    },
}
_DEFAULTS = {
    name: about["default"] for name, about in OPTIONS["properties"].items() if "default" in about
}


def completed(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options that have passed ``OPTIONS``, with the defaults for what the site does not say.

    >>> completed({"wsdl": "a.wsdl", "strict": False})["timeout_s"]
    30
    """
    return {**_DEFAULTS, **options}


def contract(known: Mapping[str, Any], endpoint: Endpoint) -> Contract:
    """The part of the completed options that says how the WSDL is used."""
    return Contract(
        service=known["service"],
        port=known["port"],
        schemas={url: endpoint.site / file for url, file in known["schemas"].items()},
        root=endpoint.site,
        strict=known["strict"],
    )
