"""What a file of a procedure of joint acceptance may say (JSON Schema 2020-12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matters import conditions, terms

KINDS = ("行政许可", "行政确认", "备案", "监督", "市政公用", "中介服务", "部门意见")
NOTHING, NO_OBJECTION = "nothing", "no-objection"
COUNTED = ("stages", "items", "materials", "checks")

_ID: Mapping[str, Any] = {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,39}$"}
_TEXT: Mapping[str, Any] = {"type": "string", "minLength": 1, "maxLength": 200}
_NAMES: Mapping[str, Any] = {"type": "array", "minItems": 1, "items": _ID, "uniqueItems": True}
_SOURCE: Mapping[str, Any] = {
    "title": "来源",
    "description": "公开 and what is published, or 推定 and what it was inferred from.",
    "type": "string",
    "pattern": "^(公开|推定)：",
    "maxLength": 200,
}
_POINTER: Mapping[str, Any] = {"type": "string", "pattern": "^(/[^/]+)+$"}
_WHEN: Mapping[str, Any] = {**conditions.REFERENCE, "title": "哪些工程"}
_LEGAL: Mapping[str, Any] = {"type": "string", "pattern": terms.LEGAL}
_TRUTH: Mapping[str, Any] = {"type": "boolean"}
_PARTS: Mapping[str, Any] = {**_NAMES, "title": "部位"}
_TITLE: Mapping[str, Any] = {**_TEXT, "title": "名称"}


def _object(required: list[str], properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": dict(properties),
    }


def _by_name(values: Mapping[str, Any], title: str, *, some: int = 1) -> dict[str, Any]:
    names = {"propertyNames": _ID, "minProperties": some}
    return {"title": title, "type": "object", **names, "additionalProperties": dict(values)}


_STAGE = _object(["title", "source"], {"title": _TITLE, "source": _SOURCE})
_FILING = _object(
    ["title", "to", "covers", "materials", "source"],
    {
        "title": _TITLE,
        "to": {**_ID, "title": "向谁申报"},
        "covers": {**_NAMES, "title": "包括谁的监管"},
        "materials": {**_NAMES, "title": "所附材料"},
        "source": _SOURCE,
    },
)
_DELEGATION = _object(
    ["of", "to", "article", "source"],
    {
        "of": {**_ID, "title": "委托方"},
        "to": {**_ID, "title": "受托方"},
        "article": {**_TEXT, "title": "依据"},
        "source": _SOURCE,
    },
)
_SILENCE = _object(
    ["means", "article"],
    {
        "means": {
            "title": "逾期没有答复",
            "description": "no-objection only of 部门意见; it is never an approval.",
            "type": "string",
            "enum": [NOTHING, NO_OBJECTION],
        },
        "article": {**_TEXT, "title": "依据"},
    },
)
_SAMPLING = _object(
    ["of", "title", "percent", "at_least"],
    {
        "of": {**_POINTER, "title": "总数取自"},
        "title": _TITLE,
        "percent": {"title": "百分之几", "type": "integer", "minimum": 1, "maximum": 100},
        "at_least": {"title": "至少几个", "type": "integer", "minimum": 1, "maximum": 1000},
    },
)
_ITEM = _object(
    ["title", "stage", "by", "kind", "article", "within", "source"],
    {
        "title": _TITLE,
        "stage": {**_ID, "title": "环节"},
        "by": {**_ID, "title": "谁决定"},
        "kind": {"title": "类别", "type": "string", "enum": list(KINDS)},
        "article": {**_TEXT, "title": "依据"},
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
_MATERIAL = _object(
    ["title", "issuer", "stage", "consumers", "source"],
    {
        "title": _TITLE,
        "issuer": {**_TEXT, "title": "由谁出具"},
        "stage": {**_ID, "title": "最迟在哪个环节"},
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
_CHECK = _object(
    ["title", "clause", "items", "source"],
    {
        "title": _TITLE,
        "clause": {**_TEXT, "title": "依据"},
        "items": {**_NAMES, "title": "由哪些事项查"},
        "evidence": {**_NAMES, "title": "凭哪些材料查"},
        "on_site": {**_TRUTH, "title": "现场查看"},
        "parts": _PARTS,
        "source": _SOURCE,
    },
)
_DROPPED = _object(
    ["why"],
    {
        "why": {**_TEXT, "title": "为什么不再要"},
        "instead": {**_NAMES, "title": "查什么代替", "description": "Materials or items."},
    },
)
_WHOLE = _object(
    ["stage", "title", "legal", "extended", "article"],
    {
        "stage": {**_ID, "title": "从哪个环节起算"},
        "title": _TITLE,
        "legal": {**_LEGAL, "title": "总期限"},
        "extended": {**_LEGAL, "title": "批准延长后的总期限"},
        "article": {**_TEXT, "title": "依据"},
        "remind": {"title": "提醒", "type": "string", "pattern": terms.AHEAD},
    },
)
_COUNT: Mapping[str, Any] = {"type": "integer", "minimum": 1, "maximum": 500}
SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "联合验收的事项和材料",
    "$defs": {"condition": conditions.SCHEMA},
    **_object(
        ["procedure", "title", "source", "counts", "roles", "parts"]
        + ["stages", "filings", "items", "materials", "checks"],
        {
            "procedure": {**_ID, "title": "标识"},
            "title": _TITLE,
            "source": _SOURCE,
            "counts": {
                "title": "各有几项",
                "description": "So that a line that got lost is told.",
                **_object(list(COUNTED), dict.fromkeys(COUNTED, _COUNT)),
            },
            "roles": _by_name(_TEXT, "角色"),
            "parts": _by_name(_TEXT, "建筑的部位"),
            "stages": _by_name(_STAGE, "环节"),
            "filings": _by_name(_FILING, "申报"),
            "whole": {**_WHOLE, "title": "联合验收总期限"},
            "delegations": {"title": "委托", "type": "array", "items": _DELEGATION},
            "items": _by_name(_ITEM, "事项"),
            "materials": _by_name(_MATERIAL, "材料"),
            "checks": _by_name(_CHECK, "检查"),
            "merged": _by_name(_ID, "并入的事项", some=0),
            "dropped": _by_name(_DROPPED, "不再要的材料", some=0),
        },
    ),
}
