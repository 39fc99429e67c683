"""What ``duty.yaml`` of a site may say: who is on duty when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FILE = "duty.yaml"
_ID = {"type": "string", "pattern": r"^[\p{L}\p{N}_.-]+$"}
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_HOURS = r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$"

SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "值班表",
    "type": "object",
    "additionalProperties": False,
    "required": ["shifts", "roster"],
    "properties": {
        "shifts": {
            "title": "班次",
            "description": "班次名称和起止（北京时间）。止不晚于起的，到第二天；起止相同是二十四小时。",
            "type": "object",
            "minProperties": 1,
            "propertyNames": _ID,
            "additionalProperties": {"title": "起止", "type": "string", "pattern": _HOURS},
        },
        "people": {
            "title": "值班的人",
            "description": "不写也能值班，只是机器人不能点名。",
            "type": "object",
            "additionalProperties": {
                "title": "操作人",
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "mobile": {
                        "title": "手机号",
                        "description": "机器人用它点名；不进日志，不进账本。",
                        "type": "string",
                        "pattern": "^1[0-9]{10}$",
                    },
                },
            },
        },
        "roster": {
            "title": "排班",
            "description": "日期（加引号）→ 班次 → operators/ 中的操作人。",
            "type": "object",
            "propertyNames": {"pattern": _DAY},
            "additionalProperties": {
                "title": "一天",
                "type": "object",
                "additionalProperties": _ID | {"title": "操作人"},
            },
        },
    },
}
