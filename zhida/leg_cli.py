"""``zhida leg``: stop a system at once (kill switch), put it into shadow, start it again."""

from __future__ import annotations

import typer

from zhida.command_options import AsJson, Reason
from zhida.output import emit, local, show, state

legs = typer.Typer(no_args_is_help=True, help="接口的启停 stop, shadow or start a unit's system")

_LIST = {
    "named": "系统",
    "unit_title": "单位",
    "mode_zh": "方式",
    "since": "自",
    "operator": "操作人",
    "reason": "理由",
}


@legs.command("list")
def list_legs(as_json: AsJson = False) -> None:
    """各系统现在的方式 (the mode of each system)."""
    from zhida import leg_view
    from zhida.watch import open_watch

    with open_watch() as watch:
        found = leg_view.every(watch)
    rows = [
        row
        | {"named": f"{row['title']}\n{row['system']}"}
        | {"mode_zh": state(row["mode"]), "since": local(row["since"])}
        for row in found
    ]
    emit(found, as_json=as_json, table=show(rows, _LIST, title="接口"))


@legs.command()
def stop(system: str, reason: Reason, as_json: AsJson = False) -> None:
    """停用：不再向该系统发起任何请求 (kill switch). 一秒内生效；已发出的请求照常收尾。"""
    _put(system, "stopped", reason, as_json)


@legs.command()
def shadow(system: str, reason: Reason, as_json: AsJson = False) -> None:
    """影子运行：除了真正办理，其余全做 (everything but the effect)."""
    _put(system, "shadow", reason, as_json)


@legs.command()
def start(system: str, reason: Reason = "", as_json: AsJson = False) -> None:
    """恢复正常办理 (work for real again)."""
    _put(system, "live", reason, as_json)


def _put(name: str, mode: str, reason: str, as_json: bool) -> None:
    from dataclasses import asdict

    from zhida.hub import open_hub
    from zhida.leg_switch import switch
    from zhida.operators import this_person
    from zhida.site_operators import OPERATE

    with open_hub() as hub:
        system = hub.site.system(name)
        who = this_person(hub.site, OPERATE, hub.clock(), hub.trust.now().revocations)
        row = switch(hub, who, system, wanted=mode, reason=reason)
    text = f"{system.title}（{name}）：{state(mode)}，操作人 {who.operator.title}"
    emit(asdict(row), as_json=as_json, table=text)
