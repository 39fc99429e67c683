"""``zhida ledger``: check the whole record, show its head."""

from __future__ import annotations

import typer

from zhida.command_options import AsJson
from zhida.output import EXIT_PROBLEM, emit, show

ledger = typer.Typer(no_args_is_help=True, help="账本 the append-only ledger")


@ledger.command()
def verify(as_json: AsJson = False) -> None:
    """从第一条起重算全部条目与树头 (recompute every entry and head). 有问题时退出码为 1。"""
    from exchange import audit
    from exchange.problems import describe
    from zhida import trusted
    from zhida.watch import open_watch

    with open_watch() as watch:
        with watch.store.read() as connection:
            kept = trusted.kept(watch.site, connection)
        keys = trusted.hub_keys(watch.site, trusted.state(watch.site, watch.clock, kept))
        found = audit.verify(watch.store, keys, watch.site.name)
        language = watch.site.language
    problems = [
        {"code": p.code, "what": describe(p.code, p.facts, language)[0]} for p in found.problems
    ]
    told = {
        "entries": found.entries,
        "heads": found.heads,
        "root": found.root,
        "problems": problems,
    }
    text = f"[green]账本完整[/]：{found.entries} 条，{found.heads} 个树头，根 {found.root[:16]}…"
    table = show(problems, {"code": "代码", "what": "问题"}, title="账本有问题")
    emit(told, as_json=as_json, table=table if problems else text)
    if problems:
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
