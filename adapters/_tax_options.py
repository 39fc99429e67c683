"""What a bureau configures for the tax office's premium front-end, and the plan that it completes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from adapters._coded_wire import CALL, SETTINGS
from mappings.yaml_file import read_yaml

CALLS = {"pay": "POST /sbf/jf", "query": "POST /sbf/cx", "list": "POST /sbf/dz"}
CODES: Mapping[str, list[str]] = {
    "done": ["0000"],
    "none": ["1404"],
    "refused": ["1001", "1002", "1003"],
    "busy": ["9001"],
    "login": ["9901", "9902"],
    "duplicate": ["2001"],
}
STATES: Mapping[str, list[str]] = {"paid": ["1"], "waiting": ["0"], "failed": ["2"]}
PRESET: Mapping[str, Any] = {
    "body": "form",
    "auth": {
        "kind": "signature",
        "content": "{parameters}&key={secret}",
        "digest": "sm3",
        "encoding": "HEX",
        "place": "body",
        "names": {"app": "appKey", "timestamp": "requestTime", "sign": "sign"},
        "timestamp": "yyyyMMddHHmmss",
    },
}
"""A form with ``data`` (JSON), ``appKey``, ``requestTime`` and ``sign`` over all of them."""
_TEXT = {"type": "string", "minLength": 1}
_TITLES = {
    "pay": ("缴费", ""),
    "query": ("按流水号查询", ""),
    "list": ("对账", ""),
    "done": ("调用成功", "还须看缴费状态。"),
    "none": ("查无此流水号", "只写肯定没有的代码：据此会再次缴费。"),
    "refused": ("不予缴费", "肯定没有扣款，照原样重发也没有用。"),
    "busy": ("对方繁忙", "肯定没有扣款，稍后可照原样重发。"),
    "login": ("登录或签名有误", "肯定没有扣款，须由管理员处理。"),
    "duplicate": ("流水号重复", "这笔已经到过税务：先查询，不当作失败。"),
    "paid": ("已缴", ""),
    "waiting": ("处理中", ""),
    "failed": ("缴费失败", ""),
}


def _closed(title: str, description: str, defaults: Mapping[str, Any], each: Any) -> dict[str, Any]:
    """An object whose members have a title and a default of their own."""
    properties: dict[str, Any] = {}
    for name, default in defaults.items():
        called, about = _TITLES[name]
        properties[name] = {"title": called, **each, "default": default}
        properties[name] |= {"description": about} if about else {}
    made = {"title": title, "description": description, "type": "object", "default": {}}
    return {**made, "additionalProperties": False, "properties": properties}


_LIST = {"type": "array", "items": _TEXT, "minItems": 1, "uniqueItems": True}
OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "税务社保费征缴前置（居民医保费）",
    "description": "连接的 login 为 appKey，password 为密钥。税务的接口没有公开：表单中的 data（JSON）加 appKey、"
    "requestTime、sign 的写法，字段名、代码、状态都是推定；相差更大的用 generic 接入。",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "calls": _closed("调用", "“POST /路径”。", CALLS, CALL),
        "codes": _closed("应答代码（code）的含义", "没有列出的一律为结果未知。", CODES, _LIST),
        "states": _closed("缴费状态（jfzt）的含义", "没有列出的一律为结果未知。", STATES, _LIST),
        "mapping": _TEXT | {"title": "请求的映射文件", "default": "enrolment_declaration_premium"},
        "record": _TEXT | {"title": "应答的映射文件", "default": "tax_answer_premium_payment"},
        "settle_s": {
            "title": "失联后的等待秒数",
            "description": "应答丢失后，对方可能仍在处理；超过此时间才查询是否已缴。",
            "type": "number",
            "minimum": 0,
            "default": 60,
        },
        "settings": SETTINGS,
    },
}


def plan(known: Mapping[str, Any]) -> Mapping[str, Any]:
    """The shipped plan with the site's words in it; ``known`` are completed options."""
    words: dict[str, Any] = {**CALLS, **known["calls"], **CODES, **known["codes"]}
    words |= {**STATES, **known["states"], "mapping": known["mapping"], "record": known["record"]}
    made: Mapping[str, Any] = _filled(_shipped(), words)
    return made


def _filled(node: Any, words: Mapping[str, Any]) -> Any:
    """
    >>> _filled({"call": "$pay", "at": ["/code"]}, {"pay": "POST /a"})
    {'call': 'POST /a', 'at': ['/code']}
    """
    if isinstance(node, Mapping):
        return {name: _filled(value, words) for name, value in node.items()}
    if isinstance(node, list):
        return [_filled(value, words) for value in node]
    return words[node[1:]] if isinstance(node, str) and node.startswith("$") else node


@cache
def _shipped() -> Any:
    file = resources.files("adapters") / "tax_plan.yaml"
    return read_yaml(file.read_text("utf-8")).data
