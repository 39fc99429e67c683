"""How a peer wants requests to be signed or authorised: a closed vocabulary, no class per vendor.

What belongs to one ``kind`` only is named in its description, and refused under another kind.
The names of secrets are those of the connection; no secret stands in options.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.rest_signature_options import SIGNATURE

_POINTER = {"type": "string", "pattern": "^(/.*)?$"}
_OWN: Mapping[str, tuple[str, ...]] = {
    "none": (),
    "basic": (),
    "bearer": ("header", "scheme"),
    "login": (
        "operation", "body", "fields", "token", "expires_in", "lifetime_s", "expired",
        "header", "scheme", "query",
    ),
    "oauth2": ("operation", "client", "scope", "expired"),
    "signature": tuple(SIGNATURE["properties"]),
    "sharing-platform": ("operation", "rid", "rids", "token", "expires_at", "cipher", "expired"),
    "weaver-e9": ("operation", "user", "lifetime_s", "expired"),
}  # fmt: skip
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "login": ("operation", "fields"),
    "oauth2": ("operation",),
    "signature": tuple(SIGNATURE["required"]),
    "sharing-platform": ("operation", "rid"),
    "weaver-e9": ("user",),
}


def _rule(kind: str) -> dict[str, Any]:
    """What one kind demands and permits."""
    return {
        "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
        "then": {
            "required": list(_REQUIRED.get(kind, ())),
            "propertyNames": {"enum": ["kind", *_OWN[kind]]},
        },
    }


SIGNED: dict[str, Any] = {
    **SIGNATURE,
    "title": "另加的签名",
    "description": "在 auth 之外再对请求（通常是正文）签名，用于 auth 不保护正文的平台。密钥在连接 extra 的 "
    "body_secret，或 sign_key、sign_key_password。",
}

AUTH: dict[str, Any] = {
    "title": "登录和签名方式",
    "description": "秘密只写在连接中：login、password 两栏，以及 extra。",
    "type": "object",
    "additionalProperties": False,
    "required": ["kind"],
    "default": {"kind": "none"},
    "properties": {
        "kind": {
            "title": "方式",
            "description": "none：无；basic：账号口令（RFC 7617）；bearer：固定令牌（写在 password）；"
            "login：先登录取得令牌；oauth2：客户端凭据（RFC 6749 4.4）；"
            "signature：应用标识加时间戳和签名；sharing-platform：国家共享交换平台（gjgxjhpt_*）；"
            "weaver-e9：泛微 E9（login 为 appid，password 为 secret，extra 的 spk 为对方公钥）。",
            "enum": list(_OWN),
        },
        "header": {
            "title": "令牌所在的请求头",
            "description": "用于 bearer、login。",
            "type": "string",
            "pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
            "default": "Authorization",
        },
        "scheme": {
            "title": "令牌前的字样",
            "description": "用于 bearer、login；与令牌以空格隔开，空则只有令牌。",
            "type": "string",
            "pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]*$",
            "default": "Bearer",
        },
        "query": {
            "title": "令牌所在的地址参数",
            "description": "用于 login；填写后令牌不放请求头。地址会进入对方日志，能用请求头时不要用它。",
            "type": "string",
            "default": "",
        },
        "operation": {
            "title": "取得令牌或密钥的操作",
            "description": "用于 login、oauth2、sharing-platform、weaver-e9；例如“POST /oauth/token”。",
            "type": "string",
            "pattern": "^(GET|POST) /(?!/)[!-~]*$",
        },
        "body": {
            "title": "登录请求正文的写法",
            "description": "用于 login。",
            "enum": ["json", "form", "query"],
            "default": "json",
        },
        "fields": {
            "title": "登录请求的字段",
            "description": "用于 login；{login}、{password} 代表连接中的账号、口令，其余为固定文本。",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {"type": "string"},
        },
        "token": {
            "title": "令牌或密钥在答复中的位置",
            "description": "JSON 指针，例如 /data/token；用于 login（空为整个答复，可为纯文本）、"
            "sharing-platform（缺省 /data/secret）。",
            **_POINTER,
        },
        "expires_in": {
            "title": "有效秒数在答复中的位置",
            "description": "JSON 指针；用于 login。",
            **_POINTER,
        },
        "expires_at": {
            "title": "失效时刻在答复中的位置",
            "description": "JSON 指针，值为 1970 年起的毫秒数；用于 sharing-platform。",
            "default": "/data/secretEndTime",
            **_POINTER,
        },
        "lifetime_s": {
            "title": "令牌有效秒数",
            "description": "用于 login：答复没有说明、而对方文档有约定时填写，都没有则用到对方拒绝为止；"
            "用于 weaver-e9：申请的秒数，缺省 1800。",
            "type": "integer",
            "minimum": 1,
        },
        "expired": {
            "title": "表示令牌失效的答复",
            "description": "HTTP 401 之外，对方以正常状态返回的失效标志；对方须保证此时请求没有办理。",
            "type": "object",
            "additionalProperties": False,
            "required": ["pointer", "values"],
            "properties": {
                "pointer": {"title": "标志的位置", "description": "JSON 指针。", **_POINTER},
                "values": {
                    "title": "标志的值",
                    "type": "array",
                    "minItems": 1,
                    "items": {"type": "string"},
                },
            },
        },
        "client": {
            "title": "客户端凭据的位置",
            "description": "用于 oauth2；basic：请求头（RFC 6749 首选）；body：表单字段。",
            "enum": ["basic", "body"],
            "default": "basic",
        },
        "scope": {
            "title": "权限范围",
            "description": "用于 oauth2。",
            "type": "string",
            "default": "",
        },
        "rid": {
            "title": "密钥接口的资源编号",
            "description": "用于 sharing-platform：gjgxjhpt_rid；账号 login 为 gjgxjhpt_sid，口令为 appKey。",
            "type": "string",
            "pattern": "^[!-~]+$",
        },
        "rids": {
            "title": "各操作的资源编号",
            "description": "用于 sharing-platform：操作（不含 ? 及其后）到 gjgxjhpt_rid；没有列出的用 rid。",
            "type": "object",
            "additionalProperties": {"type": "string", "pattern": "^[!-~]+$"},
            "default": {},
        },
        "user": {
            "title": "办理人编号",
            "description": "用于 weaver-e9：以谁的身份调用，对方的人员编号（hrm id）。",
            "type": "string",
            "pattern": "^[0-9]{1,20}$",
        },
        "cipher": {
            "title": "返回的密钥如何加密",
            "description": "用于 sharing-platform，按对方示例代码选择。sha1prng：AES-128-ECB，"
            "密钥由 appKey 经 Java SHA1PRNG 得出；aes：AES-ECB，appKey 的字节即密钥；none：没有加密。",
            "enum": ["sha1prng", "aes", "none"],
            "default": "sha1prng",
        },
        **SIGNATURE["properties"],
    },
    "allOf": [_rule(kind) for kind in _OWN],
}
