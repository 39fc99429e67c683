"""``zhida grants``: a night's run by hand, where the awards stand, one award, and what two decide."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhida.command_options import AsJson, Reason
from zhida.output import emit, local, show

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhida.hub import Hub

grants = typer.Typer(no_args_is_help=True, help="奖补 grants: matched, listed, confirmed, paid")

Award = Annotated[str, typer.Argument(help="奖补编号或其开头 number of the award or its beginning")]
_SHOWN = 200
_STEPS = {"facts": "取事实", "snapshot": "快照", "match": "匹配", "push": "推送"}
_STEPS |= {"clawback": "追回核查", "advance": "推进"}
_WORDS = {"clear": "grant-clear", "drop": "grant-drop", "release": "grant-release"}
_WORDS |= {"claw-back": "grant-claw-back"}


@grants.command("run")
def run_night(
    snapshot: Annotated[str, typer.Option(help="用这个快照，不另取 use this snapshot")] = "",
    as_json: AsJson = False,
) -> None:
    """跑一夜的全程：取事实、快照、匹配、推送、追回核查、推进 (facts that are due and a night's run)."""
    from zhida import fact_steps, grant_steps

    def steps(hub: Hub, tell: Callable[[str], None]) -> dict[str, Any]:
        told: dict[str, Any] = {}
        if not snapshot:
            told["facts"] = fact_steps.take_all(hub)
            told["snapshot"] = grant_steps.snapshot(hub, lambda n: tell(f"快照 {n:,} 户"))
        told["match"] = grant_steps.match(hub, snapshot, lambda step, n: tell(f"{step} {n:,}"))
        told["push"] = grant_steps.push(hub)
        told["clawback"] = grant_steps.clawback(hub)
        return told | {"advance": grant_steps.advance(hub)}

    _with_status(steps, as_json)


@grants.command("advance")
def advance(as_json: AsJson = False) -> None:
    """推进：名单、办件、批次、支付各走一步 (let everything go on as far as it can)."""
    from zhida import grant_steps

    _with_status(lambda hub, _: {"advance": grant_steps.advance(hub)}, as_json)


@grants.command("push")
def push(as_json: AsJson = False) -> None:
    """推送：把符合的政策告知企业，每版政策对每家一次，退订的不发 (tell firms what they qualify for)."""
    from zhida import grant_steps

    _with_status(lambda hub, _: {"push": grant_steps.push(hub)}, as_json)


def _with_status(
    steps: Callable[[Hub, Callable[[str], None]], dict[str, Any]], as_json: bool
) -> None:
    from rich.console import Console

    from zhida.hub import open_hub

    with open_hub() as hub, Console(stderr=True).status("进行中") as status:
        told = steps(hub, status.update)
    rows = [
        {
            "step": _STEPS[name],
            "what": "，".join(f"{k} {v}" for k, v in counts.items() if v) or "无",
        }
        for name, counts in told.items()
    ]
    emit(told, as_json=as_json, table=show(rows, {"step": "步骤", "what": "结果"}, title="奖补"))


@grants.command("status")
def status(as_json: AsJson = False) -> None:
    """各状态的笔数和金额、最近的匹配、等人决定的名单、批次和追回 (where everything stands)."""
    from rich.console import Group

    from exchange.store import grant_rows
    from zhida import grant_view, site_words
    from zhida.watch import open_watch

    with open_watch() as watch:
        with watch.store.read() as connection:
            runs = [grant_view.run(row) for row in grant_rows.runs(connection, limit=5)]
        awards, sheets = grant_view.standing(watch.store), grant_view.sheets(watch.store)
        clawbacks = grant_view.clawbacks(watch.store)
        for row in (*sheets, *clawbacks):
            row["policy_zh"] = site_words.policy(watch.site, row["policy"])
    told = {"runs": runs, "awards": awards, "sheets": sheets, "clawbacks": clawbacks}
    emit(told, as_json=as_json, table=Group(*map(_table, told, told.values())))


_COLUMNS = {
    "runs": ("最近的匹配", {"short": "编号", "day": "决定日", "word": "状态", "began": "开始"}),
    "awards": ("奖补", {"word": "状态", "number": "笔数", "yuan": "金额（元）"}),
    "sheets": (
        "等待决定",
        {"word": "类别", "named": "政策", "number": "笔数", "yuan": "金额（元）"},
    ),
}
_COLUMNS["clawbacks"] = (
    "待决定是否追回（zhida grants propose 编号 --as claw-back）",
    {"sheet": "编号", "named": "政策", "yuan": "金额（元）", "why": "原因"},
)
_KINDS = {"list": "名单", "batch": "支付批次"}


def _table(part: str, rows: list[dict[str, Any]]) -> Any:
    from zhida import grant_view

    title, columns = _COLUMNS[part]
    words = {"runs": grant_view.RUNS, "sheets": _KINDS}.get(part, grant_view.TITLES)
    told = [
        row
        | {"word": words.get(row["kind" if part == "sheets" else "state"], "-")}
        | {"yuan": grant_view.yuan(row.get("fen", row.get("total_fen", row.get("amount_fen", 0))))}
        | {"why": grant_view.why(row.get("code", ""))}
        | {
            "sheet": str(row.get("id", ""))[:12],
            "short": str(row.get("run", ""))[:12],
            "named": _policy(row),
            "began": local(row.get("began_at", "")),
        }
        for row in rows
    ]
    return show(told, columns, title=title)


def _policy(row: dict[str, Any]) -> str:
    """Its title, with the name that is typed."""
    return "\n".join(dict.fromkeys([row.get("policy_zh", ""), row.get("policy", "")]))


@grants.command("list")
def list_awards(
    state: Annotated[str, typer.Option(help="状态，如 returned only in this state")] = "",
    policy: Annotated[str, typer.Option(help="政策标识 only of this policy")] = "",
    most: Annotated[int, typer.Option(help="最多几笔 at most", min=1)] = _SHOWN,
    as_json: AsJson = False,
) -> None:
    """列出奖补，不含企业 (awards; nothing of the firms)."""
    from exchange.store import award_rows
    from matters.award_states import STATES
    from zhida import grant_view, site_words
    from zhida.watch import open_watch

    which = {"policy": policy} if policy else {}
    with open_watch() as watch, watch.store.read() as connection:
        found = [
            row
            for each in ([state] if state else STATES)
            for row in award_rows.some(connection, each, limit=most, **which)
        ]
        told = [grant_view.brief(row) for row in found[:most]]
        for row in told:
            row["policy_zh"] = site_words.policy(watch.site, row["policy"])
    rows = [_plain(row) | {"named": _policy(row)} for row in told]
    columns = {
        "short": "编号",
        "named": "政策",
        "yuan": "金额（元）",
        "word": "状态",
        "why": "原因",
    }
    emit(told, as_json=as_json, table=show(rows, columns, title="奖补"))


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    from zhida import grant_view

    told = {"short": row["id"][:12], "yuan": grant_view.yuan(row["amount_fen"])}
    return (
        row | told | {"word": grant_view.TITLES[row["state"]], "why": grant_view.why(row["code"])}
    )


@grants.command("show")
def show_award(award: Award, as_json: AsJson = False) -> None:
    """一笔奖补：给谁、多少、依据哪一行决定、走到哪一步 (one award, and every step of it)."""
    from zhida import grant_view
    from zhida.hub import open_hub

    with open_hub() as hub:
        told = grant_view.whole(hub, grant_view.find(hub.store, award))
    plain = _plain(told)
    firm = f"{told['firm']['name']}（{told['firm']['uscc']}）"
    lines = {"编号": told["id"], "政策": told["title"], "企业": firm, "金额": f"{plain['yuan']} 元"}
    lines |= {"状态": plain["word"], "原因": plain["why"] or "-", "办件": told["case"] or "-"}
    lines |= {"决定": f"zhida dataset prove {told['decision'][:12]} …（第 {told['row']} 行）"}
    steps = [f"{local(s['at'])}  {grant_view.TITLES[s['to']]}" for s in told["steps"]]
    rows = [{"name": name, "text": text} for name, text in lines.items()]
    rows.append({"name": "经过", "text": "\n".join(steps) or "-"})
    emit(told, as_json=as_json, table=show(rows, {"name": "", "text": ""}, title="奖补"))


@grants.command("propose")
def propose(
    award: Award,
    what: Annotated[str, typer.Option("--as", help=" | ".join(_WORDS))],
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """提议：异议不成立 clear、成立 drop、可重新列入 release、追回 claw-back；另一人决定 (two people)."""
    from exchange.errors import Rejected
    from exchange.names import nearest
    from zhida import grant_view, proposals
    from zhida.hub import open_hub
    from zhida.operators import this_person
    from zhida.site_operators import OPERATE

    if what not in _WORDS:
        raise Rejected("grant.no-action", action=what[:40], nearest=nearest(what, _WORDS))
    with open_hub() as hub:
        who = this_person(hub.site, OPERATE, hub.clock(), hub.trust.now().revocations)
        row = grant_view.find(hub.store, award)
        made = proposals.propose(hub, who, proposals.Wish(_WORDS[what], row.case, row.id, reason))
    text = (
        f"已提议，编号 {made.id[:12]}。另一位操作人决定：\n  zhida proposal approve {made.id[:12]}"
    )
    emit({"proposal": made.id, "award": row.id}, as_json=as_json, table=text)


@grants.command("rows")
def write_rows(
    sheet: Annotated[str, typer.Argument(help="名单或批次编号 number of the list or batch")],
    output: Annotated[Path, typer.Option("-o", "--output", help="写入的 CSV file to write")],
    as_json: AsJson = False,
) -> None:
    """名单或批次的明细，供负责人核对、门户公示；与确认时的摘要核对后才给出，记入账本 (its rows)."""
    from zhida import files, grant_sheet
    from zhida.hub import open_hub
    from zhida.operators import this_person
    from zhida.site_operators import OPERATE

    with open_hub() as hub:
        who = this_person(hub.site, OPERATE, hub.clock(), hub.trust.now().revocations)
        found = grant_sheet.find(hub, sheet)
        files.write(output, grant_sheet.rows(hub, who, found))
    told = {"sheet": found.id, "number": found.number, "file": str(output)}
    emit(
        told,
        as_json=as_json,
        table=f"{found.number} 笔已写入 {output}，摘要 {found.digest[:16]}… 相符",
    )
