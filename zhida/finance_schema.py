"""The form of a site's ``finance.yaml``: which banks may ask, how often, and whose certificates count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matters import durations

FILE = "finance.yaml"
_NAME: Mapping[str, Any] = {"type": "string", "pattern": r"^[\p{L}\p{N}_.-]+$"}


def _daily(title: str, description: str, most: int) -> Mapping[str, Any]:
    told = {"title": title, "description": description, "type": "integer"}
    return {**told, "minimum": 0, "maximum": most}


CREDITS: Mapping[str, Any] = {
    "title": "到账通知的来源",
    "description": "Where the bank drops its camt.054 notices of credits to the locked accounts: a system of the bank (adapter feed) and its stream.",
    "type": "object",
    "additionalProperties": False,
    "required": ["system", "stream"],
    "properties": {
        "system": {"title": "系统", "description": "A system of the bank.", **_NAME},
        "stream": {
            "title": "数据流",
            "description": "A stream of that system, of the kind account-credit.",
            "type": "string",
            "minLength": 1,
        },
    },
}
BANK: Mapping[str, Any] = {
    "title": "银行",
    "type": "object",
    "additionalProperties": False,
    "required": ["uscc", "requests_per_day", "reads_per_day"],
    "properties": {
        "uscc": {
            "title": "统一社会信用代码",
            "description": "Code by which letters name the bank.",
            "type": "string",
            "pattern": "^[0-9A-HJ-NPQRTUWXY]{18}$",
        },
        "requests_per_day": _daily(
            "每日申请次数", "Requests of one day in China, refused ones too.", 100_000
        ),
        "reads_per_day": _daily(
            "每日查询次数", "Readings of one day in China, refused ones too.", 1_000_000
        ),
        "feed": {
            "title": "推送贷后事件的系统",
            "description": "System of the bank (adapter bank_feed) to which events are sent; without it the bank asks for them.",
            **_NAME,
        },
        "credits": CREDITS,
    },
}

SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "订单融资的银行与授权",
    "type": "object",
    "additionalProperties": False,
    "required": ["enterprise_trust", "banks"],
    "properties": {
        "enterprise_trust": {
            "title": "企业证书的签发机构",
            "description": "Folder of CA certificates (.crt, .pem) that sign firms' certificates, with their revocation lists (.crl) if there are any.",
            "type": "string",
            "minLength": 1,
        },
        "banks": {
            "title": "银行",
            "description": "Unit of the site → who it is in letters, and how often it may ask.",
            "type": "object",
            "minProperties": 1,
            "propertyNames": _NAME,
            "additionalProperties": BANK,
        },
        "patience_days": {
            "title": "占用天数",
            "description": "Days after which a request that was neither lent on nor withdrawn holds its order no more.",
            "type": "integer",
            "minimum": 1,
            "maximum": 365,
            "default": 30,
        },
        "retention": {
            "title": "授权书保存期限",
            "description": "How long after its last day a letter is kept, with what was signed.",
            "type": "string",
            "pattern": durations.PATTERN,
            "default": "10 years",
        },
    },
}
