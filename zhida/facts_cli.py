"""``zhida facts``: take in what holders know of enterprises, and look at what is known of one."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exchange.errors import ZhidaError
from zhida.command_options import AsJson
from zhida.evidence_cli import ShowValues
from zhida.output import EXIT_PROBLEM, emit, explained, local, show

if TYPE_CHECKING:
    from zhida.grants_file import FactSource, GrantsFile
    from zhida.hub import Hub

facts = typer.Typer(no_args_is_help=True, help="企业事实 facts of enterprises, by holder")

_STATES = {
    "synced": "已入库", "nothing": "没有新的", "waiting": "未到时间", "stopped": "已停用", "failed": "失败",
    "busy": "另一进程正在取",
}  # fmt: skip
_SYNC = {
    "system": "系统", "state_zh": "结果", "count": "收到", "rows": "入库", "invalid": "无效",
    "duplicates": "重复", "passed": "略过的文件", "total": "企业数",
}  # fmt: skip
_LIST = {
    "system": "系统", "unit": "单位", "facts": "事实数", "as_of": "数据时间", "count": "企业数",
    "fresh_zh": "有效", "next_at": "下次",
}  # fmt: skip
_SHOW = {
    "named": "事实",
    "holder": "来源单位",
    "state_zh": "状态",
    "shown": "值",
    "as_of": "数据时间",
}


@facts.command()
def sync(
    system: Annotated[list[str] | None, typer.Argument(help="系统，缺省为全部 systems")] = None,
    now: Annotated[bool, typer.Option("--now", help="不等到时间 also if it is not due")] = False,
    as_json: AsJson = False,
) -> None:
    """取各单位的企业事实，签成数据集 (take in what is due; one that fails stops no other).

    有失败或有无效的行时退出码为 1。
    """
    from zhida import grants_file
    from zhida.hub import open_hub

    with open_hub() as hub:
        told = grants_file.load(hub.site)
        chosen = [told.source(name) for name in system] if system else list(told.sources)
        done = [_synced(hub, told, source, now) for source in chosen]
    rows = [row | {"state_zh": _STATES[row["state"]]} for row in done]
    emit(done, as_json=as_json, table=show(rows, _SYNC, title="企业事实"))
    if not as_json:
        for line in explained(rows):
            emit(line, as_json=False)
    if any(row["code"] or row["invalid"] for row in done):
        raise typer.Exit(EXIT_PROBLEM)


def _synced(hub: Hub, told: GrantsFile, source: FactSource, now: bool) -> dict[str, Any]:
    """What came of it, or why nothing did."""
    from zhida import fact_look, site_words
    from zhida.fact_outcome import Synced
    from zhida.long_work import counting

    right = {"code": "", "what": "", "remedy": ""}
    try:
        with counting(f"{source.system} 签名入库") as tell:
            return asdict(fact_look.look(hub, told, source, force=now, tell=tell)) | right
    except ZhidaError as error:
        what, remedy = site_words.describe(hub.site, error.code, error.facts)
        failed = asdict(Synced(source.system, "failed"))
        return failed | {"code": error.code, "what": what, "remedy": remedy}


@facts.command("list")
def list_sources(as_json: AsJson = False) -> None:
    """各来源最近一次的数据 (each source, its newest data, and whether it still counts)."""
    from zhida import grants_file
    from zhida.hub import open_hub

    with open_hub() as hub:
        told = [_source(hub, source) for source in grants_file.load(hub.site).sources]
    rows = [
        row
        | {"as_of": local(row["as_of"]), "next_at": local(row["next_at"])}
        | {"fresh_zh": "是" if row["fresh"] else "否"}
        for row in told
    ]
    emit(told, as_json=as_json, table=show(rows, _LIST, title="事实来源"))


def _source(hub: Hub, source: FactSource) -> dict[str, Any]:
    from exchange import times
    from zhida import fact_view

    row = fact_view.newest(hub, source)
    fresh = row is not None and hub.clock() - times.instant(row.as_of) <= source.fresh
    return {
        "system": source.system,
        "unit": source.unit,
        "facts": len(source.gives),
        "dataset": row.id if row else "",
        "as_of": row.as_of if row else "",
        "count": row.count if row else 0,
        "fresh": fresh,
        "next_at": fact_view.next_at(hub, source),
    }


@facts.command("show")
def show_firm(
    uscc: Annotated[str, typer.Argument(help="统一社会信用代码 the firm's code")],
    unit: Annotated[str, typer.Option("--for", help="以哪个单位的身份看 seen by which unit")] = "",
    values: ShowValues = False,
    as_json: AsJson = False,
) -> None:
    """已知的一家企业的事实；协议不允许的不显示，每次查看都记入账本 (noted in the ledger)."""
    from mappings.identifiers import gb32100
    from zhida import fact_view, grants_file
    from zhida.hub import open_hub

    firm = gb32100.validate(uscc)
    with open_hub() as hub:
        told = grants_file.load(hub.site)
        viewer = unit or hub.site.unit
        seen = fact_view.of_firm(hub, told, firm, unit=viewer, values=values)
    rows = [
        each.told()
        | {"named": f"{each.title}\n{each.fact}", "state_zh": fact_view.STATES[each.state]}
        | {"as_of": local(each.as_of)}
        for each in seen
    ]
    table = show(rows, _SHOW, title="企业事实")
    emit([each.told() for each in seen], as_json=as_json, table=table)
