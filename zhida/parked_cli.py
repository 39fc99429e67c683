"""``zhida parked``: what waits for a person, why, and what that person can do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhida.command_options import AsJson, Reason
from zhida.output import emit, explained, local, named, show, state

if TYPE_CHECKING:
    from zhida.parked import Filter

parked = typer.Typer(no_args_is_help=True, help="待人工处理的事项 items that need a person")

Matter = Annotated[str, typer.Option(help="主题 of this matter")]
Case = Annotated[str, typer.Option("--case", help="办件编号的开头 of this case")]
Item = Annotated[str, typer.Option("--item", help="事项 of this item")]
System = Annotated[str, typer.Option(help="系统 of this system")]
Code = Annotated[str, typer.Option(help="原因代码 parked for this reason")]
After = Annotated[str, typer.Option(help="此时及以后转人工的，如 2026-03-02 parked from then on")]
Before = Annotated[str, typer.Option(help="此时之前转人工的，如 2026-03-03 parked before")]
_LIST = {
    "case": "办件",
    "named": "事项 · 系统",
    "updated_at": "转人工时间",
    "code": "原因代码",
    "people": "需要",
}


@parked.command("list")
def list_parked(  # noqa: PLR0913 (each is an option of the command)
    *,
    matter: Matter = "",
    case: Case = "",
    item: Item = "",
    system: System = "",
    code: Code = "",
    after: After = "",
    before: Before = "",
    by: Annotated[str, typer.Option(help="按此计数：code、system、item、matter count by")] = "",
    as_json: AsJson = False,
) -> None:
    """列出待人工处理的事项，先来的在前 (items that need a person, oldest first)."""
    from zhida.parked import counts

    told = {"matter": matter, "case": case, "item": item, "system": system, "code": code}
    found = chosen(wanted(told, after, before))
    if by in COUNTED:
        rows = counts(found, by)
        columns = {by: COUNTED[by], "count": "件数"} | ({"what": "原因"} if by == "code" else {})
        emit(rows, as_json=as_json, table=show(rows, columns, title="待人工处理"))
    elif by:
        raise typer.BadParameter("、".join(COUNTED), param_hint="--by")
    else:
        emit(found, as_json=as_json, table=_table(found, "待人工处理"))


COUNTED = {"code": "原因代码", "system": "系统", "item": "事项", "matter": "主题"}


@parked.command("show")
def show_parked(case: str, item: str, as_json: AsJson = False) -> None:
    """一个事项的原因、经过和可做的事 (why, what has happened, what can be done)."""
    from zhida import parked_view
    from zhida.watch import open_watch

    with open_watch() as watch:
        found = parked_view.one(watch, case, item)
    emit(found, as_json=as_json, table=_shown(found))


@parked.command("give-up")
def give_up(case: str, item: str, reason: Reason, as_json: AsJson = False) -> None:
    """提议终止办理，由第二人决定 (propose to end it; another operator decides)."""
    from zhida.decisions import GIVE_UP

    propose(case, item, action=GIVE_UP, reason=reason, as_json=as_json)


def propose(
    case: str, item: str, *, action: str, reason: str, reference: str = "", as_json: bool
) -> None:
    """Sign a proposal, and say who has to do what next."""
    from zhida import case_view, proposals
    from zhida.hub import open_hub
    from zhida.operators import this_person
    from zhida.site_operators import OPERATE
    from zhida.watch import Watch

    with open_hub() as hub:
        who = this_person(hub.site, OPERATE, hub.clock(), hub.trust.now().revocations)
        found = case_view.find(Watch(hub.site, hub.store, hub.clock), case)
        wish = proposals.Wish(action, found.id, item, reason, reference)
        row = proposals.propose(hub, who, wish)
        days = hub.site.proposal_days
    told = {"proposal": row.id, "action": action, "case": found.id, "item": item}
    text = f"已提议，编号 {row.id[:12]}，{days} 天内有效。另一位操作人决定：\n"
    text += f"  zhida proposal approve {row.id[:12]}"
    emit(told, as_json=as_json, table=text)


def wanted(told: dict[str, str], after: str, before: str) -> Filter:
    """The filter that the options tell."""
    from zhida.parked import Filter, moment

    return Filter(**told, after=moment(after), before=moment(before))


def chosen(wanted: Filter) -> list[Any]:
    """The items of the site's store that are meant, in order."""
    from zhida import case_view
    from zhida.parked import choose, require_known
    from zhida.watch import open_watch

    with open_watch() as watch:
        require_known(watch.site, wanted)
        return choose(case_view.parked(watch), wanted)


def _table(found: list[Any], title: str) -> Any:
    from rich.console import Group

    rows = [_row(row) for row in found]
    many = f"（{len(rows)} 件）" if rows else ""
    return Group(show(rows, _LIST, title=title + many), *explained(found))


def _row(row: dict[str, Any]) -> dict[str, Any]:
    from zhida.parked import takes_two

    told = {"case": row["case"][:12], "updated_at": local(row["updated_at"])}
    mended = MENDED.get(row["mended"], "")
    people = ("两人" if takes_two(row) else "一人") + (f"\n{mended}" if mended else "")
    told |= {"named": f"{named(row)} · {row['system']}", "people": people, "mapping": mended}
    return row | told


MENDED = {"changed": "映射已改", "same": "映射未改", "broken": "映射有误"}
"""What became of the mapping that made an item invalid."""


def plan(found: list[Any]) -> Any:
    """What would be replayed, in order, without the long texts."""
    rows = [_row(row) | {"n": number} for number, row in enumerate(found, 1)]
    rows = [row | {"opened_at": local(row["opened_at"])} for row in rows]
    columns = {"n": "次序", "case": _LIST["case"], "named": _LIST["named"]}
    columns |= {"opened_at": "受理时间", "updated_at": "转人工时间", "code": "原因代码"}
    columns |= {"mapping": "映射"} if any(row["mapping"] for row in rows) else {}
    many = f"（{len(rows)} 件）" if rows else ""
    return show(rows, columns, title=f"各系统依此次序重新办理{many}")


def _shown(found: dict[str, Any]) -> Any:
    from rich.console import Group
    from rich.markup import escape

    lines = [
        f"{found['title']} · {found['unit_title']} · 办件 {found['case'][:12]}",
        f"状态：{state(found['state'])}　自 {local(found['updated_at'])}",
    ]
    if found["code"]:
        lines += [f"原因：{escape(found['what'])} [dim]\\[{found['code']}][/]"]
        lines += [f"办法：{escape(found['remedy'])}"]
    if found["can"]:
        people = "两人：一人提议，另一人决定" if found["two_people"] else "一人；终止办理须两人"
        people = "一人" if found["state"] == "invalid" else people
        lines += [MENDED[found["mended"]]] if found["mended"] else []
        lines += [f"需要：{people}", "可以：" + escape("\n      ".join(found["can"]))]
    lines += [f"待决提议：{each[:12]}" for each in found["proposals"]]
    rows = [row | {"at": local(row["at"])} for row in found["history"]]
    columns = {"at": "时间", "kind_zh": "事件", "what": "内容", "operator": "操作人"}
    return Group("\n".join(lines), show(rows, columns, title="经过（账本）"))
