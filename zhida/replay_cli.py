"""``zhida parked replay``: one item, or many of them in order, dry run first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhida import parked_cli as cli
from zhida.command_options import AsJson, Reason
from zhida.output import emit

if TYPE_CHECKING:
    from zhida.hub import Hub
    from zhida.operators import Signatory
    from zhida.parked import Filter

How = dict[str, Any]
"""``reason``, ``again``: for ``zhida.replay.replay``."""
Again = Annotated[bool, typer.Option("--again", help="映射没有改也重办 though nothing was mended")]
_CASE = typer.Argument(help="办件；不写则按条件成批 one case; without it, many by filters")
_ITEM = typer.Argument(help="事项 the item of that case")


def replay(  # noqa: PLR0913 (each is an option of the command)
    case: Annotated[str, _CASE] = "",
    item: Annotated[str, _ITEM] = "",
    *,
    matter: cli.Matter = "",
    only_case: cli.Case = "",
    only_item: cli.Item = "",
    system: cli.System = "",
    code: cli.Code = "",
    after: cli.After = "",
    before: cli.Before = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="真的做；缺省只演算 do it, no dry run")
    ] = False,
    found_applied: Annotated[
        str, typer.Option(help="已核实对方办成了，写对方的编号 it did come about: their reference")
    ] = "",
    again: Again = False,
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """原因消除后重新办理 (work on parked or invalid items again, once their cause is mended).

    写办件和事项：办这一件。只写条件：成批，先演算，加 --yes 才做，先受理的先办。
    已发出而无法查明结果的，一人只能提议，由另一位操作人决定。用的是办件原有的数据和现行的协议、映射。
    数据无效的事项，改好映射后也用它重办；映射没有改的不办，除非加 --again。
    """
    if case:
        if not item:
            raise typer.BadParameter("还要写事项 which item?", param_hint="ITEM")
        how = {"reason": reason, "again": again}
        _one(case, item, reference=found_applied, how=how, as_json=as_json)
        return
    told = {"matter": matter, "case": only_case, "item": only_item, "system": system}
    wanted = cli.wanted(told | {"code": code}, after, before)
    _many(wanted, yes=yes, how={"reason": reason, "again": again}, as_json=as_json)


def _one(case: str, item: str, *, reference: str, how: How, as_json: bool) -> None:
    from zhida import case_view, decisions
    from zhida.parked import takes_two
    from zhida.replay import require_replayable
    from zhida.watch import open_watch

    with open_watch() as watch:
        found = case_view.find(watch, case)
        with watch.store.read() as connection:
            row = require_replayable(connection, found.id, item)
    if reference or takes_two({"code": row.code}):
        action = decisions.FOUND_APPLIED if reference else decisions.REPLAY
        said = {"reason": how["reason"], "reference": reference}
        cli.propose(found.id, item, action=action, as_json=as_json, **said)
        return
    told = {"case": found.id, "item": item, "state": "ready"}
    _run([told], how, leave_out=False)
    emit(told, as_json=as_json, table="已转为待办，下一轮扫描办理")


def _many(wanted: Filter, *, yes: bool, how: How, as_json: bool) -> None:
    from zhida.parked import in_turn, is_unmended, takes_two

    listed = in_turn(cli.chosen(wanted))
    known = listed if how["again"] else [row for row in listed if not is_unmended(row)]
    alone = [row for row in known if not takes_two(row)]
    told: dict[str, Any] = {"items": [[row["case"], row["item"]] for row in alone], "done": 0}
    told |= {"two_people": len(known) - len(alone), "unmended": len(listed) - len(known)}
    told |= {"changed": 0}
    if yes:
        told |= _run(alone, how)
        text = f"已转为待办 {told['done']} 件，其间状态有变而略过 {told['changed']} 件"
        emit(told, as_json=as_json, table=text)
        return
    emit(told, as_json=as_json, table=cli.plan(alone))
    if not as_json:
        emit(None, as_json=False, table=_dry(told))


def _dry(told: dict[str, Any]) -> str:
    two, same = told["two_people"], told["unmended"]
    rest = f"；另有 {two} 件须两人，逐件提议" if two else ""
    rest += f"；另有 {same} 件映射没有改，重办结果相同，不在其中（--again 也办）" if same else ""
    return f"以上为演算，什么也没有做{rest}。确认后加 --yes"


def _run(rows: list[Any], how: How, *, leave_out: bool = True) -> dict[str, int]:
    """In this order. What has changed since it was listed is left out, when there are many."""
    from rich.console import Console
    from rich.progress import track

    from zhida.hub import open_hub
    from zhida.operators import this_person
    from zhida.site_operators import OPERATE

    errors, few = Console(stderr=True), len(rows) < SHOWN
    done = 0
    with open_hub() as hub:
        who = this_person(hub.site, OPERATE, hub.clock(), hub.trust.now().revocations)
        for row in track(rows, "重新办理", console=errors, transient=True, disable=few):
            done += _done(hub, who, row, how=how, leave_out=leave_out)
    return {"done": done, "changed": len(rows) - done}


SHOWN = 20
"""From so many items on a bar shows how far it is."""


def _done(hub: Hub, who: Signatory, row: Any, *, how: How, leave_out: bool) -> bool:
    from exchange.errors import Forbidden, Rejected
    from zhida.replay import replay as run

    try:
        run(hub, who, row["case"], row["item"], **how)
    except (Rejected, Forbidden) as changed:
        if leave_out and changed.code.startswith("replay."):
            return False
        raise
    return True
