"""A mapping as a page for the people whose fields these are, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterator

from mappings import compiler, reverse, titles, words
from mappings.compiler import Mapping
from mappings.coverage import counted
from mappings.rules import MappingFile
from zhida.reference_tables import table

_REASONS = {
    "internal": "来源系统自己的编号 the source's own key",
    "placeholder": "还不是真实的值 not yet the true value",
    "carried-elsewhere": "由别处带去 carried elsewhere",
    "not-needed": "接收方不需要 not needed by the receiver",
    "checked": "只用于核对，不送出 read and judged, goes nowhere",
    "derived": "可由别的字段得出 derived from others",
}
_BACK = "可以倒推（a → b → a 不变）。It can be run backwards."
_HEADINGS = {
    "zh": ("目标", "名称", "来源", "转换", "条件", "没有时"),
    "en": ("target", "source", "conversion", "condition", "if absent"),
}


def pages() -> dict[str, tuple[str, list[str]]]:
    """A page for each shipped mapping, and one that lists them, by file name: title and parts."""
    found = {name: compiler.load(name) for name in compiler.names()}
    rows = [
        [f"[{name}](mapping-{name}.md)", m.title, _sides(m.file), f"{counted(m.file).percent} %"]
        for name, m in found.items()
    ]
    told = (
        "覆盖：来源的字段中，有规则或写明理由不用的占多少。写法见[映射文件](../mapping-format.md)。"
    )
    index = [
        told,
        table(["映射 mapping", "名称 title", "从 → 到 from → to", "覆盖 coverage"], rows),
    ]
    made = {"mappings.md": ("字段映射 · Mappings", index)}
    return made | {
        f"mapping-{name}.md": (f"{name} · {m.title}", body(m)) for name, m in found.items()
    }


def page(mapping: Mapping) -> str:
    """The whole page."""
    return "\n\n".join([f"# {mapping.name} · {mapping.title}", *body(mapping)]) + "\n"


def body(mapping: Mapping) -> list[str]:
    """Its parts: from and to, the rules in both languages, what is left out and why."""
    file, count = mapping.file, counted(mapping.file)
    parts = [str(file.content["note"])] if "note" in file.content else []
    counts = f"来源字段 {count.fields} 个：用到 {count.mapped}，不用 {count.ignored}"
    parts += [f"从 → 到：{_sides(file)}。{counts}；测试 {len(file.tests)} 个。"]
    parts += [_BACK] if not reverse.problems(file) else []
    everywhere = words.for_all(file)
    parts += [f"各条规则都：{everywhere}。"] if everywhere else []
    parts.append(table(_HEADINGS["zh"], _chinese(file)))
    ignored = [
        [
            "、".join(f"`{path}`" for path in entry["fields"]),
            _REASONS[entry["reason"]],
            entry.get("note", ""),
        ]
        for entry in file.content.get("ignore", ())
    ]
    parts += ["## 不用的字段 · Left out", table(["字段", "理由", ""], ignored)] if ignored else []
    everywhere = words.for_all(file, "en")
    parts += ["## In English", *([f"Every rule: {everywhere}."] if everywhere else [])]
    return [*parts, table(_HEADINGS["en"], _english(file))]


def _chinese(file: MappingFile) -> Iterator[list[str]]:
    targets = titles.of_kind(file.target, file.shapes)
    sources = titles.of_source(file.inputs, file.shapes)
    for rule in words.told(file):
        named = targets.get(rule.to, "") or sources.get(rule.source, "")
        yield [f"`{rule.to}`", named, _code(rule.source), rule.how, rule.when, rule.unstated]


def _english(file: MappingFile) -> Iterator[list[str]]:
    for rule in words.told(file, "en"):
        yield [f"`{rule.to}`", _code(rule.source), rule.how, rule.when, rule.unstated]


def _code(source: str) -> str:
    return f"`{source}`" if source.startswith("/") and " " not in source else source


def _sides(file: MappingFile) -> str:
    """Kinds of document lead to their table."""
    named = [_side(side) for side in file.inputs.values()]
    return f"{'、'.join(named)} → {_side(file.target)}"


def _side(side: str | tuple[str, ...]) -> str:
    if side == "wire":
        return "线上字段 wire"
    return f"`{side}`" if isinstance(side, str) else f"{len(side)} 个线上字段 wire fields"
