"""What a bureau configures for a sharing platform: the gateway's way in, and the services granted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters import _coded
from adapters._coded_wire import CALL, SETTINGS
from connectors.rest_pages import PAGING

CODES = {
    "at": "/code",
    "text": "/message",
    "done": ["0"],
    "none": [],
    "refused": [],
    "busy": [],
    "login": [],
}
"""Only ``0`` is known to be common; each platform's own codes are the site's to fill in."""
_TEXT = {"type": "string", "minLength": 1}
_POINTER = {"type": "string", "pattern": "^(/[^/]+)*$"}
_TIF = {
    "kind": "signature",
    "content": "{timestamp}{secret}{nonce}{timestamp}",
    "digest": "sha256",
    "encoding": "hex",
    "place": "header",
    "names": {
        "app": "x-tif-paasid",
        "timestamp": "x-tif-timestamp",
        "nonce": "x-tif-nonce",
        "sign": "x-tif-signature",
    },
    "timestamp": "s",
}
BODY_SIGNATURE: Mapping[str, Any] = {
    "content": "{timestamp}.{nonce}.{method}.{path}.{query}.{body_sm3}",
    "encoding": "base64",
    "place": "header",
    "names": {"timestamp": "x-zhida-time", "nonce": "x-zhida-nonce", "sign": "x-zhida-body-sign"},
}
"""Our own, beside the gateway's: none of the gateways' signatures covers what is asked."""
_PAGING = {
    **PAGING,
    "required": [name for name in PAGING["required"] if name != "rows"],
    "properties": {n: told for n, told in PAGING["properties"].items() if n != "rows"},
}

_SERVICE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "call", "needs", "gives", "mapping", "record", "same"],
    "properties": {
        "title": _TEXT | {"title": "名称", "description": "中文。"},
        "call": {"title": "调用", "description": "“POST /路径”。", **CALL},
        "rid": {
            "title": "资源编号",
            "description": "用于 national：gjgxjhpt_rid。",
            "type": "string",
            "pattern": "^[!-~]+$",
        },
        "needs": {
            "title": "需要的数据",
            "description": "名称 → 数据种类。",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": _TEXT,
        },
        "gives": _TEXT | {"title": "产出的数据种类"},
        "mapping": _TEXT | {"title": "请求的映射文件"},
        "record": _TEXT | {"title": "应答一行的映射文件"},
        "rows": {
            "title": "各行在应答中的位置",
            "description": "JSON Pointer；单独一个对象算一行。",
            "default": "/data",
            **_POINTER,
        },
        "same": {
            "title": "须与所问一致的字段",
            "description": "一行中的位置 → 请求中的位置，至少一项。不一致的行不采信；一致的须恰好一行。",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {"type": "string", "pattern": "^(/[^/]+)+$"},
        },
        "paging": _PAGING,
    },
}

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "数据共享平台（国家、省、市网关）",
    "description": "查询平台上已获授权的服务，一个服务一个操作。national：连接的 login 为 gjgxjhpt_sid，password 为 appKey，"
    "密钥到期前自动更换，被拒绝时立即更换后重问。tif：login 为 paasid，password 为 token。"
    "江苏平台的接口没有公开文档，按同类网关推定；登录方式不同的，用 settings.auth 写明。",
    "type": "object",
    "additionalProperties": False,
    "required": ["gateway", "body_signature", "services"],
    "properties": {
        "gateway": {
            "title": "网关",
            "description": "national：国家共享交换平台（gjgxjhpt_*）；tif：省市常见的 x-tif-*；"
            "own：由 settings.auth 写明。",
            "enum": ["national", "tif", "own"],
        },
        "secret": {
            "title": "取得密钥的接口",
            "description": "用于 national。",
            "type": "object",
            "additionalProperties": False,
            "required": ["call", "rid"],
            "properties": {
                "call": {"title": "调用", **CALL},
                "rid": {"title": "资源编号", "type": "string", "pattern": "^[!-~]+$"},
                "cipher": {
                    "title": "密钥如何加密",
                    "description": "按平台的示例代码选择，见 rest 的 cipher。",
                    "enum": ["sha1prng", "aes", "none"],
                    "default": "sha1prng",
                },
                "expired": {
                    "title": "表示密钥失效的代码",
                    "description": "平台以正常状态返回、且查询没有执行的代码。",
                    "type": "array",
                    "items": _TEXT,
                    "default": [],
                },
            },
        },
        "body_signature": {
            "title": "另加正文签名",
            "description": "平台的签名不保护正文；对端是另一个直达中枢时填写，放在 x-zhida-* 请求头，平台原样透传。"
            "hmac-sm3 的密钥在连接 extra 的 body_secret；sm2 用 sign_key、sign_key_password。",
            "enum": ["none", "hmac-sm3", "sm2"],
        },
        "settings": SETTINGS,
        "codes": _coded.schema(CODES),
        "services": {
            "title": "已获授权的服务",
            "description": "键为操作名称，事项文件的 do 用它。",
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": "^[a-z][a-z_]*$"},
            "additionalProperties": _SERVICE,
        },
    },
    "if": {"properties": {"gateway": {"const": "national"}}, "required": ["gateway"]},
    "then": {"required": ["secret"]},
}


def preset(options: Mapping[str, Any]) -> dict[str, Any]:
    """The REST settings that the gateway's kind means."""
    made: dict[str, Any] = {}
    if options["gateway"] == "national":
        made["auth"] = _national(options)
    elif options["gateway"] == "tif":
        made["auth"] = _TIF
    if options["body_signature"] != "none":
        made["body_signature"] = {**BODY_SIGNATURE, "digest": options["body_signature"]}
    return made


def _national(options: Mapping[str, Any]) -> dict[str, Any]:
    secret, services = options["secret"], options["services"].values()
    rids = {each["call"]: each["rid"] for each in services if "rid" in each}
    told = {"operation": secret["call"], "rid": secret["rid"], "rids": rids}
    told |= {"kind": "sharing-platform", "cipher": secret.get("cipher", "sha1prng")}
    if secret.get("expired"):
        place = options.get("codes", {}).get("at", CODES["at"])
        told["expired"] = {"pointer": place, "values": list(secret["expired"])}
    return told
