"""Where the site's lists of revoked certificates come from, and for how long an old one will do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

_TEXT = {"type": "string", "minLength": 1}
SCHEMA: Mapping[str, Any] = {
    "title": "吊销列表",
    "description": "不写则不查吊销列表，只认两人在本站撤下的密钥。",
    "type": "object",
    "additionalProperties": False,
    "required": ["lists"],
    "properties": {
        "lists": {
            "title": "来源",
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["issuer"],
                "oneOf": [{"required": ["file"]}, {"required": ["connection"]}],
                "properties": {
                    "issuer": _TEXT
                    | {"title": "签发机构", "description": "CA 证书的通用名（CN）。"},
                    "file": _TEXT
                    | {"title": "文件", "description": "相对于站点目录；由别的程序放进来。"},
                    "connection": _TEXT
                    | {"title": "连接标识", "description": "Airflow 连接的名称，HTTP 或 HTTPS。"},
                    "path": _TEXT
                    | {"title": "路径", "description": "连接之后的路径，如 `/ca.crl`。"},
                },
            },
        },
        "budget_days": {
            "title": "宽限天数",
            "description": "列表过了下次更新时间、来源又取不到时，旧列表还可用几天。过后一律不收不发。",
            "type": "integer",
            "minimum": 0,
            "maximum": 30,
            "default": 7,
        },
        "every_minutes": {
            "title": "间隔",
            "description": "每隔多少分钟取一次。",
            "type": "integer",
            "minimum": 1,
            "maximum": 1440,
            "default": 60,
        },
    },
}


@dataclass(frozen=True, slots=True)
class ListSource:
    """One authority's list: a file, or a path behind an HTTP connection."""

    issuer: str
    """Common name of the authority's certificate."""
    file: Path | None = None
    connection: str = ""
    path: str = "/"


@dataclass(frozen=True, slots=True)
class Revocation:
    """All sources; none: nobody asks for lists."""

    sources: tuple[ListSource, ...] = ()
    budget: timedelta = timedelta(days=7)
    every: timedelta = timedelta(minutes=60)


def revocation(told: Mapping[str, Any], folder: Path) -> Revocation:
    """What ``site.yaml`` says.

    >>> revocation({"lists": [{"issuer": "CA", "file": "a.crl"}], "budget_days": 3}, Path("s")).budget.days
    3
    """
    sources = [
        ListSource(
            each["issuer"],
            folder / each["file"] if "file" in each else None,
            each.get("connection", ""),
            each.get("path", "/"),
        )
        for each in told.get("lists", ())
    ]
    return Revocation(
        tuple(sources),
        timedelta(days=told.get("budget_days", 7)),
        timedelta(minutes=told.get("every_minutes", 60)),
    )
