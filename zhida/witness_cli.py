"""``zhida ledger witness``: what the witness itself runs, under another account."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from zhida.command_options import AsJson
from zhida.output import EXIT_PROBLEM, emit, local, tell

witness = typer.Typer(no_args_is_help=True, help="见证人（在另一账号下运行） the witness itself")
Home = Annotated[Path, typer.Argument(help="见证人的目录 the witness's folder")]


@witness.command()
def new(
    home: Home,
    name: Annotated[str, typer.Option(help="见证人标识，与 ledger.yaml 一致 its name")],
    origin: Annotated[str, typer.Option(help="站点标识（site.yaml 的 site） the ledger's name")],
    hub: Annotated[Path, typer.Option(help="中枢证书 the hub's certificate")],
    folder: Annotated[str, typer.Option(help="交换目录 where letters lie")] = "",
    connection: Annotated[str, typer.Option(help="经网络时：连接标识 or a connection")] = "",
    suite: Annotated[str, typer.Option(help="签名套件 suite")] = "SM2-SM3",
    as_json: AsJson = False,
) -> None:
    """建立见证人：密钥和设置 (make a witness; give witness.pub to the hub)。口令在 ZHIDA_WITNESS_PASSWORD。"""
    from zhida import witness_new

    way = {"folder": folder, "connection": connection}
    told = witness_new.make(home, name, origin, hub=hub, way=way, suite=suite, password=password())
    text = f"[green]已建立[/] {home}。把 {home}/witness.pub 交给中枢，写入 ledger.yaml 的 key"
    emit(told, as_json=as_json, table=text)


@witness.command()
def run(
    home: Home,
    every: Annotated[
        float, typer.Option(help="间隔秒数；0 为只看一次 seconds between looks; 0: once")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """取最新树头，核对、保存、会签 (fetch the newest head, check, keep, co-sign)。拒收时退出码为 1。"""
    import time

    from zhida import witness_run

    while True:
        told, wrong = witness_run.once(home, password())
        text = f"[green]已会签[/] 到第 {told['size']} 条，{local(str(told['at']))}"
        if wrong is not None:
            tell(wrong)
        elif not told["letter"]:
            text = "[yellow]没有来信[/]：中枢还没有留下树头"
        emit(told, as_json=as_json, table=text if wrong is None else "未会签")
        if not every:
            break
        time.sleep(every)
    if wrong is not None:
        raise typer.Exit(EXIT_PROBLEM)


@witness.command("status")
def show_status(home: Home, as_json: AsJson = False) -> None:
    """保存了多少树头，有没有警报 (how many heads are kept, and alarms)。有警报时退出码为 1。"""
    from zhida.witness_home import Home as Opened

    opened = Opened.read(home)
    last, alarms = opened.last(), sorted((home / "alarms").glob("*.json"))
    told = {
        "witness": opened.told["witness"],
        "heads": len(list((home / "heads").glob("*.jws"))),
        "size": last.size if last else 0,
        "at": last.at if last else "",
        "alarms": [path.name for path in alarms],
    }
    colour = "red" if alarms else "green"
    text = f"树头 {told['heads']} 个，到第 {told['size']} 条；[{colour}]警报 {len(alarms)} 个[/]"
    emit(told, as_json=as_json, table=text)
    if alarms:
        raise typer.Exit(EXIT_PROBLEM)


def password() -> bytes:
    """``ZHIDA_WITNESS_PASSWORD``: opens the witness's own key."""
    from exchange.errors import Fatal

    found = os.environ.get("ZHIDA_WITNESS_PASSWORD", "")
    if not found:
        raise Fatal("site.no-variable", variable="ZHIDA_WITNESS_PASSWORD")
    return found.encode()
