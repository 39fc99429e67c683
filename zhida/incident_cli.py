"""``zhida incident``: what is broken, whom to call, and who takes care of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.output import emit, local, show

if TYPE_CHECKING:
    from zhida.hub import Hub
    from zhida.operators import Signatory

incidents = typer.Typer(no_args_is_help=True, help="事件 incidents: what somebody is told of, once")

Hours = Annotated[float, typer.Option(min=0.0, help="静默几小时 for so many hours")]
Until = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d", "%Y-%m-%d %H:%M"], help="到何时（北京时间）until when"),
]

LONGEST = 30
"""Days of one silence: who has forgotten it is told again."""

_LIST = {
    "both": "事件",
    "call": "系统和联系人",
    "since": "自",
    "wait": "能等吗",
    "state": "状态",
}
_SHOW = {
    "incident": "事件",
    "kind_zh": "种类",
    "whose": "系统",
    "since": "自",
    "waiting": "在等",
    "wait": "能等吗",
    "whom": "联系",
    "state": "状态",
    "what": "说明",
    "remedy": "怎么办",
    "told": "已告知",
    "until": "静默至",
    "closed": "结束",
}


@incidents.command("list")
def list_incidents(
    closed: Annotated[
        bool, typer.Option("--all", help="含已结束的 also those that are over")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """列出事件，最新的在前 (open incidents, newest first)."""
    from zhida import incident_view
    from zhida.watch import open_watch

    with open_watch() as watch:
        found = incident_view.every(watch, closed=closed)
    emit(found, as_json=as_json, table=show([_row(one) for one in found], _LIST, title="事件"))


@incidents.command("show")
def show_incident(incident: str, as_json: AsJson = False) -> None:
    """一个事件的全部情况 (everything about one incident)."""
    from zhida import incident_view
    from zhida.watch import open_watch

    with open_watch() as watch:
        found = incident_view.one(watch, incident)
    row = _row(found)
    rows = [{"name": heading, "value": row[key]} for key, heading in _SHOW.items()]
    emit(found, as_json=as_json, table=show(rows, {"name": "", "value": ""}, title=incident))


@incidents.command("acknowledge")
def acknowledge(incident: str, as_json: AsJson = False) -> None:
    """已知晓，由我处理；签名记入账本 (I know and take care; signed, in the ledger)."""
    from zhida import incidents as desk
    from zhida.hub import open_hub

    with open_hub() as hub:
        who = this_person(hub)
        desk.acknowledge(hub, who, incident)
    told = {"incident": incident, "acknowledged_by": who.operator.name}
    emit(told, as_json=as_json, table="已记录：知晓")


@incidents.command("silence")
def silence(
    incident: str,
    hours: Hours = 0.0,
    until: Until = None,
    as_json: AsJson = False,
) -> None:
    """在此之前不再告警；签名记入账本 (no alert of it until then; signed, in the ledger)."""
    from exchange import times
    from zhida import quiet
    from zhida.hub import open_hub

    with open_hub() as hub:
        end = end_of(hub, hours, until)
        quiet.silence(hub, this_person(hub), incident, end)
    at = times.stamp(end)
    told = {"incident": incident, "silenced_until": at}
    emit(told, as_json=as_json, table=f"静默至 {local(at)}")


def this_person(hub: Hub) -> Signatory:
    """Who acts in this process, with a right to operate."""
    from zhida.operators import this_person
    from zhida.site_operators import OPERATE

    return this_person(hub.site, OPERATE, hub.clock(), hub.trust.now().revocations)


def end_of(hub: Hub, hours: float, until: datetime | None) -> datetime:
    """When a silence ends that is told in one of two ways. ``Invalid`` if in none or both, it is past or too far."""
    from exchange import times
    from exchange.errors import Invalid

    if (hours > 0) == (until is not None):
        raise Invalid("incident.no-end")
    end = until.replace(tzinfo=times.CHINA) if until else hub.clock() + timedelta(hours=hours)
    if end <= hub.clock():
        raise Invalid("incident.past-end", until=local(times.stamp(end)))
    if end > hub.clock() + timedelta(days=LONGEST):
        raise Invalid("incident.far-end", until=local(times.stamp(end)), days=LONGEST)
    return end


def _row(told: dict[str, Any]) -> dict[str, Any]:
    from zhida import alert_line

    kind = alert_line.KINDS.get(told["kind"], told["kind"])
    whose = f"{told['system_title']}（{told['unit_title']}）"
    whom = f"{told['contact']} {told['phone']}"
    whom += f"\n本方：{told['operator']}" if told["operator"] else ""
    return told | {
        "kind_zh": kind,
        "both": f"{told['incident']}\n{kind}",
        "whose": whose,
        "since": local(told["opened_at"]),
        "wait": alert_line.can_wait(told),
        "whom": whom,
        "call": f"{whose}\n{whom}",
        "state": _state(told),
        "told": local(told["told_at"]),
        "until": local(told["silenced_until"]),
        "closed": local(told["closed_at"]),
    }


def _state(told: dict[str, Any]) -> str:
    if told["closed_at"]:
        return "已结束"
    known = f"{told['acknowledged_by']} 已知晓" if told["acknowledged_by"] else "还没有人知晓"
    return f"{known}\n静默至 {local(told['silenced_until'])}" if told["silenced"] else known
