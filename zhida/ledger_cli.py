"""``zhida ledger``: check the record, show its head and who keeps it, exchange with those outside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.ledger_prune_cli import hold, holds, prune, release
from zhida.output import EXIT_PROBLEM, Marked, emit, local, show
from zhida.witness_cli import witness

ledger = typer.Typer(no_args_is_help=True, help="账本 the append-only ledger")
ledger.add_typer(witness, name="witness")
for command in (prune, hold, release, holds):
    ledger.command()(command)
_NOBODY = (
    "[yellow]没有外部树头可比[/]：回到旧副本看不出来。请见证人或时间戳，见 docs/how-to/ledger.md"
)
"""Without a head outside nothing shows that an old copy of all of it was put back."""

_BACK = (
    "\n[yellow]本机时钟拨回过 {} 次[/]（最早的在第 {} 条以前）：账本没有被改，跨越它的证据包不能采信，不能导出。"
    "见 docs/how-to/ledger.md"
)


@ledger.command()
def verify(
    head: Annotated[
        list[Path] | None,
        typer.Option(help="外部保存的树头，文件或目录，可重复 heads that others keep"),
    ] = None,
    new: Annotated[
        bool, typer.Option("--new", help="只验上次之后的 only what came since the last time")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """重算全部条目与树头，与外部树头比对 (recompute every entry and head)。有问题时退出码为 1。"""
    from exchange.problems import describe
    from zhida import ledger_check
    from zhida.watch import open_watch

    with open_watch() as watch:
        found, outside, problems = ledger_check.whole(watch, heads=head or [], new=new)
        language = watch.site.language
    rows = [{"code": p.code, "what": describe(p.code, p.facts, language)[0]} for p in problems]
    told = {"entries": found.entries, "heads": found.heads, "root": found.root, "problems": rows}
    since = f"（本次从第 {found.since} 条起）" if found.since else ""
    since += f"，其中 {found.pruned} 条正文已按规定清理" if found.pruned else ""
    since += f"，{found.unfinished} 条已定清理、正文仍在" if found.unfinished else ""
    text = (
        f"[green]账本完整[/]：{found.entries} 条{since}，{found.heads} 个树头，根 {found.root[:16]}…\n"
        + (f"外部树头 {outside} 个，全部相符" if outside else _NOBODY)
    )
    text += _BACK.format(len(found.clock_back), found.clock_back[0]) if found.clock_back else ""
    table = show(rows, {"code": "代码", "what": "问题"}, title="账本有问题")
    told |= {"since": found.since, "outside": outside}
    told |= {"clock_back": found.clock_back}
    told |= {"pruned": found.pruned, "unfinished": found.unfinished}
    emit(told, as_json=as_json, table=table if rows else text)
    if rows:
        raise typer.Exit(EXIT_PROBLEM)


@ledger.command()
def head(as_json: AsJson = False) -> None:
    """最新的签名树头 (the newest signed head; give it to a witness)."""
    from exchange.store import ledger_rows
    from zhida.watch import open_watch

    with open_watch() as watch, watch.store.read() as connection:
        found = ledger_rows.head(connection)
    told = {"size": found.size, "at": found.at, "head": found.token} if found else {"size": 0}
    if as_json:
        emit(told, as_json=True)
    else:
        emit(told.get("head", "账本还没有条目"), as_json=False, plain=True)


@ledger.command()
def status(as_json: AsJson = False) -> None:
    """谁在外面保存树头、盖到第几条 (who keeps heads outside, and how far)。有问题时退出码为 1。"""
    from zhida import ledger_check
    from zhida.watch import open_watch

    with open_watch() as watch:
        told = ledger_check.status(watch)
    columns = {
        "mark": "",
        "named": "见证人 / 时间戳",
        "upto": "到第几条",
        "when": "何时",
        "what": "情况",
    }
    rows = [row | _shown(row) for row in told["holders"]]
    title = f"账本 {told['size']} 条，最新树头 {local(told['at'])}"
    table = show(rows, columns, title=title) if rows else f"{title}\n{_NOBODY}"
    emit(told, as_json=as_json, table=table)
    if told["problems"] or any(row["code"] for row in told["holders"]):
        raise typer.Exit(EXIT_PROBLEM)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    late = "（迟到）" if row["late"] else ""
    return {
        "mark": Marked("[red]✗[/]" if row["code"] else "[green]✓[/]"),
        "named": f"{row['title']}\n{row['holder']}",
        "upto": row["size"],
        "when": local(row["at"]) + late,
        "what": row["what"] or "相符",
    }


@ledger.command()
def outside(
    now: Annotated[
        bool, typer.Option("--now", help="不等间隔，立即盖时间戳 a stamp at once")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """与见证人和时间戳机构各往来一次 (one round with witnesses and the time-stamp authority)。"""
    from zhida import outside as run
    from zhida.hub import open_hub

    with open_hub() as hub:
        told = run.go_round(hub, now=now)
    rows = [{"holder": name, "code": code or "正常"} for name, code in told.items()]
    columns = {"holder": "见证人 / 时间戳", "code": "情况"}
    emit(told, as_json=as_json, table=show(rows, columns, title="外部往来"))
    if any(told.values()):
        raise typer.Exit(EXIT_PROBLEM)


@ledger.command()
def seals(
    folder: Annotated[Path, typer.Argument(help="新目录 a new folder")], as_json: AsJson = False
) -> None:
    """导出见证签名和时间戳，供他人用 openssl 核验 (co-signatures and time stamps as files)。"""
    from zhida import ledger_check
    from zhida.watch import open_watch

    with open_watch() as watch:
        count = ledger_check.export(watch, folder)
    emit({"seals": count}, as_json=as_json, table=f"[green]已导出[/] {count} 份到 {folder}")
