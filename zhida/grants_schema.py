"""What a site's ``grants.yaml`` may say: a JSON Schema with Chinese titles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FILE = "grants.yaml"
PERIOD = r"^[1-9][0-9]{0,3} (minute|hour|day)s?$"
_ID = {"type": "string", "pattern": r"^[\p{L}\p{N}_.-]+$"}

SOURCE: Mapping[str, Any] = {
    "title": "事实来源",
    "type": "object",
    "additionalProperties": False,
    "required": ["system", "fresh"],
    "properties": {
        "system": _ID | {"title": "系统标识", "description": "systems/ 中适配器为 bulk 的系统。"},
        "stream": _ID | {"title": "数据流", "default": "facts"},
        "gives": {
            "title": "给出哪些事实",
            "description": "缺省：事实目录中该单位的全部事实。协议须包含每一项。",
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"type": "string", "minLength": 1},
        },
        "lists": {
            "title": "每批是什么",
            "description": "whole：整份名单，不在其中的企业即未知；changes：只有变化的企业，其余沿用上次。",
            "enum": ["whole", "changes"],
            "default": "whole",
        },
        "every": {
            "title": "多久取一次",
            "description": "按北京时间的整日、整点数起；没有新的，三刻钟后再看。",
            "type": "string",
            "pattern": PERIOD,
            "default": "1 day",
        },
        "fresh": {
            "title": "多久之内算有效",
            "description": "超过即按未知处理，并在快照中写明。",
            "type": "string",
            "pattern": PERIOD,
        },
        "expected": {
            "title": "多久之内应有一份新的",
            "description": "过了那一天还没有的，开一个事件。缺省与 fresh 相同；节假日不交的，写长一些。",
            "type": "string",
            "pattern": PERIOD,
        },
        "most_invalid": {
            "title": "最多百分之几的行读不懂",
            "description": "超过则整批不受理：多半是对方换了格式。",
            "type": "integer",
            "minimum": 0,
            "maximum": 100,
            "default": 10,
        },
    },
}
_WAY = {"enum": ["portal", "sms", "officer", "none"]}
PUSH: Mapping[str, Any] = {
    "title": "政策找企业：怎样告知",
    "description": "没有写明的政策不推。portal：惠企门户；sms：短信；officer：惠企专员在 OA 中接到待办，联系企业；none：不推。",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "via": _WAY | {"title": "没有逐项写明的政策", "default": "none"},
        "policies": {
            "title": "逐项写明的政策",
            "description": "政策标识 → 渠道。",
            "type": "object",
            "additionalProperties": _WAY,
        },
    },
}
SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "惠企政策：事实从哪里来",
    "type": "object",
    "additionalProperties": False,
    "required": ["facts"],
    "properties": {
        "retention": {
            "title": "事实和快照保存多久",
            "type": "string",
            "pattern": r"^[1-9][0-9]? years?$",
            "default": "10 years",
        },
        "owner": _ID
        | {
            "title": "由谁过问",
            "description": "取不到、没有按时来时找的操作人（operators/）或单位；缺省中枢的联系人。",
        },
        "facts": {"title": "事实来源", "type": "array", "minItems": 1, "items": SOURCE},
        "push": PUSH,
    },
}
