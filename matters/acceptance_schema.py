"""What a file of a procedure of joint acceptance may say (JSON Schema 2020-12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matters import conditions, terms
from matters.schema_parts import ID, POINTER, TEXT, by_name, closed

KINDS = ("行政许可", "行政确认", "备案", "监督", "市政公用", "中介服务", "部门意见")
NOTHING, NO_OBJECTION = "nothing", "no-objection"
COUNTED = ("stages", "items", "materials", "checks")

_NAMES: Mapping[str, Any] = {"type": "array", "minItems": 1, "items": ID, "uniqueItems": True}
_SOURCE: Mapping[str, Any] = {
    "title": "来源",
    "description": "公开 and what is published, or 推定 and what it was inferred from.",
    "type": "string",
    "pattern": "^(公开|推定)：",
    "maxLength": 200,
}
_WHEN: Mapping[str, Any] = {**conditions.REFERENCE, "title": "哪些工程"}
_LEGAL: Mapping[str, Any] = {"type": "string", "pattern": terms.LEGAL}
_TRUTH: Mapping[str, Any] = {"type": "boolean"}
_PARTS: Mapping[str, Any] = {**_NAMES, "title": "部位"}
_TITLE: Mapping[str, Any] = {**TEXT, "title": "名称"}


_STAGE = closed(["title", "source"], {"title": _TITLE, "source": _SOURCE})
_FILING = closed(
    ["title", "to", "covers", "materials", "source"],
    {
        "title": _TITLE,
        "to": {**ID, "title": "向谁申报"},
        "covers": {**_NAMES, "title": "包括谁的监管"},
        "materials": {**_NAMES, "title": "所附材料"},
        "source": _SOURCE,
    },
)
_DELEGATION = closed(
    ["of", "to", "article", "source"],
    {
        "of": {**ID, "title": "委托方"},
        "to": {**ID, "title": "受托方"},
        "article": {**TEXT, "title": "依据"},
        "source": _SOURCE,
    },
)
_SILENCE = closed(
    ["means", "article"],
    {
        "means": {
            "title": "逾期没有答复",
            "description": "no-objection only of 部门意见; it is never an approval.",
            "type": "string",
            "enum": [NOTHING, NO_OBJECTION],
        },
        "article": {**TEXT, "title": "依据"},
    },
)
_SAMPLING = closed(
    ["of", "title", "percent", "at_least"],
    {
        "of": {**POINTER, "title": "总数取自"},
        "title": _TITLE,
        "percent": {"title": "百分之几", "type": "integer", "minimum": 1, "maximum": 100},
        "at_least": {"title": "至少几个", "type": "integer", "minimum": 1, "maximum": 1000},
    },
)
_ITEM = closed(
    ["title", "stage", "by", "kind", "article", "within", "source"],
    {
        "title": _TITLE,
        "stage": {**ID, "title": "环节"},
        "by": {**ID, "title": "谁决定"},
        "kind": {"title": "类别", "type": "string", "enum": list(KINDS)},
        "article": {**TEXT, "title": "依据"},
        "within": {**_LEGAL, "title": "期限"},
        "remind": {"title": "提醒", "type": "string", "pattern": terms.AHEAD},
        "on_behalf_of": {**_NAMES, "title": "受谁委托", "description": "Roles; see delegations."},
        "needs": {**_NAMES, "title": "先办结的事项"},
        "parts": _PARTS,
        "when": _WHEN,
        "silence": {**_SILENCE, "title": "逾期"},
        "sampling": {**_SAMPLING, "title": "抽查"},
        "valid": {**_LEGAL, "title": "通过以后的有效期"},
        "source": _SOURCE,
    },
)
_MATERIAL = closed(
    ["title", "issuer", "stage", "consumers", "source"],
    {
        "title": _TITLE,
        "issuer": {**TEXT, "title": "由谁出具"},
        "stage": {**ID, "title": "最迟在哪个环节"},
        "consumers": {**_NAMES, "title": "供哪些事项"},
        "process": {**_TRUTH, "title": "过程性材料"},
        "large": {**_TRUTH, "title": "大文件"},
        "fetched": {
            "title": "由中枢取得",
            "description": "system.operation by which the hub gets it; without it the owner submits it.",
            "type": "string",
            "pattern": "^[a-z][a-z0-9_]*[.][a-z][a-z0-9_]*$",
        },
        "parts": _PARTS,
        "when": _WHEN,
        "source": _SOURCE,
    },
)
_CHECK = closed(
    ["title", "clause", "items", "source"],
    {
        "title": _TITLE,
        "clause": {**TEXT, "title": "依据"},
        "items": {**_NAMES, "title": "由哪些事项查"},
        "evidence": {**_NAMES, "title": "凭哪些材料查"},
        "on_site": {**_TRUTH, "title": "现场查看"},
        "parts": _PARTS,
        "source": _SOURCE,
    },
)
_DROPPED = closed(
    ["why"],
    {
        "why": {**TEXT, "title": "为什么不再要"},
        "instead": {**_NAMES, "title": "查什么代替", "description": "Materials or items."},
    },
)
_WHOLE = closed(
    ["stage", "title", "legal", "extended", "article"],
    {
        "stage": {**ID, "title": "从哪个环节起算"},
        "title": _TITLE,
        "legal": {**_LEGAL, "title": "总期限"},
        "extended": {**_LEGAL, "title": "批准延长后的总期限"},
        "article": {**TEXT, "title": "依据"},
        "remind": {"title": "提醒", "type": "string", "pattern": terms.AHEAD},
    },
)
_COUNT: Mapping[str, Any] = {"type": "integer", "minimum": 1, "maximum": 500}
SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "联合验收的事项和材料",
    "$defs": {"condition": conditions.SCHEMA},
    **closed(
        ["procedure", "title", "source", "counts", "roles", "parts"]
        + ["stages", "filings", "items", "materials", "checks"],
        {
            "procedure": {**ID, "title": "标识"},
            "title": _TITLE,
            "source": _SOURCE,
            "counts": {
                "title": "各有几项",
                "description": "So that a line that got lost is told.",
                **closed(list(COUNTED), dict.fromkeys(COUNTED, _COUNT)),
            },
            "roles": by_name(TEXT, "角色"),
            "parts": by_name(TEXT, "建筑的部位"),
            "stages": by_name(_STAGE, "环节"),
            "filings": by_name(_FILING, "申报"),
            "whole": {**_WHOLE, "title": "联合验收总期限"},
            "delegations": {"title": "委托", "type": "array", "items": _DELEGATION},
            "items": by_name(_ITEM, "事项"),
            "materials": by_name(_MATERIAL, "材料"),
            "checks": by_name(_CHECK, "检查"),
            "merged": by_name(ID, "并入的事项", some=0),
            "dropped": by_name(_DROPPED, "不再要的材料", some=0),
        },
    ),
}
