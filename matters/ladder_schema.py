"""What a ladder's file may say (JSON Schema 2020-12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matters import terms
from matters.schema_parts import ID, TEXT, by_name, closed

_NAMES: Mapping[str, Any] = {"type": "array", "minItems": 1, "items": ID, "uniqueItems": True}
_LEGAL: Mapping[str, Any] = {"type": "string", "pattern": terms.LEGAL}


_EVENT = closed(
    ["title", "by"],
    {
        "title": {**TEXT, "title": "名称"},
        "by": {**_NAMES, "title": "谁可以登记", "description": "Roles that may tell it."},
        "hands_over": {
            "title": "移交",
            "description": "It names the unit that has the case from now on.",
            "type": "boolean",
        },
        "takes_over": {
            "title": "接手",
            "description": "The unit that tells it has the case from now on.",
            "type": "boolean",
        },
        "marks": {
            "title": "只影响期限",
            "description": "It moves nothing; periods begin and end by it.",
            "type": "boolean",
        },
        "once": {
            "title": "只有一次的事实",
            "description": "Of what only marks: told again it corrects what was told before.",
            "type": "boolean",
        },
    },
)
_STATE = closed(
    ["title"],
    {
        "title": {**TEXT, "title": "名称"},
        "owner": {
            **ID,
            "title": "责任方",
            "description": "Role that must see to it; holder: the unit that has the case.",
        },
        "ended": {"title": "已结束", "type": "boolean"},
    },
)
_FROM: Mapping[str, Any] = {
    "title": "从",
    "description": "States; an empty text: nothing has happened on the track.",
    "type": "array",
    "minItems": 1,
    "items": {"type": "string", "pattern": f"{ID['pattern']}|^$"},
    "uniqueItems": True,
}
_EDGE = closed(
    ["event", "from", "to"],
    {
        "event": {**ID, "title": "事件"},
        "from": _FROM,
        "to": {**ID, "title": "到"},
        "needs": {
            **_NAMES,
            "title": "须先有其一",
            "description": "Events one of which must have happened.",
        },
    },
)
_CLOCK = closed(
    ["title", "legal", "article", "owner", "starts"],
    {
        "title": {**TEXT, "title": "名称"},
        "legal": {**_LEGAL, "title": "期限"},
        "article": {**TEXT, "title": "依据"},
        "owner": {**ID, "title": "到期找谁", "description": "A role, or holder."},
        "starts": {**_NAMES, "title": "起算"},
        "stops": {**_NAMES, "title": "结束"},
        "interrupts": {**_NAMES, "title": "中断", "description": "Begin it anew while it runs."},
        "revives": {
            **_NAMES,
            "title": "重新起算",
            "description": "Begin it anew, also when over.",
        },
        "suspends": {**ID, "title": "中止"},
        "resumes": {**ID, "title": "中止结束"},
        "extends": by_name(_LEGAL, "延长到"),
        "before": {
            "title": "倒算",
            "description": "Counted back from the day of the event.",
            "type": "boolean",
        },
        "remind": {"title": "提醒", "type": "string", "pattern": terms.AHEAD},
        "opens": {
            **TEXT,
            "title": "到期以后",
            "description": "Chinese: what follows, or what a party may do.",
        },
    },
)
_TRACK = closed(
    ["title", "states", "edges"],
    {
        "title": {**TEXT, "title": "名称"},
        "states": by_name(_STATE, "状态"),
        "edges": {"title": "路径", "type": "array", "minItems": 1, "items": _EDGE},
    },
)
SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "办理阶梯",
    **closed(
        ["ladder", "title", "roles", "events", "tracks", "clocks"],
        {
            "ladder": {**ID, "title": "标识"},
            "title": {**TEXT, "title": "名称"},
            "roles": by_name(TEXT, "角色"),
            "events": by_name(_EVENT, "事件"),
            "tracks": by_name(_TRACK, "轨道"),
            "clocks": by_name(_CLOCK, "期限"),
        },
    ),
}
