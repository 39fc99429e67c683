"""The reference page of identifiers, code lists and crosswalks, out of the very files in use."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from mappings import codes
from mappings.codes import Code, CodeList, Crosswalk
from mappings.identifiers import catalogue
from zhida.reference_parts import lead
from zhida.reference_tables import table

_INTRODUCTION = (
    "`zhida code` 列出这些名称；`zhida code 名称 值` 查代码、验号码。映射文件写 `code: 名称`、"
    "`identifier: 名称`、`crosswalk: 名称`，数据种类写 `format:`。站点自己的代码表放在 `codes` 目录，"
    "见[怎么查、怎么加](../how-to/code-lists.md)。"
)
_IDENTIFIERS = (
    "`validate` 只拒绝标准拒绝的；可疑而不算错的由 `warnings` 另外告知，从不拒绝。"
    "A check that no published standard states only warns."
)
_LISTS = "**未核实**的代码来自常识或推定，启用前请与来源核对。停用的代码留在表中，写明止于哪年和后继代码，从不悄悄替换。"


def parts() -> list[str]:
    """The page's parts."""
    return [_INTRODUCTION, *_identifiers(), *_lists(), *_walks()]


def _identifiers() -> Iterator[str]:
    yield from ("## 标识 · Identifiers", _IDENTIFIERS)
    rows = [
        [
            f"`{each.name}`",
            each.title,
            f"`{each.name.replace('_', '-')}`",
            "是" if each.personal else "",
            each.source,
            lead(import_module(f"mappings.identifiers.{each.name}").__doc__),
        ]
        for each in map(catalogue.find, catalogue.NAMES)
    ]
    yield table(["名称", "标题", "format", "指向个人", "规则来源", "说明"], rows)


def _lists() -> Iterator[str]:
    yield from ("## 代码表 · Code lists", _LISTS)
    found = [codes.scheme(name) for name in codes.names()]
    rows = [
        [
            f"[`{each.scheme}`](#{each.scheme})",
            each.header["title"],
            each.header["edition"],
            str(len(each.codes)),
            str(sum(code.unverified for code in each.codes.values()) or ""),
        ]
        for each in found
    ]
    yield table(["名称", "标题", "版本 edition", "代码数", "未核实"], rows)
    for each in found:
        yield from _list(each)


def _list(known: CodeList) -> Iterator[str]:
    head = known.header
    yield f"### {known.scheme}"
    yield f"{head['title']}。版本：{head['edition']}。来源：{head['source']}。"
    rows = [_code(each) for each in known.codes.values()]
    yield table(["代码", "名称", "name", "也写作", "有效", "说明"], rows)


def _code(code: Code) -> list[str]:
    begin = str(code.valid_from.year) if code.valid_from else ""
    end = str(code.valid_to.year) if code.valid_to else ""
    days = f"{begin}–{end}" if begin or end else ""
    more = f"→ `{code.successor}` {code.note}" if code.successor else code.note
    aliases = "、".join(code.aliases)
    return [f"`{code.code}`", code.name_zh, code.name_en, aliases, days, more]


def _walks() -> Iterator[str]:
    yield from ("## 对照表 · Crosswalks", "没有列出的代码没有对应值，映射时拒绝，不作猜测。")
    for name in codes.names("codes/crosswalks"):
        yield from _walk(codes.crosswalk(name))


def _walk(walk: Crosswalk) -> Iterator[str]:
    header = codes.walk_header(walk.name)
    yield f"### {walk.name}"
    yield f"版本：{header['edition']}。来源：{header['source']}。"
    rows = [
        [f"`{one}` {walk.source.name(one)}", f"`{other}` {walk.target.name(other)}"]
        for one, other in walk.pairs.items()
    ]
    yield table([walk.source.scheme, walk.target.scheme], rows)
