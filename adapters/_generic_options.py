"""What a site writes about a system that no adapter knows: its wire, and what can be done there."""

from __future__ import annotations

from typing import Any

from adapters import _feed_options
from adapters._generic_schema import (
    ANYWHERE,
    CONTENT,
    LAYOUT_AGAIN,
    MESSAGE,
    PATTERN,
    POINTER,
    TEXT,
    UNWRAP,
    VERDICTS,
    WRAP_AGAIN,
    Schema,
    by_pointer,
    closed,
    listed,
    rule,
)

NAME = "^[a-z][a-z_]*$"
_PATHS = listed({"type": "string", "pattern": "^[^/]+(/[^/]+)+$"})

ANSWER: Schema = closed(
    {
        **CONTENT,
        "success": rule(
            "办成", "全部成立才算办成；不符合任何规则的应答一律为结果未知。", first=True
        ),
        "stored": rule("已收下", "对方已收下，还要等其办理：由 probe 继续查询。"),
        "written": {
            "title": "写入之后",
            "description": "没有应答的线路（库表、文件、网闸）：写入即办成 applied，或等对方办理 stored。",
            "enum": ["stored", "applied"],
        },
        **VERDICTS,
    },
    title="应答怎么读",
)
PROBE: Schema = closed(
    {
        **MESSAGE,
        "wrap": WRAP_AGAIN,
        "take": by_pointer(
            POINTER, title="取自所发报文的字段", description="查询中的位置 → 所发报文中的位置。"
        ),
        **CONTENT,
        "there": rule("查到已办成"),
        "waiting": rule("查到已收下，尚未办"),
        "not_there": rule("肯定没有", "只写对方明确说没有的情形；拿不准的不写，一律为未知。"),
        **VERDICTS,
    },
    ("call", "there"),
    title="怎样查询是否已办成",
)
_MOMENT = {
    "at": POINTER | {"title": "位置"},
    "format": PATTERN
    | {"title": "写法", "description": "北京时间。", "default": "yyyy-MM-dd HH:mm:ss"},
}
_STATE = listed({"type": ["string", "integer"]})
BOOKS: Schema = closed(
    {
        "call": MESSAGE["call"],
        "constants": MESSAGE["constants"],
        "credentials": MESSAGE["credentials"],
        "wrap": WRAP_AGAIN,
        "since": closed(_MOMENT, ("at",), title="起始时间（含）"),
        "until": closed(_MOMENT, ("at",), title="截止时间（不含）"),
        "page": closed(
            {
                "at": POINTER | {"title": "页号的位置"},
                "first": {"title": "首页的页号", "type": "integer", "minimum": 0, "default": 1},
                "size_at": POINTER | {"title": "每页条数的位置"},
                "size": {"title": "每页条数", "type": "integer", "minimum": 1, "maximum": 10000},
            },
            ("at", "size"),
            title="分页",
            description="逐页读取，直到总条数（total）；没有总条数的，直到空页。不写则一次给出全部。",
        ),
        "unwrap": UNWRAP,
        "success": rule("是一份完整的清单"),
        "rows": ANYWHERE | {"title": "清单的位置"},
        "empty": rule("是一份空的清单（对方连清单的位置都没有时写）"),
        "total": POINTER | {"title": "总条数的位置", "description": "有则核对，不符即不对账。"},
        "effect_key": POINTER | {"title": "每条中效力键的位置"},
        "reference": POINTER | {"title": "每条中对方编号的位置"},
        "at": closed(_MOMENT, ("at",), title="每条的办理时间"),
        "state": closed(
            {
                "at": POINTER | {"title": "位置"},
                "applied": _STATE | {"title": "已办成"},
                "refused": _STATE | {"title": "未予办理"},
                "waiting": _STATE | {"title": "尚未办"},
            },
            ("at", "applied"),
            title="每条的状态",
            description="不写则清单中的都是已办成的。有别的值时不对账。",
        ),
    },
    ("call", "success", "rows", "effect_key", "at"),
    title="对账清单",
)

NEWS: Schema = closed(
    {name: told | {"$comment": "as above"} for name, told in BOOKS["properties"].items()},
    tuple(BOOKS["required"]),
    title="答复清单",
    description="对方按答复时间列出人已答复的业务（各项同 books，时间为答复时间）。写了它，等人答复的业务不再逐笔查询："
    "列出的当场去查，其余一天查一次。只作提示，结果仍以 probe 为准。",
)

OPERATION: Schema = closed(
    {
        "title": TEXT | {"title": "名称", "description": "中文。"},
        "needs": {
            "title": "需要的数据",
            "description": "名称 → 数据种类。",
            "type": "object",
            "propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"},
            "additionalProperties": TEXT,
            "default": {},
        },
        "gives": TEXT | {"title": "产出的数据种类"},
        "effect": {
            "title": "是否改变对方",
            "description": "查询写 false。",
            "type": "boolean",
            "default": True,
        },
        "identity": _PATHS | {"title": "同一性", "description": "如 birth/certificate/number。"},
        "asks": _PATHS
        | {
            "title": "查询另带的字段",
            "description": "用于 effect: false：除同一性外，问的时候对方还要的字段（如姓名；整张清单写 发票/*）；应答不必再说一遍。",
        },
        "occurrence": _PATHS
        | {"title": "再次发生", "description": "使同一事物可再办一次的（月份、期次）。"},
        "idempotence": {
            "title": "应答丢失后",
            "description": "natural 重发无妨；keyed 对方按效力键查重；probe 先查询；none 由人查明。",
            "enum": ["natural", "keyed", "probe", "none"],
        },
        "irreversible": {"title": "不可撤销", "type": "boolean", "default": False},
        "settle_s": {
            "title": "失联后的等待秒数",
            "description": "应答丢失后对方可能仍在处理；超过此时间才查询或重发。宁长勿短。",
            "type": "number",
            "minimum": 0,
            "default": 30,
        },
        "amends": TEXT | {"title": "更正哪个操作的结果"},
        "revokes": TEXT | {"title": "撤销哪个操作的结果"},
        **MESSAGE,
        "answer": ANSWER,
        "probe": PROBE,
        "books": BOOKS,
        "news": NEWS,
    },
    ("title", "call", "answer"),
)
_FEED = _feed_options.OPTIONS["properties"]
_STREAM = _FEED["streams"]["additionalProperties"]
_STREAMS: Schema = {
    **_FEED["streams"],
    "additionalProperties": {
        **_STREAM,
        "properties": {**_STREAM["properties"], "layout": LAYOUT_AGAIN},
    },
}

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "通用适配器（只用配置接入的系统）",
    "description": "没有专用适配器的系统：线路、操作、映射、应答的读法全部写在系统文件里。"
    "写法见 how-to/connect-a-system.md。",
    **closed(
        {
            "wire": TEXT | {"title": "线路", "description": "见下：各线路的设置。"},
            "settings": {
                "title": "线路的设置",
                "description": "随线路不同，见下。",
                "type": "object",
                "default": {},
            },
            "operations": {
                "title": "操作",
                "description": "键为操作名称（小写字母和下划线），事项文件的 do 用它。",
                "type": "object",
                "minProperties": 1,
                "propertyNames": {"pattern": NAME},
                "additionalProperties": OPERATION,
            },
            "receive": closed(
                {
                    "settings": _FEED["settings"],
                    "streams": _STREAMS,
                    "most_per_poll": _FEED["most_per_poll"],
                    "wait_s": _FEED["wait_s"],
                },
                ("streams",),
                title="也从该系统取报文",
                description="与报文来源（feed）相同，线路同上。",
            ),
        },
        ("wire", "operations"),
    ),
}
