"""``zhida case cancel``: a case is not wanted any more; what stays of it, and who can take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhida.command_options import AsJson, Reason
from zhida.output import emit, show, state

if TYPE_CHECKING:
    from zhida.hub import Hub
    from zhida.site import Site

_STAYS = {"named": "已办或在途", "unit": "单位", "state_zh": "状态", "how": "怎样撤回"}


def cancel(case: str, reason: Reason, as_json: AsJson = False) -> None:
    """取消办件；有不可撤销的已办或在途时须两人 (cancel; two people where it can't be undone)."""
    from exchange.errors import Forbidden
    from zhida import cancelling, case_view, proposals
    from zhida.hub import open_hub
    from zhida.operators import this_person
    from zhida.site_operators import OPERATE
    from zhida.watch import Watch

    with open_hub() as hub:
        who = this_person(hub.site, OPERATE, hub.clock(), hub.trust.now().revocations)
        found = case_view.find(Watch(hub.site, hub.store, hub.clock), case).id
        proposal = ""
        try:
            cancelling.cancel(hub, who, found, reason)
        except Forbidden as error:
            if error.code != "cancel.two-people":
                raise
            wish = proposals.Wish(cancelling.CANCEL, found, "", reason)
            proposal = proposals.propose(hub, who, wish).id
        rows, days = stays(hub.site, hub, found), hub.site.proposal_days
    told = {"case": found, "proposal": proposal, "stays": rows}
    emit(told, as_json=as_json, table=_text(found, proposal, rows, days))


def stays(site: Site, hub: Hub, case: str) -> list[dict[str, Any]]:
    """What is done or on its way, and how it can be taken back."""
    from zhida import cancelling

    with hub.store.read() as connection:
        found = cancelling.stays(site, connection, case)
    return [
        {"item": each.item, "state": each.state, "irreversible": each.irreversible}
        | {"taken_back_by": "source" if each.revocable else "unit"}
        | _names(hub, case, each.item)
        for each in found
    ]


def _names(hub: Hub, case: str, item: str) -> dict[str, str]:
    from zhida import task

    begun = task.begin(hub, item, case)
    return {"title": begun.matter.title_of(item), "unit": hub.site.units[begun.item.unit].title}


_HOW = {"source": "来源单位撤销原数据后自动撤销", "unit": "由该单位按其规定办理"}


def _text(case: str, proposal: str, found: list[dict[str, Any]], days: int) -> Any:
    from rich.console import Group

    lines = [f"办件 {case[:12]} 已取消：没有开始的事项不再办理，窗口收到办理结果。"]
    if proposal:
        lines = [f"已有不可撤销的事项。已提议取消，编号 {proposal[:12]}，{days} 天内有效。"]
        lines += [f"另一位操作人决定：\n  zhida proposal approve {proposal[:12]}"]
    rows = [
        row
        | {"named": f"{row['title']}{'（不可撤销）' if row['irreversible'] else ''}"}
        | {"state_zh": state(row["state"]), "how": _HOW[row["taken_back_by"]]}
        for row in found
    ]
    return Group("\n".join(lines), *([show(rows, _STAYS, title="仍然有效的")] if rows else []))
