"""What a site says about its drop folders: the same for a disk and for SFTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.pickup_claims import MAX_BYTES, Drop
from connectors.pickup_rules import Rule
from exchange.errors import Fatal

FOLDERS: dict[str, Any] = {
    "title": "接收目录",
    "description": "键为数据流名称；每个数据流一个目录，其中的 claimed、done 子目录由本系统建立。",
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {
        "type": "object",
        "additionalProperties": False,
        "required": ["folder"],
        "properties": {
            "folder": {
                "title": "目录",
                "description": "相对于连接所指的位置。",
                "type": "string",
                "pattern": r"^(?!/)(?!(.*/)?\.\.?(/|$))(?!.*//).*[^/]$",
            },
            "pattern": {
                "title": "文件名样式",
                "description": "只接收相符的文件，如 *.json。",
                "type": "string",
                "default": "*",
            },
            "complete": {
                "title": "怎样算写完",
                "description": "renamed：写完后改名；marker：另写标记文件；quiet：大小和时间不再变化。",
                "enum": ["renamed", "marker", "quiet"],
                "default": "renamed",
            },
            "unfinished": {
                "title": "未写完文件的后缀",
                "type": "array",
                "items": {"type": "string", "minLength": 1},
                "default": list(Rule().unfinished),
            },
            "marker": {
                "title": "标记文件的后缀",
                "description": "加在数据文件全名之后：births.json 的标记为 births.json.ok。",
                "type": "string",
                "minLength": 2,
                "default": ".ok",
            },
            "quiet_s": {
                "title": "不再变化的秒数",
                "type": "number",
                "exclusiveMinimum": 0,
                "default": 60,
            },
            "split": {
                "title": "怎样分成报文",
                "description": "whole：一个文件一条；lines：一行一条；csv：表头之后一行一条。",
                "enum": ["whole", "lines", "csv"],
                "default": "whole",
            },
            "same_row": {
                "title": "怎样算同一行",
                "description": "by-number：同一文件的同一行；by-content：内容相同即是（每日全量文件）。",
                "enum": ["by-number", "by-content"],
                "default": "by-number",
            },
            "max_bytes": {
                "title": "文件大小上限（字节）",
                "type": "integer",
                "minimum": 1,
                "default": MAX_BYTES,
            },
        },
    },
}


def drops(told: Mapping[str, Mapping[str, Any]]) -> dict[str, Drop]:
    """The drops of ``folders`` (valid under ``FOLDERS``). Two streams in one folder would take
    each other's files: ``Fatal files.same-folder``.

    >>> drops({"a": {"folder": "in", "split": "csv"}})["a"].split
    'csv'
    """
    made = {name: _drop(about) for name, about in told.items()}
    folders = [drop.folder for drop in made.values()]
    for name, drop in made.items():
        if folders.count(drop.folder) > 1:
            raise Fatal("files.same-folder", stream=name)
    return made


def _drop(about: Mapping[str, Any]) -> Drop:
    of_rule = set(Rule.__dataclass_fields__)
    rule = Rule(**{name: value for name, value in about.items() if name in of_rule})
    rest = {name: value for name, value in about.items() if name not in of_rule}
    return Drop(rule=rule, **rest)
