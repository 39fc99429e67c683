"""What a site says about a front-end database (前置机库): where it is, and how rows are taken."""

from __future__ import annotations

from typing import Any

_COLUMN = {"type": "string", "minLength": 1}

DATABASE: dict[str, Any] = {
    "driver": {"title": "数据库种类", "enum": ["postgresql", "mysql", "sqlite"]},
    "database": {"title": "库名", "description": "sqlite 为文件的绝对路径。", **_COLUMN},
    "url": {
        "title": "SQLAlchemy 地址",
        "description": "不含账号口令；驱动须另行安装。Oracle、SQL Server、达梦、人大金仓均未经验证。",
        **_COLUMN,
    },
    "timeout_s": {"title": "等待应答的秒数", "type": "integer", "minimum": 1, "default": 30},
}
"""Which database it is, for every use of it."""
ONE_OF: list[dict[str, Any]] = [{"required": ["driver", "database"]}, {"required": ["url"]}]
_TABLE: dict[str, Any] = {
    "table": {"title": "表名", **_COLUMN},
    "schema": {"title": "模式", **_COLUMN},
}

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "前置机库表",
    "description": "连接给出 host、port、login、password；extra 的 ca、cert、key、key_password、crl 为 TLS 文件，"
    "写明即用 TLS 并核对证书与主机名。已验证 PostgreSQL、MySQL/MariaDB；"
    "其他数据库以 url 连接，未经验证。",
    "type": "object",
    "additionalProperties": False,
    "required": ["tables"],
    "oneOf": ONE_OF,
    "properties": {
        **DATABASE,
        "claimant": {
            "title": "领取人名称",
            "description": "写入领取人列；本系统的各进程使用同一名称，接着处理中断的。",
            "type": "string",
            "minLength": 1,
            "default": "zhida",
        },
        "tables": {
            "title": "库表",
            "description": "键为数据流名称。",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["table", "key"],
                "oneOf": [{"required": ["mark"]}, {"required": ["status"]}],
                "properties": {
                    **_TABLE,
                    "key": {
                        "title": "主键列",
                        "type": "array",
                        "minItems": 1,
                        "uniqueItems": True,
                        "items": _COLUMN,
                    },
                    "columns": {
                        "title": "读取的列",
                        "description": "缺省为除状态、领取列外的所有列；浮点和二进制列须排除。",
                        "type": "array",
                        "minItems": 1,
                        "uniqueItems": True,
                        "items": _COLUMN,
                    },
                    "mark": {
                        "title": "时间戳列或递增序号列",
                        "description": "按游标读取。",
                        **_COLUMN,
                    },
                    "overlap": {
                        "title": "重叠（秒或序号数）",
                        "description": "每次回看这么多，以免漏掉晚提交的行；应大于对方最长事务。",
                        "type": "integer",
                        "minimum": 0,
                        "default": 600,
                    },
                    "status": {"title": "状态列", "description": "按状态领取并回写。", **_COLUMN},
                    "new": {"title": "待取的状态值", "type": "string", "default": "0"},
                    "claimed": {
                        "title": "已领取的状态值",
                        "type": "string",
                        "default": "1",
                    },
                    "done": {
                        "title": "已入库的状态值",
                        "type": "string",
                        "default": "2",
                    },
                    "claimed_by": {"title": "领取人列", **_COLUMN},
                    "claimed_at": {"title": "领取时间列", **_COLUMN},
                    "release_s": {
                        "title": "领取后多少秒未完成即可重新领取",
                        "description": "须有领取时间列；只对其他领取人留下的行有意义。",
                        "type": "integer",
                        "minimum": 1,
                        "default": 900,
                    },
                },
            },
        },
    },
}
"""``tables`` in two modes: with ``mark`` (read behind a cursor) or with ``status`` (claimed)."""

CALL_OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "前置机库表（写入、查询）",
    "description": "连接给出 host、port、login、password。已验证 PostgreSQL、MySQL/MariaDB；"
    "其他数据库以 url 连接，未经验证。",
    "type": "object",
    "additionalProperties": False,
    "required": ["tables"],
    "oneOf": ONE_OF,
    "properties": {
        **DATABASE,
        "tables": {
            "title": "库表",
            "description": "键为操作中的名称：“insert 名称”写入一行，“select 名称”按相等条件查询。",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["table"],
                "properties": {
                    **_TABLE,
                    "key": {
                        "title": "主键列",
                        "description": "写入时必填：同键同值的行算作已写入，同键不同值即拒绝。"
                        "对方表应有主键或唯一索引。应答丢失时是否已写入未知，须先查询。",
                        "type": "array",
                        "minItems": 1,
                        "uniqueItems": True,
                        "items": _COLUMN,
                    },
                    "columns": {
                        "title": "查询返回的列",
                        "description": "缺省为所有列；浮点和二进制列须排除。",
                        "type": "array",
                        "minItems": 1,
                        "uniqueItems": True,
                        "items": _COLUMN,
                    },
                    "theirs": {
                        "title": "对方会改写的列",
                        "description": "如处理状态、处理时间：判断是否已写入时不比较。",
                        "type": "array",
                        "uniqueItems": True,
                        "items": _COLUMN,
                        "default": [],
                    },
                    "most": {
                        "title": "最多返回的行数",
                        "description": "超过即报错，不会只返回一部分。",
                        "type": "integer",
                        "minimum": 1,
                        "maximum": 100_000,
                        "default": 100,
                    },
                },
            },
        },
    },
}
