"""What ``syncs/‹name›.yaml`` may say: a JSON Schema with Chinese titles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.recipient import FILE
from zhida.grants_schema import PERIOD
from zhida.sync_source_schema import CURSOR, GATE, ID, NAME, NAMES, SOURCE, TABLE

_PERCENT = {"type": "integer", "minimum": 0, "maximum": 100}
_WHOLE = ("list", "gate")
"""Sources that need no cursor: what comes of them comes as a whole."""

SYNC: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "定时同步",
    "type": "object",
    "additionalProperties": False,
    "required": ["sync", "title", "source", "key", "agreement", "targets", "mode", "fresh"],
    "allOf": [
        {
            "if": {
                "anyOf": [
                    {"properties": {"mode": {"const": "snapshot"}}, "required": ["mode"]},
                    *({"properties": {"source": {"required": [each]}}} for each in _WHOLE),
                ]
            },
            "else": {"required": ["cursor"]},
        },
        {
            "if": {"properties": {"source": {"required": ["gate"]}}},
            "then": {"not": {"anyOf": [{"required": [n]} for n in ("cursor", "mapping")]}},
        },
        {"not": {"required": ["schedule", "after"]}},
    ],
    "properties": {
        "sync": ID | {"title": "同步标识", "description": "与文件名相同。"},
        "title": NAME | {"title": "名称"},
        "source": SOURCE,
        "key": NAMES | {"title": "主键列", "description": "几列合起来唯一标识一行。"},
        "cursor": CURSOR,
        "mapping": ID | {"title": "映射", "description": "一行怎样变成目标的一行；缺省原样。"},
        "agreement": {
            "title": "依据哪份协议",
            "description": "提供单位为来源系统的单位，使用单位为目标系统的单位；协议须包含写入的每一列。",
            "type": "object",
            "additionalProperties": False,
            "required": ["document", "purpose"],
            "properties": {
                "document": ID | {"title": "数据种类"},
                "purpose": ID | {"title": "使用目的"},
            },
        },
        "targets": {
            "title": "写到哪里",
            "description": "几个目标各走各的：一个停了，别的照常。每个目标写 table、route、file、gate 中的一个。",
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["system"],
                "oneOf": [
                    {"required": ["table"]},
                    {"required": ["route"], "not": {"required": ["schema"]}},
                    {"required": ["file"], "not": {"required": ["schema"]}},
                    {"required": ["gate", "hub"], "not": {"required": ["schema"]}},
                ],
                "properties": {
                    **TABLE,
                    "route": NAME
                    | {
                        "title": "发成消息：路由键",
                        "description": "系统为适配器 recipient、线路 amqp；默认交换机的路由键即队列名。",
                        "maxLength": 255,
                    },
                    "file": FILE,
                    **GATE,
                    "key": NAMES | {"title": "目标的主键列", "description": "缺省与 key 相同。"},
                },
            },
        },
        "mode": {
            "title": "方式",
            "description": "append：只增，来源改了的行不写、隔离；upsert：增和改；"
            "snapshot：每次读全表，来源没有的从目标删除（目标表只归本同步写）。",
            "enum": ["append", "upsert", "snapshot"],
        },
        "schedule": {
            "title": "何时运行",
            "description": "cron 五段，北京时间；不写且没有 after 的只手工运行。",
            "type": "string",
            "pattern": r"^[0-9*/,\-]+( [0-9*/,\-]+){4}$",
        },
        "after": ID | {"title": "在哪个同步之后运行"},
        "batch": {
            "title": "一批多少行",
            "description": "一批签一次名，在目标库中是一个事务。",
            "type": "integer",
            "minimum": 1,
            "maximum": 100_000,
            "default": 16_384,
        },
        "fresh": {
            "title": "多久之内算新",
            "description": "最近一次成功早于此，zhida sync status 标为过期。",
            "type": "string",
            "pattern": PERIOD,
        },
        "stop": {
            "title": "什么情况下停下来",
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "drop": _PERCENT
                | {
                    "title": "来源行数比上次少百分之几",
                    "description": "超过即停，什么也不写：多半是对方清了表。",
                    "default": 20,
                },
                "errors": _PERCENT
                | {
                    "title": "一批中出错的行占百分之几",
                    "description": "超过即停，这一批不写；不满十行的不算。",
                    "default": 5,
                },
            },
        },
        "drift": {
            "title": "来源的列变了怎么办",
            "description": "stop：停；ignore：新列不理，类型变了的值放得下就写；quarantine：新列有值的行、"
            "值的种类变了的行隔离，其余照常。用到的列没有了，总是停。",
            "enum": ["stop", "ignore", "quarantine"],
            "default": "stop",
        },
        "retention": {
            "title": "签名的数据保存多久",
            "type": "string",
            "pattern": r"^[1-9][0-9]? years?$",
            "default": "10 years",
        },
    },
}
