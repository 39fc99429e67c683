"""What a bureau configures for a system that is called by JSON, forms or texts over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connectors.http import MAX_BYTES
from connectors.http_options import CHECK_HOSTNAME, PROXY, plain_login
from connectors.reading import Reading
from connectors.reading_options import STATUSES, reading
from connectors.rest_auth_options import AUTH, SIGNED

OPERATION = "^(GET|POST|PUT|PATCH|DELETE) /(?!/)[!-~]*$"
PLAIN_OPERATION = "^(GET|POST|PUT|PATCH|DELETE) /(?!/)[!->@-~]*$"
"""An operation without parameters in its path."""
BODIES = ("json", "form", "form-json", "query", "text")
_BODIES_TOLD = (
    "json：JSON；form：表单，字段中的对象和列表写成 JSON 文本；"
    "form-json：表单，整个 JSON 放在 body_field 一个字段中；query：放在地址参数中；"
    "text：整个报文是一个文本（如 XML），按 charset 编码，类型见 text_type。"
)

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "REST（HTTP，JSON、表单或文本）",
    "description": "地址、账号、口令写在连接中；extra：ca、cert、key、key_password 为 TLS 文件，"
    "crl 为吊销列表文件，proxy_login、proxy_password 为代理账号；其余见 auth。操作写作“POST /路径”。",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "timeout_s": {
            "title": "等待应答的秒数",
            "type": "number",
            "exclusiveMinimum": 0,
            "default": 30,
        },
        "max_bytes": {
            "title": "请求和答复的字节上限",
            "type": "integer",
            "minimum": 1,
            "default": MAX_BYTES,
        },
        "headers": {
            "title": "固定的请求头",
            "description": "不得写入口令、令牌等秘密。",
            "type": "object",
            "propertyNames": {"pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"},
            "additionalProperties": {"type": "string", "pattern": "^[ -~]*$"},
            "default": {},
        },
        "body": {
            "title": "请求正文的写法",
            "description": _BODIES_TOLD + "GET 总是 query。",
            "enum": list(BODIES),
            "default": "json",
        },
        "bodies": {
            "title": "个别操作的正文写法",
            "description": "与 body 不同的操作，例如 {“POST /upload”: form}。",
            "type": "object",
            "propertyNames": {"pattern": PLAIN_OPERATION},
            "additionalProperties": {"enum": list(BODIES)},
            "default": {},
        },
        "body_field": {
            "title": "form-json 的字段名",
            "type": "string",
            "minLength": 1,
            "default": "data",
        },
        "text_type": {
            "title": "text 正文的类型",
            "description": "发出时注明 charset。",
            "type": "string",
            "pattern": "^[a-z]+/[a-z0-9.+-]+$",
            "default": "text/xml",
        },
        "charset": {
            "title": "表单、文本和地址参数的编码",
            "description": "JSON 总是 UTF-8。对方只认 GBK 时填 gbk：GBK 没有的字不会发出，并指出是哪个字段。",
            "enum": ["utf-8", "gbk", "gb18030"],
            "default": "utf-8",
        },
        "json_types": {
            "title": "按 JSON 读取的答复类型",
            "description": "有的系统以 text/html 或 text/plain 返回 JSON。",
            "type": "array",
            "items": {"type": "string", "pattern": "^[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+$"},
            "default": ["application/json", "text/json"],
        },
        "text_types": {
            "title": "按文本读取的答复类型",
            "description": "银行前置机等返回 XML 或一行文字的系统；没有注明编码的按 charset 读。",
            "type": "array",
            "items": {"type": "string", "pattern": "^[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+$"},
            "default": [],
        },
        "reads": {
            "title": "只读的操作",
            "description": "GET 之外不改变对方数据的操作，例如“POST /query”：没有应答时直接重问，不必查询结果。",
            "type": "array",
            "items": {"type": "string", "pattern": OPERATION},
            "default": [],
        },
        "statuses": STATUSES,
        "proxy": PROXY,
        "check_hostname": CHECK_HOSTNAME,
        "plain_login": plain_login("basic、bearer、login、oauth2、weaver-e9", "口令或令牌"),
        "auth": AUTH,
        "body_signature": SIGNED,
    },
}
_DEFAULTS = {n: told["default"] for n, told in OPTIONS["properties"].items() if "default" in told}


def completed(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options that have passed ``OPTIONS``, with what the site does not say.

    >>> completed({"charset": "gbk"})["body"]
    'json'
    """
    return _DEFAULTS | dict(options)


def own(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Of an adapter's options those that are this wire's too.

    >>> own({"timeout_s": 3, "institution": "x"})
    {'timeout_s': 3}
    """
    return {name: told for name, told in settings.items() if name in OPTIONS["properties"]}


def reading_of(known: Mapping[str, Any]) -> Reading:
    """How the answers are to be read, out of completed options."""
    json_types, text_types = frozenset(known["json_types"]), frozenset(known["text_types"])
    return replace(reading(known), json_types=json_types, text_types=text_types)
