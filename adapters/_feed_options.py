"""What a bureau configures for messages that wait on a wire, and the check of a wire's own part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

from adapters import _camt_credits, _endpoint
from adapters._records_options import ENCODING, FORMATS, LAYOUT, WIRE
from exchange.errors import Fact, Fatal, Problem
from exchange.names import nearest
from mappings import schema_rule
from mappings.yaml_file import escape

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "报文来源（目录、SFTP、前置机库表、消息队列）",
    "description": "从一种线路上取报文，经映射成为数据，据以开启办件；入库后才向线路确认。",
    "type": "object",
    "additionalProperties": False,
    "required": ["wire", "streams"],
    "properties": {
        "wire": WIRE,
        "settings": {
            "title": "线路的设置",
            "description": "随线路不同，见下。",
            "type": "object",
            "default": {},
        },
        "streams": {
            "title": "数据流",
            "description": "键为数据流名称：与线路设置中的相同（消息队列为队列名）。",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["kind", "mapping"],
                "properties": {
                    "kind": {"title": "文档种类", "type": "string"},
                    "mapping": {"title": "读取报文的映射文件", "type": "string"},
                    "format": {
                        "title": "报文格式",
                        "description": "csv-row、tsv-row：表头加一行（线路设置 split: csv）；"
                        "csv、fixed（定长）、xlsx、xml：整个文件（split: whole），版式见 layout；"
                        "camt.054：ISO 20022 入账通知，records: many，一笔收款一份，key: /id。",
                        "enum": ["json", "csv-row", "tsv-row", *FORMATS, _camt_credits.FORMAT],
                        "default": "json",
                    },
                    "layout": LAYOUT,
                    "records": {
                        "title": "一个文件几条记录",
                        "description": "用于 csv、fixed、xlsx、xml、camt.054。one：恰好一条；many：每条各为一份报文，"
                        "全部入库后文件才归档。文件读不懂则整个不受理，并列出全部错误；"
                        "个别记录不合映射的，只影响该条。",
                        "enum": ["one", "many"],
                        "default": "one",
                    },
                    "encoding": ENCODING,
                    "key": {
                        "title": "报文编号的字段",
                        "description": "JSON Pointer。同号报文只受理一次，以首份可读者为准；"
                        "缺省时内容有变即为另一份报文。",
                        "type": "string",
                        "pattern": "^(/[^/]+)+$",
                    },
                },
            },
        },
        "most_per_poll": {
            "title": "每次最多读取的报文数",
            "type": "integer",
            "minimum": 1,
            "default": 200,
        },
        "wait_s": {
            "title": "没有报文时等候的秒数",
            "description": "常驻接收程序可等候片刻，使报文随到随收。",
            "type": "number",
            "minimum": 0,
            "maximum": 1,
            "default": 0,
        },
    },
}


def settings(schema: Mapping[str, Any], told: Mapping[str, Any], wire: str) -> dict[str, Any]:
    """The wire's own settings, checked by ``check`` and with their defaults."""
    check(schema, told, wire)
    return _endpoint.completed(schema, told)


def check(schema: Mapping[str, Any], settings: Mapping[str, Any], wire: str) -> None:
    """``Fatal`` with the first of ``problems``."""
    for _, problem in problems(schema, settings, wire):
        raise Fatal(problem.code, **problem.facts)


def problems(
    schema: Mapping[str, Any], settings: Mapping[str, Any], wire: str
) -> Iterator[tuple[str, Problem]]:
    """The wire's own settings under its own declaration: each mistake with its place.

    A problem tells the place, the rule, and for an unknown key the nearest; never what stood there.
    """
    for error in schema_rule.validator(schema).iter_errors(settings):
        at = "/settings" + "".join(f"/{escape(str(part))}" for part in error.instance_path)
        kind = error.kind
        if not isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
            rule = schema_rule.told(error)
            yield at, Problem("feed.settings", {"wire": wire, "path": at, "rule": rule})
            continue
        for name in kind.unexpected:
            near = nearest(name, _known(schema, error))
            path = f"{at}/{escape(name)}"
            facts: dict[str, Fact] = {"wire": wire, "path": path, "nearest": near}
            yield path, Problem("feed.unknown-setting", facts)


def _known(schema: Mapping[str, Any], error: jsonschema_rs.ValidationError) -> list[str]:
    node: Any = schema
    for part in list(error.schema_path)[:-1]:
        node = node[part]
    return list(node.get("properties", {}))
