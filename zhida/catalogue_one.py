"""One resource of the catalogue, whole: its fields, the systems behind it, who gets it and who used it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from zhida import catalogue_doubts, freshness
from zhida.catalogue_fields import NO
from zhida.catalogue_view import CUSTODY, PERSONAL, SHARES, WAYS
from zhida.output import local
from zhida.report_sections import Section
from zhida.report_spread import lasted

Told = dict[str, Any]


def headline(found: Told) -> str:
    """What matters of it."""
    fields, now = found["fields"], [a for a in found["agreements"] if a["in_force"]]
    closed = sum(not each["agreements"] for each in fields)
    told = f"{found['title']}，{found['provider_title']}提供：{len(fields)} 个字段"
    told += f"，{closed} 个没有协议给出" if closed else "，每个都有协议给出"
    used = [a["receiver_title"] for a in now if a["used"]]
    idle = [a["receiver_title"] for a in now if not a["used"]]
    told += f"；用它的：{'、'.join(dict.fromkeys(used)) or '近期没有'}"
    return told + (f"；有协议没有用的：{'、'.join(dict.fromkeys(idle))}。" if idle else "。")


def sections(found: Told) -> Iterator[Section]:
    """The tables of ``catalogue show``."""
    yield _about(found)
    columns = {"path": "字段", "title": "名称", "type": "类型", "personal": "个人信息"}
    columns |= {"agreements": "哪些协议给出", "used": "确已给过"}
    rows = [
        field
        | {"agreements": "\n".join(field["agreements"]) or "没有"}
        | {"used": len(field["used"]) or "", "personal": PERSONAL[field["personal"]]}
        for field in found["fields"]
    ]
    notes = (
        "个人信息：catalogue.yaml 没有写明的，按字段名称和格式推定。",
        "儿童记录：整份数据是未满十四岁未成年人的，各字段都按敏感个人信息管理。",
    )
    any_person = any(field["personal"] != NO for field in found["fields"])
    yield Section("字段", columns, rows, notes if any_person else ())
    yield _systems(found)
    yield _agreements(found)
    if found["objections"]:
        yield catalogue_doubts.section(found)


def _about(found: Told) -> Section:
    age = found["age"]
    promise = (
        "没有写"
        if age["promise_s"] is None
        else freshness.words(timedelta(seconds=age["promise_s"]))
    )
    newest = local(age["as_of"]) or "从未收到"
    late = f"，超出 {lasted(age['late_s'])}" if age["late_s"] else ""
    lines = {
        "信息资源代码": found["code"] or "未填",
        "共享类型": SHARES[found["share"]],
        "保管": CUSTODY[found["custody"]],
        "新旧承诺": promise,
        "最新数据时间": f"{newest}{late}",
        "收到过": f"{age['documents']} 份",
        "个人信息": "未满十四岁未成年人的" if found["sensitive"] else "见字段",
    }
    rows = [{"what": what, "text": text} for what, text in lines.items()]
    return Section(found["resource"], {"what": "项", "text": "内容"}, rows)


def _systems(found: Told) -> Section:
    columns = {"title": "系统", "adapter": "适配器", "way": "怎样来", "name": "名称"}
    columns |= {"documents": "收到", "as_of": "最新", "custody": "保管"}
    rows = [
        each
        | {"way": WAYS[each["way"]], "as_of": local(each["as_of"]) or "—"}
        | {"custody": CUSTODY[each["custody"]]}
        for each in found["systems"]
    ]
    return Section("后面的系统", columns, rows)


def _agreements(found: Told) -> Section:
    columns = {"agreement": "协议", "receiver_title": "给谁", "purpose": "用途", "basis": "依据"}
    columns |= {"until": "止于", "used": "近期次数", "last_at": "最近一次"}
    rows = [
        each
        | {"last_at": local(each["last_at"]) or "—"}
        | {"until": each["until"] + ("" if each["in_force"] else "（不在有效期）")}
        for each in found["agreements"]
    ]
    return Section("协议与使用", columns, rows)
