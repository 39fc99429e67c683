"""What a site says about the answers of one peer: the part of the options that makes a ``Reading``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.reading import Reading
from exchange.errors import Fatal, Rejected, Retriable, Unknown, ZhidaError

LEAVES: Mapping[str, type[ZhidaError]] = {
    "rejected": Rejected,
    "retriable": Retriable,
    "unknown": Unknown,
    "fatal": Fatal,
}
"""How a site names what the caller must do."""
_MEANING = {"enum": list(LEAVES)}

STATUSES: dict[str, Any] = {
    "title": "HTTP 状态码的含义",
    "description": "只写与通例不同的。rejected 对方拒绝；retriable 肯定没有办理，稍后再试；"
    "unknown 是否办理未知，先查询；fatal 须由人改正配置。",
    "type": "object",
    "propertyNames": {"pattern": "^[1-5][0-9]{2}$"},
    "additionalProperties": _MEANING,
    "default": {},
}
FAULTS: dict[str, Any] = {
    "title": "SOAP 错误码的含义",
    "description": "键为 faultcode 去掉前缀；没有列出的为 rejected，"
    "Server、Receiver 没有列出的仍为 unknown（对方可能已提交后才出错）。",
    "type": "object",
    "additionalProperties": _MEANING,
    "default": {"Server": "unknown", "Receiver": "unknown"},
}
READS: dict[str, Any] = {
    "title": "只读的操作",
    "description": "在对方不产生任何变化的操作，答复丢失时直接再问，不算未知。",
    "type": "array",
    "items": {"type": "string", "minLength": 1},
    "uniqueItems": True,
    "default": [],
}


def reading(options: Mapping[str, Any]) -> Reading:
    """From options that have passed the schemas above; what is not there has no say.

    >>> reading({"statuses": {"404": "unknown"}}).statuses[404].__name__
    'Unknown'
    """
    statuses = options.get("statuses", {}).items()
    faults = options.get("faults", {}).items()
    return Reading(
        statuses={int(status): LEAVES[leaf] for status, leaf in statuses},
        faults={fault: LEAVES[leaf] for fault, leaf in faults},
        reads=frozenset(options.get("reads", ())),
    )
