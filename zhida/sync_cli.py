"""``zhida sync``: run scheduled syncs by hand, see how they stand, compare both ends."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.evidence_cli import ShowValues
from zhida.output import EXIT_PROBLEM, emit, local, show
from zhida.sync_run_cli import STATES, Name, OneTarget, counted

syncs = typer.Typer(no_args_is_help=True, help="定时同步 scheduled syncs between systems")

_LIST = {
    "named": "同步", "source": "来源", "target": "目标", "mode": "方式", "schedule": "何时（北京时间）",
}  # fmt: skip
_STATUS = {
    "named": "同步", "target": "目标", "state_zh": "最近一次", "done_zh": "做完于", "fresh_zh": "有效",
    "counts_zh": "累计", "held_zh": "留存的行",
}  # fmt: skip
_DIFF = {
    "sync": "同步", "target": "目标", "equal_zh": "结果", "rows": "来源行数", "target_rows": "目标行数",
    "missing": "目标缺", "other": "不同", "extra": "目标多", "invalid": "无效",
}  # fmt: skip
KINDS = {"invalid": "无效", "quarantined": "隔离", "refused": "被拒"}
_HOW = {"missing": "目标缺", "other": "不同", "extra": "目标多"}


@syncs.command("list")
def list_syncs(as_json: AsJson = False) -> None:
    """列出站点的同步 (the site's syncs)."""
    from zhida import sync_file, sync_view
    from zhida.environment import site_folder

    told = sync_view.listed(list(sync_file.load_all(site_folder()).values()))
    rows = [row | {"named": f"{row['title']}\n{row['sync']}"} for row in told]
    emit(told, as_json=as_json, table=show(rows, _LIST, title="定时同步"))


@syncs.command()
def status(
    name: Annotated[str, typer.Argument(help="同步标识，缺省为全部 one sync")] = "",
    as_json: AsJson = False,
) -> None:
    """各同步做到哪里、数据多旧、留存了哪些行 (how each stands). 有过期或没做完的，退出码为 1。"""
    from zhida import sync_file, sync_to, sync_view
    from zhida.watch import open_watch

    with open_watch() as watch:
        folder = watch.site.folder
        found = sync_file.load_all(folder)
        chosen = [sync_file.find(folder, name)] if name else list(found.values())
        told = [sync_view.status(watch, line) for each in chosen for line in sync_to.lines(each)]
    emit(
        told, as_json=as_json, table=show([_shown(row) for row in told], _STATUS, title="定时同步")
    )
    if any(not row["is_fresh"] or row["state"] in ("failed", "stopped") for row in told):
        raise typer.Exit(EXIT_PROBLEM)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    held = "\n".join(f"{each['code']} {each['count']:,}" for each in row["held"])
    return row | {
        "named": f"{row['title']}\n{row['sync']}",
        "state_zh": f"{STATES[row['state']]}\n{row['code']}".strip(),
        "done_zh": local(row["done_at"]) if row["done_at"] else "",
        "fresh_zh": "是" if row["is_fresh"] else "否",
        "counts_zh": "\n".join(filter(None, (counted(row["counts"]), _waits(row["away"])))),
        "held_zh": held,
    }


def _waits(away: dict[str, Any]) -> str:
    """What has gone through a gate and is not answered.

    >>> _waits({"batches": 2, "rows": 14, "number": 7, "since": "2026-01-05T00:00:00.000000Z"})
    '对侧未回 2 批，从第 7 批起，2026-01-05 08:00 放到网闸'
    """
    if not away:
        return ""
    since = local(away["since"])
    return f"对侧未回 {away['batches']} 批，从第 {away['number']} 批起，{since} 放到网闸"


@syncs.command()
def held(
    name: Name,
    target: OneTarget = "",
    code: Annotated[str, typer.Option(help="只看哪种原因 one code only")] = "",
    values: ShowValues = False,
    as_json: AsJson = False,
) -> None:
    """没有写的行和原因；看数据记入账本 (rows that did not go on; to see them is noted)."""
    from zhida import sync_file, sync_held_view, sync_to
    from zhida.hub import open_hub

    with open_hub() as hub:
        lines = sync_to.lines(sync_file.find(hub.site.folder, name), target)
        told = [
            row
            for line in lines
            for row in sync_held_view.listed(hub, line, code=code, values=values)
        ]
    rows = [
        row
        | {"named": f"{KINDS[row['kind']]}\n{row['id'][:8]}", "at": local(row["at"])}
        | {"row": "\n".join(f"{k}: {v}" for k, v in row.get("row", {}).items())}
        for row in told
    ]
    columns = {"named": "行", "target": "目标", "what": "原因", "at": "时间"}
    shown = {**columns, "row": "数据"} if values else columns
    emit(told, as_json=as_json, table=show(rows, shown, title="没有写的行"))


@syncs.command()
def diff(name: Name, target: OneTarget = "", as_json: AsJson = False) -> None:
    """两端逐段比对校验和，列出不同的行的编号（不含数据）(compare both ends). 有不同的，退出码为 1。"""
    from zhida import sync_diff, sync_file, sync_to
    from zhida.hub import open_hub
    from zhida.long_work import counting

    found = []
    with open_hub() as hub:
        for line in sync_to.lines(sync_file.find(hub.site.folder, name), target):
            with counting(f"{line.sync.title} ↔ {line.target.name}") as tell:
                found.append(sync_diff.compare(hub, line, tell))
    told = [each.to_json() for each in found]
    rows = [
        row | row["counts"] | {"equal_zh": "相同" if row["is_equal"] else "不同"} for row in told
    ]
    emit(told, as_json=as_json, table=show(rows, _DIFF, title="两端比对"))
    if not as_json:
        for row in (each for told_row in told for each in told_row["differing"]):
            emit(f"{_HOW[row['how']]} {row['ref']}", as_json=False)
    if not all(row["is_equal"] for row in told):
        raise typer.Exit(EXIT_PROBLEM)


@syncs.command()
def pause(name: Name, as_json: AsJson = False) -> None:
    """暂停：正在做的这一批做完就停，到时间也不做 (pause until it is resumed)."""
    _pause(name, until_resumed=True, as_json=as_json)


@syncs.command()
def resume(name: Name, as_json: AsJson = False) -> None:
    """继续 (let a paused sync go on)."""
    _pause(name, until_resumed=False, as_json=as_json)


def _pause(name: str, *, until_resumed: bool, as_json: bool) -> None:
    from zhida import sync_file, sync_look
    from zhida.hub import open_hub

    with open_hub() as hub:
        sync_look.pause(hub, sync_file.find(hub.site.folder, name), until_resumed=until_resumed)
    told = {"sync": name, "paused": until_resumed}
    emit(told, as_json=as_json, table=f"{name} 已{'暂停' if until_resumed else '继续'}")
