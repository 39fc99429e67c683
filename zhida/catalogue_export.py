"""The catalogue as the superior platform's (国家、省政务数据共享目录): one row a field (信息项).

The columns are the core metadata of 《政务信息资源目录编制指南（试行）》 (发改高技〔2017〕1272号, which follows
GB/T 21063.3-2007), section on metadata, in its order. What it calls 共享方式 and 信息资源格式 each have two
levels in some provinces' forms: here is one, as ``catalogue.yaml`` says it. Columns after 关联资源代码 are
ours, and are named so. What no unit has said stays empty, and is counted: nothing is inferred.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from zhida.catalogue import Catalogue, Resource
from zhida.catalogue_fields import Field
from zhida.catalogue_view import CUSTODY, PERSONAL, SHARES

_OPEN = {True: "是", False: "否", None: ""}
_TYPES = {"文本": "字符型 C", "整数": "数值型 N", "是/否": "逻辑型 L", "日期": "日期型 D"}
"""Of the guideline only the names of these were known for sure; others stand in our words."""
STANDARD = (
    "信息资源分类", "信息资源名称", "信息资源代码", "信息资源提供方", "信息资源提供方代码", "信息资源摘要",
    "信息资源格式", "信息项名称", "数据类型", "共享类型", "共享条件", "共享方式", "是否向社会开放", "开放条件",
    "更新周期", "发布日期", "关联资源代码",
)  # fmt: skip
OWN = ("直达_标识", "直达_字段", "直达_个人信息", "直达_保管", "直达_最新数据时间", "直达_系统")
NEEDED = (
    "信息资源分类", "信息资源代码", "信息资源提供方代码", "信息资源格式", "共享类型", "共享方式",
    "是否向社会开放", "更新周期", "发布日期",
)  # fmt: skip
"""Which the guideline demands and only a unit can say; conditions only where there are any."""


def rows(catalogue: Catalogue) -> list[dict[str, str]]:
    """All of them; what the hub itself writes is no unit's data and stays out."""
    hub = catalogue.watch.site.unit
    return [
        row
        for each in catalogue.resources
        if each.provider != hub
        for row in _of_resource(catalogue, each)
    ]


def _of_resource(catalogue: Catalogue, found: Resource) -> Iterator[dict[str, str]]:
    about = _standard(catalogue, found)
    for each in found.fields:
        item = {"信息项名称": each.title, "数据类型": _TYPES.get(each.type, each.type)}
        whole = about | item | _own(catalogue, found, each)
        yield {name: whole[name] for name in (*STANDARD, *OWN)}


def _standard(catalogue: Catalogue, found: Resource) -> dict[str, str]:
    told = found.declared
    unit = catalogue.watch.site.units.get(found.provider)
    code = catalogue.declared.providers.get(found.provider, "")
    about = {"信息资源分类": told.category, "信息资源名称": found.title, "信息资源代码": told.code}
    about |= {"信息资源提供方": unit.title if unit else found.provider, "信息资源提供方代码": code}
    about |= {"信息资源摘要": _summary(found), "信息资源格式": told.format}
    about |= {"共享类型": SHARES[told.share] if told.share else "", "共享条件": told.condition}
    about |= {"共享方式": told.method, "是否向社会开放": _OPEN[told.open]}
    about |= {"开放条件": told.open_condition, "更新周期": told.update}
    return about | {"发布日期": told.published_on, "关联资源代码": told.related}


def _summary(found: Resource) -> str:
    """Out of what is there: the titles of its first fields."""
    titles = [each.title for each in found.fields[:8]]
    more = "等" if len(found.fields) > len(titles) else ""
    return f"{found.title}：{'、'.join(titles)}{more}" if titles else found.title


def _own(catalogue: Catalogue, found: Resource, field: Field) -> dict[str, str]:
    systems = catalogue.watch.site.systems
    named = dict.fromkeys(systems[g.system].title for g in found.givers if g.system in systems)
    told = {"直达_标识": found.key, "直达_字段": field.path}
    told |= {"直达_个人信息": PERSONAL[field.personal], "直达_保管": CUSTODY[found.whole.custody]}
    return told | {"直达_最新数据时间": found.whole.as_of, "直达_系统": "、".join(named)}


def missing(found: Iterable[Mapping[str, str]]) -> dict[str, list[str]]:
    """Resource → the columns that a unit still has to say."""
    told = {row["直达_标识"]: [n for n in _needed(row) if not row[n]] for row in found}
    return {key: names for key, names in told.items() if names}


def _needed(row: Mapping[str, str]) -> tuple[str, ...]:
    """Whoever shares on a condition, or not at all, says on which."""
    shares = (SHARES["conditional"], SHARES["none"])
    return (*NEEDED, "共享条件") if row["共享类型"] in shares else NEEDED


def as_csv(found: Iterable[Mapping[str, str]]) -> str:
    """With a byte order mark, for Excel. A text that Excel would calculate gets an apostrophe."""
    text = io.StringIO(newline="")
    text.write("\ufeff")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow((*STANDARD, *OWN))
    for row in found:
        writer.writerow([_plain(row[name]) for name in (*STANDARD, *OWN)])
    return text.getvalue()


def _plain(text: str) -> str:
    """No formula.

    >>> _plain("=1+1"), _plain("出生记录")
    ("'=1+1", '出生记录')
    """
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def as_json(catalogue: Catalogue, found: list[dict[str, str]]) -> dict[str, Any]:
    """One object a resource, its fields below it."""
    resources: dict[str, dict[str, Any]] = {}
    items = ("信息项名称", "数据类型", "直达_字段", "直达_个人信息")
    for row in found:
        whole = {name: value for name, value in row.items() if name not in items}
        kept = resources.setdefault(row["直达_标识"], whole | {"信息项": []})
        kept["信息项"].append({name: row[name] for name in items})
    site = catalogue.watch.site
    told = {"site": site.name, "title": site.title}
    source = "政务信息资源目录编制指南（试行）发改高技〔2017〕1272号"
    return {**told, "metadata": source, "resources": list(resources.values())}
