"""``zhida report acceptance`` at the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.output import emit

if TYPE_CHECKING:
    from zhida.report_sections import Section

First = Annotated[str, typer.Option("--since", help="从这一天起登记的 first day, 2026-01-31")]
Last = Annotated[str, typer.Option("--until", help="到这一天为止登记的 last day, with it")]

_ENDINGS = {"delivered": "已交付", "withdrawn": "已撤回"}


def acceptance(*, since: First = "", until: Last = "", as_json: AsJson = False) -> None:
    """联合验收办了多久、等过谁、省了多少材料 (critical path, who was waited for, materials saved)。

    口径见 docs/how-to/report-acceptance.md。
    """
    from zhida import report_acceptance, report_sections
    from zhida.hub import open_hub
    from zhida.long_work import counting

    days = (_day(since, "--since"), _day(until, "--until"))
    with open_hub() as hub, counting("单体 buildings") as count:
        told = report_acceptance.report(hub, days, count)
    title = f"联合验收 {told['since'] or '开始'} 至 {told['until'] or '现在'}：{len(told['buildings'])} 个单体"
    emit(told, as_json=as_json, table=report_sections.drawn(title, _sections(told)))


def _sections(told: dict[str, Any]) -> Iterator[Section]:
    from zhida.report_sections import Section

    rows = [each | {"path": _path(each), "state": _state(each)} for each in told["buildings"]]
    columns = {"acceptance": "编号", "name": "单体", "state": "状态", "days": "天"}
    columns |= {"working_days": "工作日", "rounds": "重新查验的事项", "path": "关键路径"}
    yield Section("各单体", columns, rows)
    waited = [
        each | {"path": _days(each["path_hours"]), "hands": _days(each["hands_hours"])}
        for each in told["waited"]
    ]
    columns = {"title": "谁", "path": "关键路径上（天）", "hands": "手上合计（天）"}
    yield Section("等过谁", columns, waited, ["关键路径：每个环节最后办结的那个事项。"])
    yield Section("哪些事项最后办结", {"title": "事项", "times": "次"}, told["last"])
    yield Section("材料", {"title": "数字", "count": "件"}, list(_saved(told["saved"])))


def _state(each: dict[str, Any]) -> str:
    """What has ended it; a building that was withdrawn was not delivered."""
    return _ENDINGS.get(each["ending"], "已办结") if each["ended"] else "办理中"


def _path(each: dict[str, Any]) -> str:
    return " → ".join(f"{leg['title']} {_days(leg['hours'])}" for leg in each["path"])


def _days(hours: int) -> str:
    """Tenths of a day.

    >>> _days(36), _days(0)
    ('1.5', '0.0')
    """
    return f"{hours // 24}.{hours % 24 * 10 // 24}"


def _saved(saved: dict[str, int]) -> Iterator[dict[str, Any]]:
    titles = {
        "needed": "须有的材料",
        "by_owner": "建设单位提交的",
        "by_hub": "中枢取得、不用提交的",
        "uses": "各事项共用次数",
        "copies_saved": "按原来的三次申报还要重复提交的",
    }
    for name, title in titles.items():
        yield {"title": title, "count": saved.get(name, 0)}


def _day(text: str, option: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(f"{text[:20]}：须写成 2026-01-31", param_hint=option) from None
