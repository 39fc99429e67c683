"""The bank's interface for people (报文规范): calls, fields and codes, out of the description that programs read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from exchange.problems import catalogue
from matters import finance_reasons
from zhida import finance_codes, finance_openapi, finance_words, reference_layout
from zhida.openapi_components import REF
from zhida.reference_tables import table

Told = Mapping[str, Any]
Page = tuple[str, list[str]]
NAME = "bank-interface.md"
_TITLE = "订单融资：银行接口报文规范 · The bank's interface"
_LEAD = (
    "给银行科技部门。由 `zhida finance openapi` 的同一份说明生成；怎样接、怎样签名："
    "[银行怎样接](../how-to/banks.md)。查什么、怎样算：[订单融资的核验](../matters/order-finance.md)。"
    "所有报文都是 UTF-8 的 JSON：没有 `null`，没有重复的键，整数不写小数点和指数；不认识的字段不收。"
    "答复以后可能增加字段，收到不认识的请忽略。"
    "In English: every call, field and code of the bank's interface."
)
_TYPES = {"string": "文本", "integer": "整数", "boolean": "是否", "object": "对象", "array": "列表"}
_FORMATS = {"date": "YYYY-MM-DD", "date-time": "RFC 3339，UTC", "gb32100": "GB 32100，校验码须对"}
_SEVERITIES = {"hard": "不利", "manual": "要由人看", "retry": "以后再查"}


def pages() -> dict[str, Page]:
    """The one page, by file name."""
    told = finance_openapi.document()
    named = told["components"]
    parts = [_LEAD, "## 调用", _calls(told["paths"]), "请求头：", _parameters(named, "header")]
    parts += ["地址里的：", _parameters(named, "path"), "查询参数：", _parameters(named, "query")]
    for name, schema in named["schemas"].items():
        parts += [f"## {name}", str(schema.get("description", "")), _fields(name, schema)]
    parts += reference_layout.parts()
    parts += ["## 原因代码", _reasons(), "## 问题代码", _CODES_LEAD, _codes()]
    return {NAME: (_TITLE, [part for part in parts if part])}


def _calls(paths: Told) -> str:
    rows = [
        [f"`{method.upper()} {path}`", told["summary"], _sent(told), _answers(told)]
        for path, methods in paths.items()
        for method, told in methods.items()
        if method != "parameters"
    ]
    return table(["调用", "做什么", "请求报文", "答复"], rows)


def _sent(told: Told) -> str:
    content = told.get("requestBody", {}).get("content", {})
    return "".join(_link(each["schema"]["$ref"]) for each in content.values())


def _answers(told: Told) -> str:
    good = [
        f"{code} {_link(each['content']['application/json']['schema']['$ref'])}：{each['description']}"
        for code, each in told["responses"].items()
        if "$ref" not in each
    ]
    bad = "、".join(code for code, each in told["responses"].items() if "$ref" in each)
    return "；".join([*good, f"{bad} {_link(REF + 'Problem')}"])


_PLACES = {"header": "请求头", "path": "名称", "query": "参数"}


def _parameters(named: Told, place: str) -> str:
    rows = [
        [f"`{each['name']}`", each["description"], _length(each["schema"])]
        for each in named["parameters"].values()
        if each["in"] == place
    ]
    return table([_PLACES[place], "说明", "格式"], rows)


def _fields(name: str, schema: Told) -> str:
    if "enum" in schema:
        words = [[f"`{each}`", *_word(name, each)] for each in schema["enum"]]
        return table(["值", "名称", "意思"], words)
    needed, known = schema.get("required", ()), schema["properties"].items()
    rows = [
        [
            f"`{field}`",
            each.get("title", ""),
            *_kind(each),
            _must(field in needed),
            _text(name, field),
        ]
        for field, each in known
    ]
    return table(["字段", "名称", "类型", "长度、格式", "", "说明"], rows)


def _word(name: str, field: str) -> tuple[str, str]:
    told = finance_words.word(name, field)
    return told.title, told.text


def _must(needed: bool) -> str:
    return "必填" if needed else ""


def _text(name: str, field: str) -> str:
    return finance_words.word(name, field).text


def _kind(told: Told) -> tuple[str, str]:
    """Type, and length or format."""
    if "$ref" in told:
        return _link(told["$ref"]), ""
    if told["type"] == "array":
        kind, form = _kind(told["items"])
        return f"{kind} 的列表", "；".join(filter(None, (_count(told), form)))
    return _TYPES[told["type"]], _length(told)


def _count(told: Told) -> str:
    return f"{told.get('minItems', 0)} 到 {told['maxItems']} 个" if "maxItems" in told else ""


def _length(told: Told) -> str:
    return "；".join(_limits(told))


def _limits(told: Told) -> Iterator[str]:
    if "maxLength" in told:
        yield f"{told.get('minLength', 0)} 到 {told['maxLength']} 个字符"
    if "minimum" in told:
        yield f"{told['minimum']} 起" + (f"，至多 {told['maximum']}" if "maximum" in told else "")
    if "format" in told:
        name = str(told["format"])
        yield _FORMATS.get(name, name)
    if "enum" in told:
        yield "、".join(f"`{each}`" for each in told["enum"])
    if "default" in told:
        yield f"不写为 {told['default']}"
    if "pattern" in told:
        plain = r"\u0000" in told["pattern"]
        yield "不含控制字符" if plain else f"`{told['pattern']}`"


def _reasons() -> str:
    found = finance_reasons.load(finance_reasons.SHIPPED).values()
    rows = [[each.code, each.zh, _SEVERITIES[each.severity]] for each in found]
    return table(["代码", "原因", "性质"], rows)


_CODES_LEAD = (
    "`Problem` 的 `code`。`{…}` 处是该次的事实，从不含数据的值。报文里单个字段的错是 422，逐条列在 `problems`，代码见"
    "[问题代码](problems.md)。按代码处理，不要按文字；没有列出的代码按 HTTP 状态处理。"
)


def _codes() -> str:
    known = catalogue()
    rows: Iterable[list[str]] = (
        [str(status), f"`{code}`", known[code]["zh"], known[code]["remedy_zh"]]
        for status, codes in finance_codes.CODES.items()
        for code in codes
    )
    return table(["状态", "代码", "情况", "怎么办"], rows)


def _link(reference: str) -> str:
    name = reference.removeprefix(REF)
    return f"[{name}](#{name.lower()})"
