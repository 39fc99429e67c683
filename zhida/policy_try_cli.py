"""``zhida policy dry-run`` and ``table``: what a draft would do, and a policy as a page."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.output import emit, show

_Which = Annotated[str, typer.Argument(help="政策标识或草稿文件 name or file of the draft")]
_On = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="决定日；缺省为快照的日期 day of decision"),
]
_Snapshot = Annotated[str, typer.Option(help="快照标识的开头；缺省为最新 beginning of its id")]


def dry_run(
    which: _Which,
    on: _On = None,
    snapshot: _Snapshot = "",
    plot: Annotated[Path | None, typer.Option(help="画图，SVG 文件 a picture")] = None,
    as_json: AsJson = False,
) -> None:
    """草稿会有什么结果：与现行政策在同一快照上比较 (a draft against what holds, on a snapshot).

    谁得到、谁失去、金额和预算、差一个条件的户数（不足五户不显示）、与不可同享的政策的重叠、版本之间的空档。
    只有数目，没有名单；不写入任何东西。
    """
    from rich.progress import track

    from exchange import times
    from matters.fact_columns import FIRM
    from zhida import files, policy_dry_run, policy_find, policy_plot
    from zhida import snapshot as snapshots
    from zhida.environment import site_folder
    from zhida.hub import open_hub

    known = policy_find.catalogue(site_folder())
    draft = policy_find.opened(site_folder(), which)
    before = known.policies.get(draft.name)
    others = policy_dry_run.related(draft, known.policies.values())
    with open_hub() as hub:
        frozen = snapshots.find(hub, snapshot)
        day = on.date() if on else times.civil_day(times.instant(frozen.as_of))
        frames = track(frozen.frames(FIRM), "逐批试算", disable=as_json, transient=True)
        effect = policy_dry_run.run(before, draft, frames, day, related=others)
    told = policy_dry_run.told(effect, draft, known.facts) | {"snapshot": frozen.id}
    if plot:
        made = policy_plot.plot(effect, draft, int(told["budget_fen"]))
        files.write(plot, made.encode())
    emit(told, as_json=as_json, table=_table(told))


def _table(told: dict[str, Any]) -> Any:
    from rich.console import Group

    from matters import money
    from zhida.policy_plot import CHANGES

    sides = [
        {"side": name, "passes": told[key]["passes"], "unknown": told[key]["unknown"]}
        | {"fen": money.write(told[key]["fen"])}
        for key, name in (("before", "现行"), ("after", "草稿"))
    ]
    changes = [
        {"change": name, "firms": each["firms"], "fen": money.write(each["fen"])}
        for key, name in CHANGES.items()
        if (each := told["changes"].get(key))
    ]
    heads = {"side": "", "passes": "符合", "unknown": "未知", "fen": "金额"}
    title = f"{told['policy']}：{told['firms']:,} 户，决定日 {told['on']}"
    parts = [
        show(sides, heads, title=title),
        show(changes, {"change": "变化", "firms": "户数", "fen": "金额"}, title="谁得到，谁失去"),
        show(
            told["near"], {"clause": "条款", "what": "条件", "firms": "户数"}, title="只差一个条件"
        ),
        *_remarks(told),
    ]
    return Group(*parts)


def _remarks(told: dict[str, Any]) -> list[str]:
    from matters import criteria_words, money

    found = []
    if budget := told["budget_fen"]:
        share = criteria_words.percent(Fraction(told["after"]["fen"], budget))
        found.append(f"年度预算 {money.short(budget)}，草稿合计占 {share}（未扣除已兑现的）")
    found += [f"与 {name} 同时符合 {n:,} 户" for name, n in told["overlaps"].items() if n]
    found += [f"从 {first} 到 {last} 没有版本有效" for first, last in told["gaps"]]
    return found


def table(
    which: _Which,
    to: Annotated[Path, typer.Option("-o", help="HTML 文件 the file")],
    as_json: AsJson = False,
) -> None:
    """政策的决策表，HTML (a policy as a page: conditions, examples, amounts)."""
    from zhida import files, policy_find, policy_page, site_words
    from zhida.environment import site_folder

    found = policy_find.opened(site_folder(), which)
    known = policy_find.catalogue(site_folder())
    files.write(
        to, policy_page.page(found, known.facts, site_words.departments(site_folder())).encode()
    )
    told = {"policy": found.name, "digest": found.digest, "file": str(to)}
    emit(told, as_json=as_json, table=f"已写入 {to}")
