"""What a site's ``baseline.yaml`` may say: a JSON Schema with Chinese titles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FILE = "baseline.yaml"
_ID = {"type": "string", "pattern": r"^[\p{L}\p{N}_.-]+$"}
_TEXT = {"type": "string", "minLength": 1, "maxLength": 500}
_NUMBER = {"type": "integer", "minimum": 0, "maximum": 100000}
FIGURES: Mapping[str, tuple[str, str]] = {
    "links": ("环节（对接的单位）", "个"),
    "filings": ("申报", "次"),
    "items": ("事项", "项"),
    "materials": ("材料", "份"),
    "visits": ("跑动", "次"),
    "working_days": ("时限", "个工作日"),
    "days": ("时限", "天"),
}
"""Figure → what people call it, and its unit."""
ENTRY: Mapping[str, Any] = {
    "title": "一处来源说的改革前数字",
    "description": "同一主题可以有几处来源；同一个数字只写一次。不知道的不写，报表写“未知”。",
    "type": "object",
    "additionalProperties": False,
    "required": ["service", "source"],
    "properties": {
        "service": _ID | {"title": "主题标识"},
        "as_of": {
            "title": "是哪一天的情况",
            "description": "来源没有写的就不写，报表写“未知”，并列进要办的事。",
            "type": "string",
            "format": "date",
            "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        },
        "source": _TEXT | {"title": "来源", "description": "文件名、文号、页码，查得到的写法。"},
        "confirmed_by": _TEXT
        | {"title": "谁确认", "description": "姓名、单位、日期。没有确认的，报表注明“未确认”。"},
        **{
            name: _NUMBER | {"title": f"改革前：{title}（{unit}）"}
            for name, (title, unit) in FIGURES.items()
        },
    },
}
SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "改革前的数字",
    "type": "object",
    "additionalProperties": False,
    "required": ["baseline"],
    "properties": {"baseline": {"title": "各处来源", "type": "array", "items": ENTRY}},
}
