"""A row that was verified, on a terminal: whose word it is, and what it says."""

from __future__ import annotations

from rich.console import Group
from rich.markup import escape

from exchange import custody, times
from exchange.dataset_verify import CheckedRow
from exchange.problems import describe
from zhida.output import local, show


def table(checked: CheckedRow, values: bool) -> Group:
    """Head, row, remarks; ``values``: what stands in the row too."""
    origin, ledger = checked.document.origin, checked.ledger
    lines = [
        "[bold green]✓ 属实[/]",
        (
            f"数据集 {checked.document.id}（{escape(checked.dataset.form.schema)}），"
            f"共 {checked.dataset.count} 行，此为其中一行"
        ),
        (
            f"签名者 {escape(checked.signature.organization)}，{custody.told(origin.custody, escape(origin.provider))}，"
            f"来源 {escape(origin.provider)}/{escape(origin.source)}"
        ),
        (
            f"数据时间 {local(times.stamp(origin.as_of))}，"
            f"签名时间 {local(times.stamp(checked.signed_at))}（签名者自己的时钟）"
        ),
        (
            f"账本 {escape(ledger.head.origin)} 第 {ledger.seq} 条，记入 {local(times.stamp(ledger.at))}；"
            f"签名树头 {local(times.stamp(ledger.head.at))}，共 {ledger.head.size} 条，"
            f"根 {ledger.head.root.hex()}"
        ),
    ]
    rows = [
        {"name": name, "value": value if values else "（用 --show-values 显示）"}
        for name, value in checked.row.items()
    ]
    remarks = [f"[yellow]![/] {escape(describe(e.code, e.facts)[0])}" for e in checked.remarks]
    fields = show(rows, {"name": "字段", "value": "值"}, title="内容")
    return Group("\n".join(lines), fields, "\n".join(remarks))
