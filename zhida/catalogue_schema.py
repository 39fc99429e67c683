"""What a site's ``catalogue.yaml`` may say: a JSON Schema with Chinese titles.

Only what no program can know: whether data is shared unconditionally, the code that the superior
platform has given, the promise of freshness. The field names in the titles are those of the core
metadata in 《政务信息资源目录编制指南（试行）》 (发改高技〔2017〕1272号, after GB/T 21063.3-2007).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matters.terms import LEGAL
from zhida.grants_schema import PERIOD

FILE = "catalogue.yaml"
_ID = {"type": "string", "pattern": r"^[\p{L}\p{N}_.-]+$"}
_TEXT = {"type": "string", "minLength": 1, "maxLength": 500}
_DAY = {"type": "string", "format": "date", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}

RESOURCE: Mapping[str, Any] = {
    "title": "一项数据",
    "type": "object",
    "additionalProperties": False,
    "required": ["document", "provider"],
    "properties": {
        "document": _ID | {"title": "数据种类"},
        "provider": _ID | {"title": "信息资源提供方", "description": "units/ 中的单位。"},
        "code": _TEXT | {"title": "信息资源代码", "description": "上级平台赋的码，照抄。"},
        "class": _TEXT | {"title": "信息资源分类", "description": "类、项、目、细目，用 / 隔开。"},
        "share": {
            "title": "共享类型",
            "description": "unconditional 无条件共享，conditional 有条件共享，none 不予共享。由提供方定，直达不推断。",
            "enum": ["unconditional", "conditional", "none"],
        },
        "condition": _TEXT | {"title": "共享条件", "description": "不予共享的，写依据的条款。"},
        "method": _TEXT | {"title": "共享方式"},
        "format": _TEXT | {"title": "信息资源格式"},
        "update": _TEXT
        | {"title": "更新周期", "description": "实时、每日、每周、每月、每季度、每年等。"},
        "open": {"title": "是否向社会开放", "type": "boolean"},
        "open_condition": _TEXT | {"title": "开放条件"},
        "published_on": _DAY | {"title": "发布日期"},
        "related": _TEXT | {"title": "关联资源代码"},
        "fresh": {
            "title": "新旧承诺",
            "description": "最新一份的数据时间应在多久以内。随办随来的数据不写。",
            "type": "string",
            "pattern": PERIOD,
        },
        "personal": {
            "title": "个人信息字段",
            "description": "JSON Pointer。写了就以此为准，不再推定；没有个人信息写空表。",
            "type": "array",
            "uniqueItems": True,
            "items": {"type": "string", "pattern": "^/"},
        },
    },
}
CLOCK: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["within", "article"],
    "properties": {
        "within": {
            "title": "多久",
            "description": "10 working days；也可写自然日，如 15 days。",
            "type": "string",
            "pattern": LEGAL,
        },
        "article": _TEXT | {"title": "依据", "description": "文件和条款；核对原文后写。"},
    },
}
CLOCKS = ("answer-unconditional", "answer-conditional", "provide", "check")
SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "数据目录",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "providers": {
            "title": "信息资源提供方代码",
            "description": "单位 → 统一社会信用代码。",
            "type": "object",
            "additionalProperties": {"type": "string", "pattern": "^[0-9A-Z]{18}$"},
        },
        "resources": {"title": "各项数据", "type": "array", "items": RESOURCE},
        "clocks": {
            "title": "申请与校核的期限",
            "description": "不写的用随产品带的（zhida catalogue clocks 查看依据）。",
            "type": "object",
            "additionalProperties": False,
            "properties": dict.fromkeys(CLOCKS, CLOCK),
        },
    },
}
