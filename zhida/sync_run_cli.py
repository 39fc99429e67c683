"""``zhida sync run`` and ``backfill``: each line by itself; one that fails stops no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from exchange.errors import ZhidaError
from zhida.command_options import AsJson
from zhida.output import EXIT_PROBLEM, emit, explained, show

if TYPE_CHECKING:
    from zhida.hub import Hub
    from zhida.sync_asked import Asked
    from zhida.sync_to import Line

STATES = {
    "done": "已做完", "stopped": "停下了", "failed": "失败", "paused": "已暂停", "busy": "另一进程正在做", "waiting": "没有新来的",
    "running": "正在做", "never": "还没有做过",
}  # fmt: skip
COUNTS = {
    "read": "读到", "applied": "写入", "unchanged": "未变", "invalid": "无效", "quarantined": "隔离",
    "refused": "被拒", "in_flight": "途中", "deleted": "删除", "kept": "未删",
}  # fmt: skip
_RUN = {"sync": "同步", "target": "目标", "state_zh": "结果", "counts_zh": "行数"}


def counted(counts: dict[str, int]) -> str:
    """How many rows came to what, in one text.

    >>> counted({"read": 1200, "applied": 1200, "unchanged": 0})
    '读到 1,200，写入 1,200'
    """
    told = {name: counts.get(name, 0) for name in COUNTS}
    return "，".join(f"{COUNTS[name]} {count:,}" for name, count in told.items() if count)


def _counts(row: dict[str, Any], asked: Asked) -> str:
    """An empty cell would leave it open whether anything was looked at."""
    told = counted(row["counts"])
    if told or row["state"] != "done":
        return told
    return "这一段没有行" if asked.between else "读到 0"


Name = Annotated[str, typer.Argument(help="同步标识 the sync's name")]
OneTarget = Annotated[str, typer.Option("--target", help="只做哪个目标 one target only")]
Accept = Annotated[
    list[str] | None,
    typer.Option(
        "--accept",
        help="drop、errors：这一次不因此停；drift：按来源现在的列继续；place：网闸来的从这一批接上",
    ),
]


def run(name: Name, target: OneTarget = "", accept: Accept = None, as_json: AsJson = False) -> None:
    """现在运行一次 (run it now). 停下、失败或有出错的行时退出码为 1。"""
    from zhida.sync_asked import Asked

    _run(name, target, Asked(accept=_accepted(accept)), as_json=as_json)


def backfill(
    name: Name,
    begin: Annotated[str, typer.Option("--from", help="游标从 the cursor's first value")],
    end: Annotated[str, typer.Option("--to", help="到 the last, itself too")],
    target: OneTarget = "",
    accept: Accept = None,
    as_json: AsJson = False,
) -> None:
    """把游标的一段重新读一遍、补齐，不动进度 (read a span of the cursor again)."""
    from zhida import sync_file
    from zhida.environment import site_folder
    from zhida.sync_asked import Asked

    sync_file.require_cursor(sync_file.find(site_folder(), name))
    _run(name, target, Asked((begin, end), _accepted(accept)), as_json=as_json)


def _accepted(words: list[str] | None) -> frozenset[str]:
    from exchange.errors import Invalid
    from exchange.names import nearest
    from zhida.sync_asked import ACCEPTED

    for each in words or ():
        if each not in ACCEPTED:
            raise Invalid("sync.accept", word=each[:40], nearest=nearest(each, ACCEPTED))
    return frozenset(words or ())


def _run(name: str, target: str, asked: Asked, *, as_json: bool) -> None:
    from zhida import alerts, sync_file, sync_to
    from zhida.hub import open_hub

    with open_hub() as hub:
        sync = sync_file.find(hub.site.folder, name)
        told = [_one(hub, line, asked) for line in sync_to.lines(sync, target)]
        alerts.tell(hub)
    rows = [
        row | {"state_zh": STATES[row["state"]], "counts_zh": _counts(row, asked)} for row in told
    ]
    emit(told, as_json=as_json, table=show(rows, _RUN, title="定时同步"))
    if not as_json:
        for text in explained(rows):
            emit(text, as_json=False)
    if any(row["code"] or row["counts"]["wrong"] for row in told):
        raise typer.Exit(EXIT_PROBLEM)


def _one(hub: Hub, line: Line, asked: Asked) -> dict[str, Any]:
    """What came of one line, or why nothing did."""
    from dataclasses import asdict, replace

    from exchange.store.sync_batch_rows import Counts
    from zhida import site_words, sync_look
    from zhida.long_work import counting
    from zhida.sync_run import Done

    right = {"code": "", "what": "", "remedy": ""}
    try:
        with counting(f"{line.sync.title} → {line.target.name}") as tell:
            told = asdict(sync_look.look(hub, line, replace(asked, tell=tell))) | right
    except ZhidaError as error:
        what, remedy = site_words.describe(hub.site, error.code, error.facts)
        failed = asdict(Done(*line.names, "", "failed"))
        told = failed | {"code": error.code, "what": what, "remedy": remedy}
    told["counts"]["wrong"] = Counts(**told["counts"]).wrong
    return told
