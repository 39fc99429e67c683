"""``zhida ledger prune | hold | release | holds``: what of the ledger may go, and what must stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhida.command_options import AsJson, Reason
from zhida.output import EXIT_USAGE, emit, local, show

if TYPE_CHECKING:
    from exchange.store.prune_rows import Count

WHY = {
    "ripe": "可以清理",
    "gone": "已清理",
    "kind": "不清理的种类（受理、决定、密钥、报告要用的）",
    "no-case": "不属于办件",
    "held": "诉讼保全",
    "open": "办件未结",
    "undelivered": "有未送达或结果未知的",
    "clock": "时限未了",
    "objection": "校核未了",
    "young": "未满保存期限，或结束于该日之后",
}
_COLUMNS = {"what": "条目", "entries": "条数", "cases": "办件"}


def prune(
    before: Annotated[
        str, typer.Option(help="清理在这一天之前结束的办件 cases closed before, 2029-01-01")
    ] = "",
    dry_run: Annotated[bool, typer.Option(help="只看有多少 only look")] = False,
    proposal: Annotated[
        str, typer.Option(help="执行已经两人同意的提议 carry out what two people decided")
    ] = "",
    reason: Annotated[
        str, typer.Option(help="理由，写明保存期限的依据 why; no personal data")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """清理满了保存期限的账本正文；散列和证明留下 (old bodies go, hashes and proofs stay).

    先 --dry-run 看，再由一人提议（--before、--reason），另一人同意，最后 --proposal 执行。
    """
    from zhida.key_cli import propose
    from zhida.ledger_pruning import PRUNE

    if bool(before) == bool(proposal) or (dry_run and proposal):
        typer.echo("写 --before 或 --proposal，不能都写", err=True)
        raise typer.Exit(EXIT_USAGE)
    if proposal:
        _carry_out(proposal, as_json)
    elif dry_run:
        _look(before, as_json)
    else:
        propose(PRUNE, lambda hub: _day(before, hub.clock()), reason, as_json)


def _day(before: str, now: Any) -> str:
    from exchange import times
    from zhida.ledger_pruning import day_of

    return day_of(before, times.civil_day(now)).isoformat()


def _look(before: str, as_json: bool) -> None:
    from zhida.ledger_pruning import looked_at
    from zhida.watch import open_watch

    with open_watch() as watch, watch.store.read() as connection:
        found = looked_at(watch.site, connection, before, watch.clock())
    rows = [_row(each) for each in sorted(found, key=lambda each: list(WHY).index(each.why))]
    table = show(rows, _COLUMNS, title=f"清理 {before} 之前结束的办件（只看，未动）")
    emit(rows, as_json=as_json, table=table)


def _row(found: Count) -> dict[str, Any]:
    return {"why": found.why, "what": WHY[found.why]} | {
        "entries": found.entries,
        "cases": found.cases,
    }


def _carry_out(proposal: str, as_json: bool) -> None:
    from zhida.hub import open_hub
    from zhida.ledger_prune_run import run
    from zhida.long_work import counting

    with open_hub() as hub, counting("清理账本正文") as told:
        gone = run(hub, proposal, told)
    text = f"[green]已清理[/] {gone} 条正文；散列、路径和各项统计不变。请运行 zhida ledger verify"
    emit({"pruned": gone}, as_json=as_json, table=text)


def hold(case: str, reason: Reason, as_json: AsJson = False) -> None:
    """保全一个办件：它的账本正文不得清理 (nothing of the case is taken away)."""
    from zhida import case_view, ledger_holds
    from zhida.hub import open_hub
    from zhida.operators import this_person
    from zhida.site_operators import OPERATE
    from zhida.watch import Watch

    with open_hub() as hub:
        who = this_person(hub.site, OPERATE, hub.clock(), hub.trust.now().revocations)
        found = case_view.find(Watch(hub.site, hub.store, hub.clock), case).id
        ledger_holds.put(hub, who, found, reason)
    emit({"case": found, "held": True}, as_json=as_json, table=f"已保全办件 {found[:12]}")


def release(case: str, reason: Reason, as_json: AsJson = False) -> None:
    """提议解除保全，须另一人同意 (release a hold; two people)."""
    from zhida import case_view
    from zhida.key_cli import propose
    from zhida.ledger_holds import RELEASE
    from zhida.watch import Watch

    propose(
        RELEASE,
        lambda hub: case_view.find(Watch(hub.site, hub.store, hub.clock), case).id,
        reason,
        as_json,
    )


def holds(as_json: AsJson = False) -> None:
    """列出保全的办件 (cases under a hold)."""
    from dataclasses import asdict

    from zhida import ledger_holds
    from zhida.watch import open_watch

    with open_watch() as watch, watch.store.read() as connection:
        found = [asdict(each) for each in ledger_holds.holds(watch.site, connection)]
    rows = [
        {"short": row["case"][:12], "since": local(row["at"]), "by": row["operator"]}
        | {"why": row["reason"]}
        for row in found
    ]
    columns = {"short": "办件", "since": "自", "by": "操作人", "why": "理由"}
    emit(found, as_json=as_json, table=show(rows, columns, title="诉讼保全"))
