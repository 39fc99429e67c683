"""What ``make grants`` tells at its end: per policy matched, paid and left open; money by the treasury's books."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from ruamel.yaml import YAML

from sandbox import grant_books
from sandbox.process import ROOT

POLICIES = ROOT / "matters" / "grants" / "policies"
WHY = {
    "screened-out": "已由同类政策、上限或预算扣尽",
    "objected": "公示有异议，待两人处理",
    "awaiting-confirmation": "企业未答复：不支付，一直开着",
    "declined": "企业放弃",
    "confirmed": "没有收款账户，等部门补上",
    "returned": "退汇，企业尚未更正账户",
    "refused-by-head": "负责人不同意",
    "refused-by-finance": "财政不同意",
    "not-paid": "国库不予支付",
}
"""Why an award is not paid, by its state."""


def build(
    folder: Path, awards: list[dict[str, Any]], counts: Mapping[str, Mapping[str, int]]
) -> dict[str, Any]:
    """``summary.json``. ``awards`` and ``counts`` (of the run) are the hub's word, payments the treasury's."""
    found, known = grant_books.payments(folder), titles()
    paid = grant_books.by_title(found)
    returned = Counter(each.title for each in found if each.status == grant_books.RETURNED)
    return {
        "policies": [
            _policy(name, known[name], told, awards)
            | {"paid": paid.get(known[name], (0, 0))[0], "fen": paid.get(known[name], (0, 0))[1]}
            | {"returned": returned[known[name]]}
            for name, told in sorted(counts.items())
        ],
        "treasury": {
            "awards": sum(number for number, _ in paid.values()),
            "fen": sum(fen for _, fen in paid.values()),
            "returned": returned.total(),
            "twice": grant_books.twice(found),
            "unexplained": paid.get("", (0, 0))[0],
        },
        "hub": _standing(awards),
    }


def titles() -> dict[str, str]:
    reader = YAML(typ="safe", pure=True)
    told = [reader.load(file.read_text("utf-8")) for file in sorted(POLICIES.glob("*.yaml"))]
    return {each["policy"]: each["title"] for each in told}


def _policy(
    name: str, title: str, told: Mapping[str, int], awards: list[dict[str, Any]]
) -> dict[str, Any]:
    own = [row for row in awards if row["policy"] == name]
    left = Counter(row["state"] for row in own if row["state"] != "paid")
    due = sum(row["amount_fen"] for row in own)
    count = {each: told.get(each, 0) for each in ("passed", "failed", "unknown", "matched")}
    return {"policy": name, "title": title, **count, "due_fen": due, "open": dict(left)}


def _standing(awards: list[dict[str, Any]]) -> dict[str, list[int]]:
    """State → number and fen."""
    found: dict[str, list[int]] = {}
    for row in awards:
        number, fen = found.get(row["state"], [0, 0])
        found[row["state"]] = [number + 1, fen + row["amount_fen"]]
    return found


def is_good(summary: Mapping[str, Any]) -> bool:
    """Something was paid, nothing twice, hub and treasury say the same, and a decision verified alone."""
    treasury, paid = summary["treasury"], summary["hub"].get("paid", [0, 0])
    same = [treasury["awards"], treasury["fen"]] == paid
    once = not treasury["twice"] and not treasury["unexplained"]
    return bool(paid[0] and same and once and summary["proof"]["verified"])


def show(console: Console, summary: Mapping[str, Any]) -> None:
    """The same for a person."""
    table = Table(title="各项政策（支付以国库自己的账为准）", title_justify="left")
    for heading in ("政策", "符合", "不知道", "名单内", "已支付", "支付（元）", "退汇", "未支付"):
        table.add_column(heading, overflow="fold")
    for row in summary["policies"]:
        left = "；".join(f"{WHY.get(state, state)} {n}" for state, n in row["open"].items())
        counts = [row["passed"], row["unknown"], row["matched"], row["paid"]]
        table.add_row(
            row["title"], *map(str, counts), _yuan(row["fen"]), str(row["returned"]), left
        )
    console.print(table)
    treasury, proof = summary["treasury"], summary["proof"]
    mark = "[green]一笔不重[/]" if not treasury["twice"] else "[red]有重付[/]"
    console.print(
        f"国库账上 {treasury['awards']} 笔、{_yuan(treasury['fen'])} 元，退汇 {treasury['returned']} 次，{mark}。"
    )
    mark = "[green]离线核验通过[/]" if proof["verified"] else "[red]核验未通过[/]"
    console.print(f"一家企业的决定单独出证（{proof.get('bytes', 0)} 字节），{mark}。")
    console.print(f"用时（秒）：{summary['seconds']}")


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02}"
