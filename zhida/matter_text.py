"""A new matter's file as text: Chinese comments tell what each key is for, and what may be added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exchange.ports import Operation
from zhida.commented_yaml import scalar


@dataclass(frozen=True, slots=True)
class Entry:
    """One item."""

    name: str
    unit: str
    do: str
    operation: Operation
    needs: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What stands in the file."""

    name: str
    title: str
    lead: str
    purpose: str
    opening: tuple[str, str, str, str]
    """Adapter, unit, stream, and the kind of document, by which the case knows it too."""
    identity: str
    items: Sequence[Entry]


def written(told: Told) -> str:
    """The whole file."""
    return "".join(f"{line}\n" for line in (*_head(told), *_items(told)))


def _head(told: Told) -> Iterator[str]:
    adapter, unit, stream, kind = told.opening
    yield f"# {' '.join(told.title.split())}。改完运行 zhida matter check {told.name}；次序图：zhida matter draw {told.name}"
    yield f"matter: {scalar(told.name)}"
    yield f"title: {scalar(told.title)}"
    yield f"lead: {scalar(told.lead)}   # 牵头单位"
    yield f"purpose: {scalar(told.purpose)}   # 使用目的：各份共享协议的 purpose 须与它相同"
    yield "retention: 3 years   # 保存期限。提供、委托处理的记录至少保存三年（网络数据安全管理条例第十二条）"
    yield "# best_case: 30 minutes   # 最快用时，报告用，不是时限"
    yield "opens_on:   # 启动：每来一份，开一个办件。须本人同意的，加 consents: [/字段]，值为 true 才受理"
    opens = {"adapter": adapter, "unit": unit, "stream": stream, "gives": kind, "every": "1 minute"}
    yield f"  - {scalar(opens)}"
    yield f"identity: {scalar([told.identity])}   # 这个字段相同的，是同一个办件"


def _items(told: Told) -> Iterator[str]:
    yield "# 有法定期限的事项加（写法、依据见 docs/matters/deadlines.md）："
    yield "#   within: {legal: 15 working days, from: 文件/字段, article: 某法第几条, remind: 2 working days before, escalate_to: 单位}"
    yield "items:"
    for each in told.items:
        yield f"  {scalar(each.name)}:"
        yield f"    title: {scalar(each.operation.title)}"
        yield f"    unit: {scalar(each.unit)}"
        yield f"    do: {scalar(each.do)}   # {_documents(each.operation)}"
        if each.needs:
            yield f"    needs: {scalar(list(each.needs))}   # 办成了才办"
        if each.after:
            yield f"    after: {scalar(list(each.after))}   # 有结果了就办，不论结果"
        if each.operation.gives:
            yield f"    gives: {scalar(each.name)}   # 办件里叫这个名字"
        if each.operation.irreversible:
            yield "    irreversible: true   # 不可撤销：结果不明时绝不自动重发"


def _documents(operation: Operation) -> str:
    needs = "、".join(dict.fromkeys(operation.needs.values())) or "无"
    return f"需要 {needs}" + (f"；产出 {operation.gives}" if operation.gives else "")
