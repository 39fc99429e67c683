"""``zhida backup``, ``zhida restore``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exchange import times
from zhida.command_options import AsJson, Reason
from zhida.output import EXIT_PROBLEM, emit, local

if TYPE_CHECKING:
    from zhida.restore import Restored
    from zhida.site import Site


def backup(
    folder: Annotated[Path, typer.Argument(help="新目录 a new folder")],
    keys: Annotated[
        Path | None, typer.Option(help="另把密钥复制到此新目录（放在别处） copy the keys there")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """备份数据库，不停工 (a consistent copy of the store while work goes on)。不含保存期限桶的密钥。"""
    from zhida import backup as run
    from zhida.environment import var_folder
    from zhida.hub import open_hub

    with open_hub() as hub:
        made = run.make(hub, folder)
    copied = run.copy_keys(var_folder() / "keys", keys) if keys else 0
    text = (
        f"[green]已备份[/] {folder}：账本 {made.size} 条，{made.kind}，{local(made.at)}\n"
        "不含保存期限桶的密钥和检索密钥"
        + (f"；{copied} 个密钥已复制到 {keys}，请与备份分开存放" if keys else "：用 --keys 另存")
    )
    emit(asdict(made) | {"keys": copied}, as_json=as_json, table=text)


def restore(
    folder: Annotated[Path, typer.Argument(help="备份目录 the backup's folder")],
    reason: Reason = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="换下现有数据库（另存） keep the present one aside")
    ] = False,
    lost_head: Annotated[
        Path | None, typer.Option(help="外部保存的最新树头 the newest head that somebody holds")
    ] = None,
    unsigned: Annotated[
        bool, typer.Option("--unsigned", help="没有签名的旧备份也恢复 even if nobody signed it")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """从备份恢复，开立签名的纪元 (put a backup back and open a signed epoch)。先停掉所有进程。

    由操作人签名，连同理由记入账本 (an operator signs it; it stands in the ledger with the reason).
    """
    from exchange import backup
    from exchange.problems import describe
    from zhida import files, restore_order, site
    from zhida import restore as run
    from zhida.environment import secret, site_folder, store_url, var_folder
    from zhida.restore_lost import Place

    place = Place(site.load(site_folder()), var_folder(), secret(), store=store_url())
    token = files.token(lost_head) if lost_head else ""
    order = restore_order.of_this_process(place.site, reason, place.clock())
    done = run.restore(place, folder, order, replace=replace, lost_head=token, unsigned=unsigned)
    at = backup.read(folder).at
    lines = _lines(done, at) + _to_hand_over(place.site, at)
    for bucket in done.closed:
        what, remedy = describe("restore.bucket-gone", {"bucket": bucket}, place.site.language)
        lines.append(f"[red]✗[/] {what} → {remedy}")
    emit(asdict(done) | {"backup_at": at}, as_json=as_json, table="\n".join(lines))
    if done.closed:
        raise typer.Exit(EXIT_PROBLEM)


def _lines(done: Restored, at: str) -> list[str]:
    """What was done, and what to do next. ``at``: the moment of the backup (stamp)."""
    lines = [f"[green]已恢复[/]：账本 {done.size} 条，其后为纪元 {done.epoch}"]
    lines += [f"换下的数据库在 {done.replaced}"] if done.replaced else []
    lines += [f"丢失的树头：{f'第 {done.lost.size} 条' if done.lost.known else '不明'}"]
    lines += [f"存疑的系统：{' '.join(done.doubts)}。等半分钟再对账：", f"  {_to_reconcile(at)}"]
    modes = " ".join(f"{name}={mode}" for name, mode in done.legs.items())
    lines += [f"备份之后改过的接口开关照旧：{modes}"] if modes else []
    if not done.legs_known:
        lines.append(
            "[yellow]![/] 旧库读不出：备份之后停用过的接口无从得知 → 启动前用 zhida leg list 核对"
        )
    if not done.signed:
        lines.append("[yellow]![/] 备份没有签名：除账本外，各表是否被改过，无从得知")
    return lines


def _to_hand_over(told: Site, at: str) -> list[str]:
    """What the units' signers beyond a gate are to do: both gates hold as received what is lost here."""
    across = [each.title for each in told.systems.values() if "gate" in each.options]
    if not across:
        return []
    since = times.in_china(times.instant(at)).isoformat(timespec="seconds")
    return [
        f"隔着网闸的（{'、'.join(across)}）不会自己再交：请该单位停下签名机，加上 --home 和 --reason 运行：",
        f"  zhida signer again --since {since}",
    ]


def _to_reconcile(at: str) -> str:
    """The command whose days cover what was lost: from the backup's day on, today included."""
    since = times.civil_day(times.instant(at))
    until = times.civil_day(datetime.now(times.CHINA)) + timedelta(days=1)
    return f"zhida reconcile --since {since} --until {until}"
