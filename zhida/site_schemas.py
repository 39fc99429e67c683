"""What a site's files may say: JSON Schemas with Chinese titles, used to check and to document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchange import limits
from zhida.site_revocation import SCHEMA as REVOCATION

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
        "site": _ID | {"title": "站点标识", "description": "写进账本的每个树头，定了就不改。"},
        "title": _TEXT | {"title": "站点名称"},
        "unit": _ID | {"title": "中枢所属单位", "description": "运行中枢的单位，须在 units/ 中。"},
        "suite": {"title": "签名套件", "enum": ["SM2-SM3", "Ed25519"]},
        "cipher": {"title": "存储加密算法", "enum": ["SM4-GCM", "AES-256-GCM"]},
        "language": {"title": "语言", "enum": ["zh", "en"]},
        "store": _TEXT
        | {"title": "数据库地址", "description": "SQLAlchemy 地址；{var} 代表 ZHIDA_VAR。"},
        "key": _TEXT
        | {
            "title": "中枢私钥",
            "description": "加密的 PKCS#8，相对于站点目录；私钥在签名服务器里的，写一个 .json 文件，内容见 docs/how-to/keys.md。",
        },
        "certificate": _TEXT | {"title": "中枢证书"},
        "trust": _TEXT | {"title": "信任锚目录", "description": "存放 CA 证书（PEM）的目录。"},
        "alerts": {
            "title": "告警",
            "description": "不写则告警进入日志。",
            "type": "object",
            "additionalProperties": False,
            "required": ["webhook"],
            "properties": {
                "webhook": _ID | {"title": "机器人连接标识", "description": "Airflow 连接的名称。"},
                "style": {
                    "title": "消息格式",
                    "enum": ["dingtalk", "wecom", "plain"],
                    "default": "dingtalk",
                },
            },
        },
        "proposal_days": {
            "title": "提议有效天数",
            "description": "超过此天数仍无第二人决定的提议作废。",
            "type": "integer",
            "minimum": 1,
            "maximum": 90,
            "default": 7,
        },
        "revocation": REVOCATION,
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
            "description": "PEM 文件，相对于本文件所在目录。",
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
        "connection": _ID | {"title": "连接标识", "description": "Airflow 连接的名称。"},
        "options": {"title": "适配器参数", "type": "object"},
        "concurrency": {
            "title": "最大并发",
            "description": "同时最多几个请求，全部进程合计。",
            "type": "integer",
            "minimum": 1,
            "maximum": 8,
            "default": 4,
        },
        "rate": {
            "title": "最大频次",
            "description": "全部进程合计，如 `10 per second`、`600 per minute`。",
            "type": "string",
            "pattern": limits.RATE,
        },
        "window": {
            "title": "可调用时段",
            "description": "北京时间；多段以 `, ` 分隔；`22:00-06:00` 跨过午夜。",
            "type": "string",
            "pattern": limits.WINDOW,
        },
        "mode": {
            "title": "初始方式",
            "description": "shadow：除真正办理外全部照做，直到 zhida leg start。",
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
            "description": "JSON Pointer；/mother/* 表示其下全部。",
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"type": "string", "pattern": r"^(/[^/\s，、；：“”]+)+$"},
        },
        "valid_from": _DAY | {"title": "生效日期"},
        "valid_until": _DAY | {"title": "截止日期"},
        "notice": _TEXT | {"title": "告知", "description": "法定职责内处理：以什么告知了个人或其监护人。"},
        "consent": _TEXT | {"title": "同意", "description": "以同意为依据：个人或其监护人在哪里同意。"},
        "requires": {
            "title": "须同意的字段",
            "description": "JSON Pointer；文件中这个字段是 true 才提供，没有写明的不算同意。"
            "大文件凭据写 /readers/‹职能›：材料供该职能的事项使用才提供。",
            "type": "string",
            "pattern": r"^(/[^/\s，、；：“”]+)+$",
        },
    },
)  # fmt: skip


OPERATOR = _file(
    "操作人",
    ["operator", "title", "roles", "certificate"],
    {
        "operator": _ID | {"title": "操作人标识", "description": "与证书的名称（CN）相同。"},
        "title": _TEXT | {"title": "姓名或岗位"},
        "roles": {
            "title": "可以做什么",
            "description": "operate：重放、提议、停用接口；approve：作第二人决定；privacy：按人查交换记录、导出证据包；"
            "see：在 Airflow 的页面上看所提供内容的明文，每次记入账本；"
            "former：已离任，只用来认出他从前的签名。",
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"enum": ["operate", "approve", "privacy", "see", "former"]},
        },
        "airflow": _TEXT
        | {
            "title": "Airflow 用户名",
            "description": "本人在 Airflow 界面上的用户名；角色 see 凭它认人。不写：在页面上谁也不是。",
        },
        "certificate": _TEXT
        | {"title": "本人证书", "description": "PEM 文件，相对于本文件所在目录。"},
    },
)


def system_with(options: Schema) -> Schema:
    """The system file's schema with its adapter's own options in place."""
    return {**SYSTEM, "properties": {**SYSTEM["properties"], "options": options}}
