"""``zhida mediation``: disputes of the district, one of them, and a step of all. ``zhida matter explain``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.mediation_rules_cli import papers, try_rules
from zhida.output import emit, local, show

mediation = typer.Typer(no_args_is_help=True, help="劳动争议联调 labour disputes")
mediation.command("try")(try_rules)
mediation.command("papers")(papers)

Which = Annotated[str, typer.Argument(help="联调案号或办件编号 number of the dispute or its case")]
_PARTS = {
    "registered": "登记",
    "led": "分流",
    "taken": "情况已登记",
    "refused": "情况未登记",
    "waiting": "情况待登记",
}
_PARTS |= {"papers_asked": "申请文书", "papers_lacking": "文书缺项"}
_PARTS |= {"period-near": "期限将到", "period-over": "期限已过", "dispute-stuck": "走不下去"}
_STATES = {"runs": "进行中", "near": "将到期", "over": "[red]已过[/]", "stopped": "已结束"}
_STATES |= {"suspended": "中止"}


@mediation.command("advance")
def advance(as_json: AsJson = False) -> None:
    """推进一步：登记、分流、移送、答复、期限提醒 (let every dispute go on as far as it can)."""
    from zhida import mediation_advance
    from zhida.hub import open_hub

    with open_hub() as hub:
        told = mediation_advance.advance(hub)
    rows = [{"part": _PARTS[name], "count": count} for name, count in told.items()]
    columns = {"part": "步骤", "count": "件数"}
    emit(told, as_json=as_json, table=show(rows, columns, title="劳动争议联调"))


@mediation.command("list")
def list_disputes(
    unit: Annotated[str, typer.Option(help="只看这个单位手上的 only what this unit has")] = "",
    as_json: AsJson = False,
) -> None:
    """没有办结的争议：到哪一步、在谁手上 (disputes that have not ended, and whose they are)."""
    from zhida import dispute, mediation_rules, mediation_view
    from zhida.hub import open_hub

    with open_hub() as hub:
        rules = mediation_rules.of_site(hub.site)
        found = [mediation_view.summary(rules, each) for each in dispute.still_open(hub)]
    told = [each for each in found if unit in ("", each["unit"])]
    rows = [
        each
        | {
            "opened": local(each["opened_at"])[:10],
            "whose": f"{each['unit']} {each['desk']}".strip(),
        }
        for each in told
    ]
    columns = {"dispute": "案号", "title": "状态", "whose": "在谁手上", "opened": "登记"}
    emit(told, as_json=as_json, table=show(rows, columns, title="劳动争议"))


@mediation.command("show")
def explain(which: Which, as_json: AsJson = False) -> None:
    """一件争议：在哪里、为什么、还有多少天、下一步可以登记什么 (where it stands, and why)."""
    from rich.console import Group

    from zhida import dispute, mediation_rules, mediation_view
    from zhida.hub import open_hub

    with open_hub() as hub:
        rules = mediation_rules.of_site(hub.site)
        told = mediation_view.explain(hub, rules, dispute.find(hub, which))
    emit(told, as_json=as_json, table=Group(*_tables(told)))


def _tables(told: dict[str, Any]) -> list[Any]:
    from zhida.mediation_view import WORDS
    from zhida.output import Marked

    tracks = {"track": "事项", "title": "状态", "unit_title": "在谁手上"}
    same = f"；同一劳动者和单位还有 {'、'.join(told['alike'])}" if told["alike"] else ""
    tables = [show(told["tracks"], tracks, title=f"争议 {told['dispute']}{same}")]
    if told["triage"]:
        rows = [
            each | {"word": WORDS[each["word"]], "asks": each.get("missing_text", "")}
            for each in told["triage"]["findings"]
        ]
        columns = {"title": "规则", "word": "结论", "asks": "没有写明", "article": "依据"}
        head = f"分流到{told['triage']['to_title']}（规则 {told['triage']['rule']}）"
        tables.append(show(rows, columns, title=head))
    rows = [each | {"state": Marked(_STATES[each["state"]])} for each in told["periods"]]
    columns = {"title": "期限", "last_day": "末日", "state": "状态", "unit": "责任单位"}
    columns |= {"article": "依据", "opens": "到期以后"}
    tables.append(show(rows, columns, title="期限"))
    columns = {"at": "时间", "title": "事项", "unit": "登记单位", "to": "交给", "desk": "承办人"}
    tables.append(show(told["events"], columns, title="经过"))
    rows = [
        each | {"events": "、".join(f"{n} {t}" for n, t in each["titles"].items())}
        for each in told["next"]
    ]
    columns = {"title": "职能", "unit": "单位", "events": "可以登记"}
    return [*tables, show(rows, columns, title="下一步")]
