"""What was found of a person, on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import RenderableType

from zhida.output import local, state
from zhida.person_extract import LOOKS
from zhida.person_told import GIVES
from zhida.report_sections import Section, drawn

_DOCUMENTS = {
    "kind_zh": "数据", "provider_zh": "来源", "where": "本人在其中的位置", "custody_zh": "由谁保证",
    "as_of": "数据时间",
}  # fmt: skip
_GIVEN = {
    "at": "时间", "what": "事项 · 数据", "way": "提供方 → 接收方", "fields": "提供了什么", "basis": "法律依据",
    "state": "结果",
}  # fmt: skip
_ROWS = {
    "kind_zh": "数据", "way": "来源 → 同步到", "custody_zh": "由谁保证", "as_of": "数据时间", "sync": "同步",
}  # fmt: skip
_LOOKS = {"at": "时间", "by": "查阅人或单位", "kind_zh": "查阅内容"}


def tables(told: Mapping[str, Any], ending: str) -> RenderableType:
    """Documents, exchanges, rows if they were asked for, and who has looked."""
    documents = [
        row
        | {"where": "\n".join(row["places_zh"]), "as_of": local(row["as_of"])}
        | {"custody_zh": "\n".join(filter(None, (row["custody_zh"], row["mark_zh"])))}
        for row in told["documents"]
    ]
    exchanges = [_exchange(row) for row in told["exchanges"]]
    looks = [row | {"at": local(row["at"]), "kind_zh": LOOKS[row["kind"]]} for row in told["looks"]]
    more = told["places"] - told["shown"]
    notes = [f"另有 {more} 处较早的未列出：加大 --most"] if more > 0 else []
    sections = [
        Section("收到的数据（种类、来源）", _DOCUMENTS, documents, notes),
        Section("向谁提供过（第三方、目的、依据）", _GIVEN, exchanges),
        *([_rows(told["rows"])] if "rows" in told else []),
        Section("谁查阅过（含本次）", _LOOKS, looks),
    ]
    return drawn(f"尾号 {ending} 的交换记录", sections)


def _rows(told: Mapping[str, Any]) -> Section:
    rows = [
        row
        | {"as_of": local(row["as_of"])}
        | {"way": f"{row['provider_zh']}\n→ {row['receiver_zh'] or '（只收下）'}"}
        for row in told["rows"]
    ]
    searched = f"查了 {told['searched']} 批；{told['other_key']} 批不以单个号码为键，{told['erased']} 批已抹除"
    return Section(f"成批的数据里以此号码为键的行（{searched}）", _ROWS, rows)


def _exchange(row: Mapping[str, Any]) -> dict[str, Any]:
    """A line of the table; which fields they were is told by ``--json`` and in the person's copy."""
    own = "，含本人号码" if row["own_number"] else ""
    return {
        "at": local(row["at"]),
        "what": f"{row['matter_zh']}\n{row['kind_zh']}",
        "way": f"{row['provider_zh']}\n→ {row['receiver_zh']}（{row['way_zh']}）",
        "fields": f"{GIVES[row['gives']]} {len(row['disclosed'])} 项{own}",
        "basis": "\n".join(filter(None, (row["basis"], row["mark_zh"]))),
        "state": state(row["state"]),
    }
