"""How ``zhida mapping`` shows things to a person."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType

from mappings import titles, words
from mappings.compiler import Mapping as Compiled
from zhida.output import Marked, show

_RULES = {
    "line": "行",
    "to": "目标",
    "title": "名称",
    "source": "来源",
    "how": "转换",
    "when": "条件",
    "unstated": "没有时",
}
_CHECKED = {"mark": "", "mapping": "映射", "tests": "测试", "coverage": "覆盖", "count": "问题"}
_CHANGED = {"part": "部分", "at": "位置", "old": "原来", "new": "现在"}
_MOVED = {"file": "文件", "record": "第几条", "at": "位置", "old": "原来", "new": "现在"}
_PARTS = {"fields": "规则", "from": "来源", "ignore": "不用的", "to": "目标"}


def told(mapping: Compiled) -> dict[str, Any]:
    """A mapping for programs."""
    return {
        "mapping": mapping.name,
        "title": mapping.title,
        "to": mapping.target,
        "valid_from": mapping.valid_from,
        "digest": mapping.digest,
        "rules": _rules(mapping),
        "ignored": list(mapping.file.ignored),
    }


def _rules(mapping: Compiled) -> list[dict[str, Any]]:
    named = titles.of_kind(mapping.target, mapping.file.shapes)
    return [asdict(rule) | {"title": named.get(rule.to, "")} for rule in words.told(mapping.file)]


def table(mapping: Compiled) -> RenderableType:
    """Its rules; columns in which nothing stands are left out."""
    rows = _rules(mapping)
    columns = {key: head for key, head in _RULES.items() if any(row[key] for row in rows)}
    everywhere = words.for_all(mapping.file)
    extra = f"（各条规则都：{everywhere}）" if everywhere else ""
    return show(rows, columns, title=f"{mapping.name} · {mapping.title}{extra}")


def checked(found: Sequence[Mapping[str, Any]]) -> RenderableType:
    """One line a mapping."""
    rows = [
        {
            "mark": Marked("[green]✓[/]" if row["ok"] else "[red]✗[/]"),
            "mapping": row["mapping"],
            "tests": "–" if row["tests"] is None else row["tests"],
            "coverage": "–" if row["coverage"] is None else f"{row['coverage']} %",
            "count": len(row["problems"]) or "",
        }
        for row in found
    ]
    return show(rows, _CHECKED, title="映射检查")


def tried(found: Sequence[Mapping[str, Any]]) -> str:
    """Each record with what came of it."""
    return "\n".join(line for row in found for line in _tried(row))


def _tried(row: Mapping[str, Any]) -> Iterator[str]:
    count = len(row["problems"])
    yield f"第 {row['record']} 条：{'正常' if row['ok'] else f'{count} 个问题'}"
    if row["ok"]:
        yield json.dumps(row["result"], ensure_ascii=False, indent=1)
    for each in row["problems"]:
        yield f"  ✗ {each['what']} [{each['code']}]"
        place = "，".join(f"{key} {each[key]}" for key in ("path", "rule", "mask") if each[key])
        yield f"    {place}"
        yield f"    → {each['remedy']}"


def differing(
    rules: Sequence[Mapping[str, Any]], records: Sequence[Mapping[str, Any]]
) -> RenderableType:
    """Rules, then records; a refusal stands where the value would."""
    rows = [dict(row) | {"part": _PARTS[row["part"]]} for row in rules]
    parts = [show(rows, _CHANGED, title="规则的差异")]
    moved = [line for row in records for line in _moved(row)]
    return Group(*parts, *([show(moved, _MOVED, title="记录的差异")] if moved else []))


def _moved(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    place = {"file": row["file"], "record": row["record"]}
    yield from (place | each for each in row["moved"])
    for each in row["broke"]:
        yield place | {
            "at": each["path"],
            "old": "正常",
            "new": f"{each['code']}（{each['mask']}）",
        }
    for each in row["mended"]:
        yield place | {
            "at": each["path"],
            "old": f"{each['code']}（{each['mask']}）",
            "new": "正常",
        }
