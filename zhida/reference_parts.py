"""Reference pages of wires and adapters: one page each, and what each was tried against."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from types import ModuleType

from connectors.wires import CALLS, WIRES, call_options, caller, wire
from exchange.ports import Operation
from zhida.hub import ADAPTERS, adapter_module
from zhida.reference_tables import schema_table, table

Page = tuple[str, list[str]]
"""Title, and its parts."""
STATES = {
    "foreign": "外来的服务器 foreign server",
    "own": "自写的替身 own stand-in",
    "untried": "**未试 untried**",
}
_TRIED = (
    "自写的替身与客户端出自同一手，证明力有限：接真的系统之前先试运行。"
    "A stand-in of our own proves little: begin with a real system in shadow."
)


def tried(package: str) -> list[dict[str, str]]:
    """``tried.csv`` of ``adapters`` or ``connectors``: against what each use was tried, and where."""
    file = resources.files(package) / "tried.csv"
    return list(csv.DictReader(file.read_text("utf-8").splitlines()))


def pages() -> dict[str, Page]:
    """By file name: an index of adapters, one of wires, and a page for each of both."""
    made: dict[str, Page] = {"adapters.md": ("适配器 · Adapters", _index("adapters"))}
    made["wires.md"] = ("线路 · Wires", _index("connectors"))
    for alias in sorted(ADAPTERS):
        module = adapter_module(alias)
        made[f"adapter-{alias}.md"] = (f"{alias} · {module.OPTIONS['title']}", _adapter(module))
    for alias in sorted({*WIRES, *CALLS}):
        made[f"wire-{alias}.md"] = (f"{alias} · {_title(alias)}", list(_wire(alias)))
    return made


def _index(package: str) -> list[str]:
    kind = "adapter" if package == "adapters" else "wire"
    paged = ADAPTERS if package == "adapters" else {*WIRES, *CALLS}
    rows = [
        [
            f"[{row['name']}]({kind}-{row['name']}.md)" if row["name"] in paged else row["name"],
            row["use"],
            STATES[row["state"]],
            f"{row['zh']}<br>{row['en']}",
            f"`{row['test']}`" if row["test"] else "",
        ]
        for row in tried(package)
    ]
    return [_TRIED, table(["名称 name", "用途 use", "试过吗 tried", "对着什么 against", ""], rows)]


def _title(alias: str) -> str:
    told = wire(alias).OPTIONS if alias in WIRES else call_options(caller(alias))
    return str(told["title"])


def _adapter(module: ModuleType) -> list[str]:
    options = module.OPTIONS
    parts = [lead(module.__doc__)]
    parts += [options["description"]] if "description" in options else []
    parts += ["系统文件中的 `options`：", schema_table(options)]
    aliases = sorted({*getattr(module, "WIRES", ()), *getattr(module, "CALLS", ())})
    links = "、".join(f"[{alias}](wire-{alias}.md)" for alias in aliases)
    parts += [f"可选的线路，`settings` 的写法见各页：{links}。"] if aliases else []
    found = [v for v in vars(module).values() if isinstance(v, Operation)]
    return parts + (["操作：", _operations(found)] if found else [])


def _wire(alias: str) -> Iterator[str]:
    if alias in WIRES:
        options = wire(alias).OPTIONS
        yield from ("## 取报文 to take messages from it", options.get("description", ""))
        yield from ("`settings`：", schema_table(options))
    if alias in CALLS:
        options = call_options(caller(alias))
        yield from ("## 调用 to call it", options.get("description", ""))
        yield from ("`settings`：", schema_table(options))


def _operations(found: Iterable[Operation]) -> str:
    rows = [
        [
            f"`{each.name}`",
            each.title,
            " ".join(f"`{kind}`" for kind in each.needs.values()),
            f"`{each.gives}`" if each.gives else "",
            " ".join(f"`{path}`" for path in each.identity + each.occurrence),
            each.idempotence if each.effect else "查询",
            "是" if each.irreversible else "",
        ]
        for each in found
    ]
    return table(["操作", "名称", "需要", "产出", "同一性", "重复时", "不可撤销"], rows)


def lead(text: str | None) -> str:
    """The part of a docstring before its first blank line, on one line."""
    return " ".join((text or "").split("\n\n")[0].split())


def operations(aliases: Mapping[str, str]) -> set[tuple[str, str]]:
    """Every operation that an adapter declares in its module, as (adapter, operation)."""
    return {
        (alias, each.name)
        for alias in aliases
        for each in vars(adapter_module(alias)).values()
        if isinstance(each, Operation)
    }
