"""What a site's files may say: JSON Schemas with Chinese titles, used to check and to document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchange import limits

Schema = Mapping[str, Any]

_ID = {"type": "string", "pattern": r"^[\p{L}\p{N}_.-]+$"}
"""Chinese names are names too; ``\\w`` of JSON Schema (ECMA 262) knows ASCII only."""
_TEXT = {"type": "string", "minLength": 1}
_DAY = {"type": "string", "format": "date", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_CONTACT = {
    "title": "联系人",
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "phone"],
    "properties": {"name": _TEXT, "phone": _TEXT},
}


def _file(title: str, required: list[str], properties: dict[str, Any]) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": properties,
    }


SITE = _file(
    "站点",
    ["site", "title", "unit", "suite", "key", "certificate", "matters"],
    {
        "site": _ID | {"title": "站点标识", "description": "Name of this hub in its ledger heads."},
        "title": _TEXT | {"title": "站点名称"},
        "unit": _ID | {"title": "中枢所属单位", "description": "The unit that runs the hub."},
        "suite": {"title": "签名套件", "enum": ["SM2-SM3", "Ed25519"]},
        "cipher": {"title": "存储加密算法", "enum": ["SM4-GCM", "AES-256-GCM"]},
        "language": {"title": "语言", "enum": ["zh", "en"]},
        "store": _TEXT
        | {"title": "数据库地址", "description": "SQLAlchemy URL; {var} is ZHIDA_VAR."},
        "key": _TEXT
        | {"title": "中枢私钥", "description": "Encrypted PKCS#8, relative to the site."},
        "certificate": _TEXT | {"title": "中枢证书"},
        "trust": _TEXT | {"title": "信任锚目录", "description": "Folder of CA certificates (PEM)."},
        "alerts": {
            "title": "告警",
            "description": "Without it alerts go into the log.",
            "type": "object",
            "additionalProperties": False,
            "required": ["webhook"],
            "properties": {
                "webhook": _ID
                | {"title": "机器人连接标识", "description": "Airflow connection id."},
                "style": {
                    "title": "消息格式",
                    "enum": ["dingtalk", "wecom", "plain"],
                    "default": "dingtalk",
                },
            },
        },
        "proposal_days": {
            "title": "提议有效天数",
            "description": "After so many days a proposal without a second person is void.",
            "type": "integer",
            "minimum": 1,
            "maximum": 90,
            "default": 7,
        },
        "matters": {"title": "开通的主题", "type": "array", "items": _ID, "uniqueItems": True},
    },
)

UNIT = _file(
    "单位",
    ["unit", "title"],
    {
        "unit": _ID | {"title": "单位标识"},
        "title": _TEXT | {"title": "单位名称"},
        "certificates": {
            "title": "签名证书",
            "description": "PEM files beside this file.",
            "type": "array",
            "items": _TEXT,
        },
        "contact": _CONTACT,
    },
)

SYSTEM = _file(
    "系统",
    ["system", "title", "unit", "adapter", "connection"],
    {
        "system": _ID | {"title": "系统标识"},
        "title": _TEXT | {"title": "系统名称"},
        "unit": _ID | {"title": "所属单位"},
        "adapter": _ID | {"title": "适配器"},
        "connection": _ID | {"title": "连接标识", "description": "Airflow connection id."},
        "options": {"title": "适配器参数", "type": "object"},
        "concurrency": {
            "title": "最大并发",
            "description": "Calls at once, over all workers.",
            "type": "integer",
            "minimum": 1,
            "maximum": 8,
            "default": 4,
        },
        "rate": {
            "title": "最大频次",
            "description": "Attempts, over all workers: `10 per second`, `600 per minute`.",
            "type": "string",
            "pattern": limits.RATE,
        },
        "window": {
            "title": "可调用时段",
            "description": "China time; several with `, `; `22:00-06:00` goes past midnight.",
            "type": "string",
            "pattern": limits.WINDOW,
        },
        "mode": {
            "title": "初始方式",
            "description": "shadow: everything but the effect, until zhida leg start.",
            "enum": ["live", "shadow"],
            "default": "live",
        },
        "contact": _CONTACT,
    },
)

AGREEMENT = _file(
    "数据共享协议",
    [
        "agreement", "provider", "receiver", "document", "purpose", "basis",
        "fields", "valid_from", "valid_until",
    ],
    {
        "agreement": _ID | {"title": "协议编号"},
        "provider": _ID | {"title": "提供单位"},
        "receiver": _ID | {"title": "使用单位"},
        "document": _ID | {"title": "数据种类"},
        "purpose": _ID | {"title": "使用目的"},
        "basis": _TEXT | {"title": "法律依据"},
        "fields": {
            "title": "允许的字段",
            "description": "JSON Pointers; /mother/* names all below.",
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"type": "string", "pattern": r"^(/[^/\s，、；：“”]+)+$"},
        },
        "valid_from": _DAY | {"title": "生效日期"},
        "valid_until": _DAY | {"title": "截止日期"},
    },
)  # fmt: skip


OPERATOR = _file(
    "操作人",
    ["operator", "title", "roles", "certificate"],
    {
        "operator": _ID | {"title": "操作人标识", "description": "CN of the certificate."},
        "title": _TEXT | {"title": "姓名或岗位"},
        "roles": {
            "title": "可以做什么",
            "description": "operate: replay, propose, stop a leg; approve: decide as the second.",
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"enum": ["operate", "approve"]},
        },
        "certificate": _TEXT | {"title": "本人证书", "description": "PEM file beside this file."},
    },
)


def system_with(options: Schema) -> Schema:
    """The system file's schema with its adapter's own options in place."""
    return {**SYSTEM, "properties": {**SYSTEM["properties"], "options": options}}
