"""What ``syncs/‹name›.yaml`` may say of where it reads, and behind which cursor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ID = {"type": "string", "pattern": r"^[\p{L}\p{N}_.-]+$"}
NAME = {"type": "string", "minLength": 1}
NAMES = {"type": "array", "minItems": 1, "uniqueItems": True, "items": NAME}
TABLE: Mapping[str, Any] = {
    "system": ID
    | {"title": "系统标识", "description": "线路为 tables 的系统，如适配器 database。"},
    "table": NAME | {"title": "表名或视图名"},
    "schema": NAME | {"title": "模式"},
}
GATE: Mapping[str, Any] = {
    "gate": NAME
    | {"title": "经网闸：通道", "description": "系统为适配器 gate；一个通道只给一个同步。"},
    "hub": ID | {"title": "对侧的中枢", "description": "units/ 中的标识：它签的才收。"},
}
_NO_SCHEMA = {"not": {"required": ["schema"]}}

SOURCE: Mapping[str, Any] = {
    "title": "从哪里读",
    "type": "object",
    "additionalProperties": False,
    "required": ["system"],
    "oneOf": [
        {"required": ["table"]},
        {"required": ["query"], **_NO_SCHEMA},
        {"required": ["list"], **_NO_SCHEMA},
        {"required": ["gate", "hub", "columns"], **_NO_SCHEMA},
    ],
    "properties": {
        **TABLE,
        "query": NAME
        | {
            "title": "查询语句",
            "description": "一个 SELECT，不写分号、注释、参数、LIMIT；在只读事务中作为子查询执行。能建视图的，仍以视图为好。",
            "maxLength": 20_000,
        },
        "list": NAME | {"title": "名单", "description": "系统为适配器 lists：文件或分页的接口。"},
        **GATE,
        "columns": NAMES
        | {
            "title": "读取的列",
            "description": "缺省为第一次运行时的所有列；浮点和二进制列须排除。经网闸来的必填：只收这几列。",
        },
    },
}

CURSOR: Mapping[str, Any] = {
    "title": "游标",
    "description": "append、upsert 必填；snapshot、文件的名单整份读，不写。",
    "type": "object",
    "additionalProperties": False,
    "oneOf": [{"required": ["column"]}, {"required": ["columns"]}],
    "dependentRequired": {"format": ["parameter"], "first": ["parameter"]},
    "properties": {
        "column": NAME | {"title": "更新时间列或递增序号列"},
        "columns": NAMES
        | {
            "title": "几列合成的游标",
            "description": "先比第一列，相同再比第二列：日期加时间，日期加序号。",
            "minItems": 2,
            "maxItems": 4,
        },
        "look_back": {
            "title": "每次回看多久",
            "description": "时间列：多少秒，长于对方最长的事务；序号列：回看多少号。迟到的行在回看之内就不会漏。",
            "type": "integer",
            "minimum": 0,
            "default": 600,
        },
        "parameter": NAME
        | {
            "title": "接口的参数名",
            "description": "用于分页的接口：对方只给游标不早于此的行。对方按“大于”比较的，look_back 不写 0。",
        },
        "format": {
            "title": "参数怎么写",
            "description": "strftime 的写法，按北京时间，以 Z 结尾的按 UTC；epoch、epoch_ms 为 1970 年以来的秒、毫秒。"
            "缺省 %Y-%m-%d %H:%M:%S；列为整数的写 %d，缺省原样。",
            "type": "string",
            "minLength": 1,
        },
        "first": {
            "title": "第一次用的值",
            "description": "对方不许不写参数的才写；缺省第一次不带参数，读全部。",
            "type": "string",
            "minLength": 1,
        },
    },
}
