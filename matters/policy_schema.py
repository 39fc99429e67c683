"""What a policy's file may say (JSON Schema 2020-12): keys, forms, and titles for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matters import award_schema, criteria_schema
from matters.award_schema import CLAUSES
from matters.criteria_schema import DAY, NAME, REFERENCE, TEXT, VALUE
from matters.schema_parts import closed

_NAMES = {"type": "array", "items": NAME, "uniqueItems": True}
_TEXTS = {"type": "array", "items": TEXT, "uniqueItems": True}
_WHOLE = {"type": "integer", "minimum": 0, "maximum": 1000}


def _one_of(title: str, *words: str) -> dict[str, Any]:
    return {"title": title, "type": "string", "enum": list(words)}


PARAMETER = closed(
    ["title"],
    {
        "title": TEXT | {"title": "名称"},
        "count": {"title": "个数", "type": "integer"},
        "money": TEXT | {"title": "金额", "description": "20 万元"},
        "ratio": TEXT | {"title": "比例", "description": "5.5%"},
        "date": DAY | {"title": "日期"},
        "code": TEXT | {"title": "代码"},
    },
    title="参数",
    minProperties=2,
    maxProperties=2,
)
VERSION = closed(
    ["since", "clauses", "criteria", "award"],
    {
        "since": DAY | {"title": "施行日"},
        "until": DAY | {"title": "截止日（含）"},
        "by": NAME | {"title": "以何日期定版本", "description": "A date fact."},
        "clauses": {
            "title": "条款原文",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": TEXT,
        },
        "other_clauses": CLAUSES
        | {
            "title": "与条件、金额无关的条款",
            "description": "Of procedure; nothing hangs on them.",
        },
        "parameters": {"title": "参数", "type": "object", "additionalProperties": PARAMETER},
        "criteria": REFERENCE,
        "award": award_schema.SCHEMA,
        "budget": closed(
            ["amount", "rule"],
            {
                "amount": TEXT | {"title": "年度预算"},
                "rule": _one_of("不足时", "pro-rata", "first-come"),
                "clause": CLAUSES,
            },
            title="预算",
        ),
    },
    title="版本",
)
EXAMPLE = closed(
    ["title", "on", "facts"],
    {
        "title": TEXT | {"title": "说明"},
        "on": DAY | {"title": "决定日"},
        "facts": {"title": "事实", "type": "object", "additionalProperties": VALUE},
        "gives": {
            "title": "应得金额",
            "description": "An amount, or stage: amount.",
            "type": ["string", "object"],
            "minLength": 1,
            "minProperties": 1,
            "additionalProperties": TEXT,
        },
        "fails": _TEXTS | {"title": "不符合的条款"},
        "unknown": _TEXTS | {"title": "无从得知的条款"},
    },
    title="例子",
)
_MATERIAL = closed(
    ["title"],
    {"title": TEXT | {"title": "材料名称"}, "facts": _NAMES | {"title": "由这些事实代替"}},
)
_BASELINE = closed(
    ["on", "steps", "working_days", "materials", "source"],
    {
        "on": DAY | {"title": "截至"},
        "steps": _WHOLE | {"title": "环节数"},
        "working_days": _WHOLE | {"title": "工作日"},
        "materials": _TEXTS | {"title": "材料"},
        "source": TEXT | {"title": "出处"},
    },
    title="改革前",
)
_CLAWBACK = closed(
    ["months", "clause", "when"],
    {
        "months": {"title": "几个月内", "type": "integer", "minimum": 1, "maximum": 600},
        "clause": TEXT | {"title": "条款"},
        "when": REFERENCE,
    },
    title="追回",
)
SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "惠企政策",
    **closed(
        [
            *("policy", "title", "mode", "tier", "scenes", "provenance", "basis", "department"),
            *("fund", "route", "confirm", "publicity", "unknown_means", "times"),
            *("materials", "versions", "examples"),
        ],
        {
            "policy": NAME | {"title": "政策标识"},
            "title": TEXT | {"title": "政策名称"},
            "mode": _one_of("兑现方式", "no-application", "on-application"),
            "tier": _one_of("层次", "普惠", "进阶", "专项"),
            "scenes": _TEXTS | {"title": "主题场景", "minItems": 1},
            "provenance": _one_of("来源性质", "公开依据", "虚构"),
            "basis": _TEXTS | {"title": "文件依据", "minItems": 1},
            "department": NAME | {"title": "决定单位"},
            "fund": TEXT | {"title": "资金"},
            "route": _one_of("拨付渠道", "treasury", "unemployment-fund"),
            "confirm": _one_of("企业确认", "none", "account", "full"),
            "publicity": {"title": "公示工作日", "type": "integer", "minimum": 0, "maximum": 60},
            "unknown_means": _one_of("事实不明时", "wait", "ask"),
            "times": _one_of("享受次数", "once", "yearly", "unlimited"),
            "group": NAME | {"title": "互斥组"},
            "not_with": _NAMES | {"title": "不同时享受"},
            "exclusion_clause": TEXT
            | {"title": "互斥所依据的条款", "description": "With group or not_with."},
            "materials": {"title": "材料", "type": "array", "items": _MATERIAL},
            "baseline": _BASELINE,
            "clawback": _CLAWBACK,
            "versions": {
                "title": "版本",
                "type": "object",
                "minProperties": 1,
                "additionalProperties": VERSION,
            },
            "examples": {"title": "例子", "type": "array", "minItems": 5, "items": EXAMPLE},
        },
    ),
    "$defs": {"criteria": criteria_schema.SCHEMA, "pay": award_schema.PAY_SCHEMA},
}
