"""Rules of triage tried on past disputes, and papers asked for anew: commands of ``zhida mediation``."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.output import EXIT_PROBLEM, emit, show

_File = Annotated[Path, typer.Argument(help="分流规则草稿，YAML 文件 the draft")]
_DAY = typer.Option(formats=["%Y-%m-%d"], help="第一天；缺省一年前 first day")
_LAST = typer.Option(formats=["%Y-%m-%d"], help="最后一天；缺省今天 last day")
_SINCE = typer.Option(formats=["%Y-%m-%d"], help="从这一天登记的事起 told from this day on")
_MOST = 20
"""Disputes that a table shows; JSON has all."""


def try_rules(
    file: _File,
    since: Annotated[datetime | None, _DAY] = None,
    until: Annotated[datetime | None, _LAST] = None,
    as_json: AsJson = False,
) -> None:
    """分流规则草稿在以往的争议上会怎样 (a draft of triage.yaml on past disputes, beside what holds).

    每件按当时的登记、当天还剩的期限判断。各去哪里、哪些案号去向改变、由哪条规则、哪些还不知道。
    只有案号，没有个人信息；不写入任何东西。
    """
    from exchange import times
    from zhida import triage_dry_run
    from zhida.environment import site_folder
    from zhida.hub import open_hub

    draft = triage_dry_run.draft(site_folder(), file)
    with open_hub() as hub:
        last = until.date() if until else times.civil_day(hub.clock())
        first = since.date() if since else last - timedelta(days=365)
        span = triage_dry_run.Span(first, last)
        effect = triage_dry_run.run(hub, draft, span)
    told = triage_dry_run.told(effect, draft, span)
    emit(told, as_json=as_json, table=_table(told, draft))


def _table(told: dict[str, Any], draft: Any) -> Any:
    from rich.console import Group

    roles = draft.ladder.roles
    events = {name: say.title for name, say in draft.ladder.says.items()}
    title = f"{told['disputes']:,} 件争议，{told['since']} 至 {told['until']}"
    moved = [_row(each, roles, events) for each in told["changes"][:_MOST]]
    heads = {"dispute": "案号", "before": "现行", "after": "草稿", "beside": "同时启动的变化"}
    unknown = f"因没有写明而不知道（未知不当作“否”）；去向改变 {told['elsewhere']:,} 件"
    return Group(
        _sides(told, "to", roles, f"去向：{title}"),
        _sides(told, "beside", events, "同时启动"),
        _sides(told, "unknown", {}, unknown),
        show(moved, heads, title=f"有变化的 {len(told['changes']):,} 件，最多显示 {_MOST} 件"),
        *([f"{told['gone']:,} 件的登记已到期销毁，不计"] if told["gone"] else []),
    )


def _sides(told: dict[str, Any], part: str, titles: Any, title: str) -> Any:
    before, after = told["before"][part], told["after"][part]
    rows = [
        {"what": titles.get(name, name), "before": before.get(name, 0), "after": after.get(name, 0)}
        for name in sorted({*before, *after})
    ]
    return show(rows, {"what": "", "before": "现行", "after": "草稿"}, title=title)


def _row(each: dict[str, Any], roles: Any, events: Any) -> dict[str, str]:
    sides = {n: f"{roles[each[n]['to']]}（{each[n]['rule']}）" for n in ("before", "after")}
    beside = [f"加 {events[name]}（{rule}）" for name, rule in each["begun"].items()]
    beside += [f"减 {events[name]}（{rule}）" for name, rule in each["dropped"].items()]
    return {"dispute": each["dispute"], **sides, "beside": "、".join(beside)}


def papers(
    since: Annotated[datetime | None, _SINCE] = None,
    as_json: AsJson = False,
) -> None:
    """申请制作还没有的文书 (ask for the papers that there are not yet).

    平时由流程自动申请，每份一次；缺取值的补登以后，用 --since 再试更早的。缺的写在提醒里（zhida incident list）。
    """
    from exchange import times
    from matters import ladder_file
    from zhida import mediation_files, mediation_papers
    from zhida.hub import open_hub

    with open_hub() as hub:
        ladder = ladder_file.load(mediation_files.of_site(hub.site.folder, ladder_file.SHIPPED))
        start = since.replace(tzinfo=times.CHINA) if since else None
        found = mediation_papers.of_site(hub.site, ladder)
        told = mediation_papers.ask(hub, ladder, found, start)
    text = f"申请了 {told['asked']:,} 份；不能制作的 {told['lacking']:,} 份"
    emit(told, as_json=as_json, table=text)
    if told["lacking"]:
        raise typer.Exit(EXIT_PROBLEM)
