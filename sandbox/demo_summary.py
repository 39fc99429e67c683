"""What the demo tells at its end: effects from the systems' books, fields from their wires."""

from __future__ import annotations

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
}


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
        "received": {unit: [field.zh for field in fields] for unit, fields in got.items()},
        "withheld": {unit: [fact.zh for fact in facts] for unit, facts in kept.items()},
        "paper": _paper(matter, got),
        "elapsed_s": elapsed_s,
        "ledger": {"entries": ledger["entries"], "head": ledger["head"], "root": ledger["root"]},
        "evidence": evidence,
    }


def _item(item: dict[str, Any], effects: dict[str, dict[str, Any]]) -> dict[str, Any]:
    names = ("item", "title", "unit", "unit_title", "system", "state")
    found = effects[item["item"]]
    # One row in the target's own books is the effect; two would be a duplicate, so none counts.
    effect = f"{found['table']} {found['reference']}" if found["rows"] == 1 else ""
    told = {name: item[name] for name in names}
    return told | {"wire": WIRES[item["system"]], "effect": effect, "rows": found["rows"]}


def _paper(matter: dict[str, Any], got: dict[str, list[received.Field]]) -> dict[str, Any]:
    """Each paper that an item asks for: did the unit get its field by exchange?"""
    papers = []
    for item in matter["items"]:
        facts = {fact for field in got.get(item["unit"], []) for fact in field.facts}
        for paper in item["materials"]:
            exchanged = paper["document"] != "birth-declaration"
            reached = f"{paper['document']}:{paper['field']}" in facts
            source = "exchange" if exchanged and reached else "citizen"
            papers.append({"title": paper["title"], "item": item["name"], "source": source})
    by_exchange = sum(paper["source"] == "exchange" for paper in papers)
    return {
        "needed": len(papers),
        "by_exchange": by_exchange,
        "from_citizen": len(papers) - by_exchange,
        "papers": papers,
    }


def show(console: Console, summary: dict[str, Any]) -> None:
    """The same for a person."""
    console.print(_items(summary))
    console.print(_fields(summary))
    paper = summary["paper"]
    spared = "、".join(p["title"] for p in paper["papers"] if p["source"] == "exchange")
    console.print(
        f"材料 {paper['needed']} 件：共享取得 [green]{paper['by_exchange']}[/] 件（{spared}），"
        f"由监护人申报或出示 {paper['from_citizen']} 件。"
    )
    ledger, evidence = summary["ledger"], summary["evidence"]
    mark = "[green]核验通过[/]" if evidence["verified"] else "[red]核验未通过[/]"
    console.print(
        f"账本 {ledger['entries']} 条，根 {ledger['root'][:16]}…；证据 {evidence['file']} {mark}"
    )
    console.print(f"用时 {summary['elapsed_s']} 秒（含 Airflow 启动）。")


def _items(summary: dict[str, Any]) -> Table:
    table = Table(title="办理结果（效果以各系统自己的账为准）", title_justify="left")
    for heading in ("事项", "单位", "接口", "状态", "对方账目"):
        table.add_column(heading, overflow="fold")
    for item in summary["items"]:
        colour = "green" if item["state"] == "applied" and item["effect"] else "red"
        state = f"[{colour}]{item['state']}[/]"
        table.add_row(item["title"], item["unit_title"], item["wire"], state, item["effect"])
    return table


def _fields(summary: dict[str, Any]) -> Table:
    table = Table(title="各单位从接口上实际收到的字段", title_justify="left", show_lines=True)
    table.add_column("单位")
    table.add_column("收到", overflow="fold")
    table.add_column("未提供", overflow="fold")
    titles = {item["unit"]: item["unit_title"] for item in summary["items"]}
    for unit, fields in summary["received"].items():
        table.add_row(titles[unit], "、".join(fields), "、".join(summary["withheld"][unit]))
    return table
