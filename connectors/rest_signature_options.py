"""What is signed, how, and where the signature stands: one rule instead of a class per vendor."""

from __future__ import annotations

from typing import Any

PARTS = (
    "app", "secret", "timestamp", "nonce", "method", "path", "query", "parameters", "body",
    "body_sha256", "body_sm3",
)  # fmt: skip
"""What may stand in braces in ``content``."""
DIGESTS = ("md5", "sha1", "sha256", "sm3", "hmac-sha256", "hmac-sm3", "sm2")
_NAME = {"type": "string", "pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"}

SIGNATURE: dict[str, Any] = {
    "title": "签名规则",
    "type": "object",
    "additionalProperties": False,
    "required": ["content", "digest", "encoding", "place", "names"],
    "properties": {
        "content": {
            "title": "被签名的内容",
            "description": "按对方文档照写，花括号处代入：app 应用标识（连接的 login），secret 密钥（连接的 password），"
            "timestamp，nonce，method，path（不含参数），query（地址中 ? 之后），"
            "parameters（全部参数按名称排序），body（正文原样），body_sha256、body_sm3（正文摘要，小写十六进制）。"
            "例如“{timestamp}{secret}{nonce}{timestamp}”或“{parameters}&key={secret}”。",
            "type": "string",
            "pattern": r"^([^{}]|\{(" + "|".join(PARTS) + r")\})+$",
        },
        "digest": {
            "title": "算法",
            "description": "只用对方规定的一种，不协商。md5、sha1 已不安全，仅当对方只支持它们时使用；"
            "hmac-* 以密钥为 HMAC 密钥；sm2 以连接 extra 的 sign_key（加密的 PKCS#8 文件）、"
            "sign_key_password 签名，用户标识 1234567812345678。",
            "enum": list(DIGESTS),
        },
        "encoding": {
            "title": "签名的写法",
            "enum": ["hex", "HEX", "base64"],
            "description": "hex 小写、HEX 大写十六进制。",
        },
        "sm2_form": {
            "title": "SM2 签名的字节形式",
            "description": "der：GB/T 35276 的 ASN.1（多数 Java 程序）；raw：r‖s 共 64 字节。",
            "enum": ["der", "raw"],
            "default": "der",
        },
        "place": {
            "title": "签名等字段放在哪里",
            "description": "header 请求头；query 地址参数；body 正文的顶层字段（JSON 或表单；没有正文的请求放在地址参数中）。",
            "enum": ["header", "query", "body"],
        },
        "names": {
            "title": "字段名",
            "description": "对方规定的名称；没有写出的不发送，sign 必填。",
            "type": "object",
            "additionalProperties": False,
            "required": ["sign"],
            "properties": {
                "sign": {"title": "签名", **_NAME},
                "app": {"title": "应用标识", **_NAME},
                "timestamp": {"title": "时间戳", **_NAME},
                "nonce": {"title": "随机数", **_NAME},
            },
        },
        "timestamp": {
            "title": "时间戳的写法",
            "description": "s、ms：1970 年起的秒、毫秒；其余为北京时间文本。",
            "enum": ["s", "ms", "yyyyMMddHHmmss", "yyyyMMddHHmmssSSS", "yyyy-MM-dd HH:mm:ss"],
            "default": "ms",
        },
        "parameters": {
            "title": "参数的排列",
            "description": "用于 {parameters}：地址参数、表单字段或 JSON 顶层字段，连同放在其中的应用标识、时间戳和随机数，"
            "按名称的字节顺序写成“名=值”；对象和列表写成紧凑的 JSON。",
            "type": "object",
            "additionalProperties": False,
            "default": {},
            "properties": {
                "separator": {"title": "参数之间", "type": "string", "default": "&"},
                "equals": {"title": "名与值之间", "type": "string", "default": "="},
                "skip_empty": {"title": "略去空值", "type": "boolean", "default": True},
                "exclude": {
                    "title": "不签名的参数",
                    "type": "array",
                    "items": {"type": "string"},
                    "default": [],
                },
            },
        },
    },
}
