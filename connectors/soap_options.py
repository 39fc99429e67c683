"""What a bureau configures for a SOAP service, and where that service is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors import soap_login
from connectors.http import MAX_BYTES
from connectors.http_options import CHECK_HOSTNAME, PROXY, plain_login
from connectors.reading_options import FAULTS, READS, STATUSES
from connectors.soap_contract import Contract
from exchange.ports import Endpoint

_NAME = {"type": "string", "pattern": "^[^\\W\\d][\\w.-]*$"}
"""A name of XML without a prefix."""

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "SOAP 服务（SOAP 1.1、1.2）",
    "description": "地址、账号写在连接中；extra：ca、cert、key、key_password 为 TLS 文件，"
    "crl 为吊销列表文件，proxy_login、proxy_password 为代理的账号。",
    "type": "object",
    "additionalProperties": False,
    "required": ["wsdl"],
    "if": {"properties": {"login": {"const": "header"}}, "required": ["login"]},
    "then": {"required": ["login_header"]},
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
        "encoding": {
            "title": "请求的编码",
            "description": "gbk：不能表示的字（如生僻字）拒绝发出并指明；gb18030：全部可以表示。",
            "enum": ["utf-8", "gbk", "gb18030"],
            "default": "utf-8",
        },
        "answer_encoding": {
            "title": "答复的编码",
            "description": "空：按答复自己的声明。声明与实际不符时（如写 UTF-8 实为 GBK）在此写实际编码。",
            "enum": ["", "utf-8", "gb18030"],
            "default": "",
        },
        "login": {
            "title": "登录方式",
            "description": "账号口令写在连接中。none 不登录（按 IP 放行）；basic 为 HTTP 基本认证；"
            "username-token、username-digest 为 WS-Security 用户名令牌（明文、摘要）；"
            "header 为厂商自定的 SOAP 头。",
            "enum": ["none", "basic", "username-token", "username-digest", "header"],
            "default": "none",
        },
        "login_header": {
            "title": "厂商自定的登录头",
            "description": "login 为 header 时填写：元素的命名空间、名称，以及账号、口令子元素的名称。",
            "type": "object",
            "additionalProperties": False,
            "required": ["namespace", "name", "login", "password"],
            "properties": {
                "namespace": {"title": "命名空间", "type": "string"},
                "name": {"title": "元素名称", **_NAME},
                "login": {"title": "账号的元素名称", **_NAME},
                "password": {"title": "口令的元素名称", **_NAME},
            },
        },
        "valid_s": {
            "title": "用户名令牌的有效秒数",
            "description": "大于 0 时附时间戳（WCF 服务要求）；须与对方时钟一致。",
            "type": "integer",
            "minimum": 0,
            "default": 0,
        },
        "proxy": PROXY,
        "check_hostname": CHECK_HOSTNAME,
        "plain_login": plain_login("basic、username-token、header", "口令"),
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

    A fault that the site names leaves the others as they were: the server's own stay ``unknown``.

    >>> completed({"wsdl": "a.wsdl", "strict": False})["timeout_s"]
    30
    """
    faults = {**_DEFAULTS["faults"], **options.get("faults", {})}
    return {**_DEFAULTS, **options, "faults": faults}


def contract(known: Mapping[str, Any], endpoint: Endpoint) -> Contract:
    """The part of the completed options that says how the WSDL is used. Raises ``Fatal``."""
    return Contract(
        service=known["service"],
        port=known["port"],
        schemas={url: endpoint.site / file for url, file in known["schemas"].items()},
        root=endpoint.site,
        strict=known["strict"],
        encoding=known["encoding"],
        answer_encoding=known["answer_encoding"],
        login=soap_login.of(known, endpoint),
    )
