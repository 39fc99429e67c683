"""What the demo tells at its end: effects from the systems' books, fields from their wires."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from sandbox import received

WIRES = {
    "his": "HL7 v2 / MLLP+TLS → 签名机 HTTPS",
    "police": "SOAP（GBK 声明的 XML 字符串）",
    "insurance": "REST / JSON",
    "oa": "SOAP（泛微 WorkflowService）",
    "window-desk": "OA 待办",
    "civil": "REST（共享平台签名）",
    "health": "REST / JSON（签名）",
    "tax": "REST（签名表单，GBK 应答）",
    "social-security": "SOAP（金保式 GBK XML）",
    "bank": "HTTP（前置机 GBK XML）",
}
NOT_NEEDED = "skipped"
SHOWN = 8
"""Withheld fields that the table names; ``summary.json`` has all."""


def build(
    folder: Path,
    case: dict[str, Any],
    *,
    matter: dict[str, Any],
    ledger: dict[str, Any],
    evidence: dict[str, Any],
    elapsed_s: float,
) -> dict[str, Any]:
    """``var/demo/summary.json``. Only item states and the ledger come from the hub."""
    got, kept = received.received(folder), received.withheld(folder)
    effects = received.effects(folder)
    return {
        "case": case["case"],
        "state": case["state"],
        "items": [_item(item, effects) for item in case["items"]],
        "received": {
            unit: list(dict.fromkeys(f.zh for f in fields)) for unit, fields in got.items()
        },
        "withheld": {unit: [fact.zh for fact in facts] for unit, facts in kept.items()},
        "paper": _paper(matter, got),
        "elapsed_s": elapsed_s,
        "ledger": {"entries": ledger["entries"], "head": ledger["head"], "root": ledger["root"]},
        "evidence": evidence,
    }


def _item(item: dict[str, Any], effects: dict[str, dict[str, Any]]) -> dict[str, Any]:
    names = ("item", "title", "unit", "unit_title", "system", "state")
    found = effects.get(item["item"], {"rows": 0})
    # One row in the target's own books is the effect; two would be a duplicate, so none counts.
    effect = f"{found['table']} {found['reference']}" if found["rows"] == 1 else ""
    told = {name: item[name] for name in names}
    return told | {"wire": WIRES[item["system"]], "effect": effect, "rows": found["rows"]}


def _paper(
    matter: dict[str, Any],
    got: dict[str, list[received.Field]],
) -> dict[str, Any]:
    """Each paper that an item asks for: how did the unit come to know what it says?"""
    papers = []
    for item in matter["items"]:
        facts = {fact for field in got.get(item["unit"], []) for fact in field.facts}
        for paper in item["materials"]:
            source = _source(paper, f"{paper['document']}:{paper['field']}" in facts)
            papers.append({"title": paper["title"], "item": item["name"], "source": source})
    count = Counter(paper["source"] for paper in papers)
    told = {f"by_{name}": count[name] for name in ("exchange", "declaration")}
    return {"needed": len(papers), **told, "from_citizen": count["citizen"], "papers": papers}


def _source(paper: dict[str, Any], reached: bool) -> str:
    """``exchange``: another unit told it; ``declaration``: the one form did; else it is brought."""
    if not reached:
        return "citizen"
    return "declaration" if paper["document"] == "birth-declaration" else "exchange"


def show(console: Console, summary: dict[str, Any]) -> None:
    """The same for a person."""
    console.print(_items(summary))
    console.print(_fields(summary))
    paper = summary["paper"]
    brought = "、".join(p["title"] for p in paper["papers"] if p["source"] == "citizen")
    console.print(
        f"材料 {paper['needed']} 件：由其他单位共享 [green]{paper['by_exchange']}[/] 件，一张申报表代替 "
        f"[green]{paper['by_declaration']}[/] 件，仍须提供 {paper['from_citizen']} 件"
        + (f"（{brought}）。" if brought else "。")
    )
    ledger, evidence = summary["ledger"], summary["evidence"]
    mark = "[green]核验通过[/]" if evidence["verified"] else "[red]核验未通过[/]"
    console.print(
        f"账本 {ledger['entries']} 条，根 {ledger['root'][:16]}…；证据 {evidence['file']} {mark}，"
        f"核验报告 {evidence['report']}"
    )
    console.print(f"用时 {summary['elapsed_s']} 秒（含 Airflow 启动）。")


STATES = {"applied": "已办结", "skipped": "不需办理", "refused": "不予办理", "blocked": "受阻"}


def is_good(item: dict[str, Any]) -> bool:
    """Done, with its effect in the target's own books; or not needed."""
    return item["state"] == NOT_NEEDED or (item["state"] == "applied" and bool(item["effect"]))


def _items(summary: dict[str, Any]) -> Table:
    table = Table(title="办理结果（效果以各系统自己的账为准）", title_justify="left")
    for heading in ("事项", "单位", "接口", "状态", "对方账目"):
        table.add_column(heading, overflow="fold")
    for item in summary["items"]:
        state = (
            f"[{'green' if is_good(item) else 'red'}]{STATES.get(item['state'], item['state'])}[/]"
        )
        table.add_row(item["title"], item["unit_title"], item["wire"], state, item["effect"])
    return table


def _fields(summary: dict[str, Any]) -> Table:
    table = Table(title="各单位从接口上实际收到的字段", title_justify="left", show_lines=True)
    table.add_column("单位")
    table.add_column("收到", overflow="fold")
    table.add_column("未提供", overflow="fold")
    titles = {item["unit"]: item["unit_title"] for item in summary["items"]}
    for unit, fields in summary["received"].items():
        kept = summary["withheld"][unit]
        told = "、".join(kept[:SHOWN]) + (f" 等 {len(kept)} 项" if len(kept) > SHOWN else "")
        table.add_row(titles[unit], "、".join(fields), told)
    return table
