"""``zhida finance``: firms' letters to banks, what was read by them, and taking one back on paper."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from zhida.command_options import AsJson, Reason
from zhida.finance_bank_cli import certificates, openapi
from zhida.finance_feed_cli import feed
from zhida.finance_show_cli import show_request
from zhida.output import Marked, emit, local, show

finance = typer.Typer(no_args_is_help=True, help="订单融资 order finance")
finance.command("openapi")(openapi)
finance.command("show")(show_request)
finance.add_typer(feed, name="feed")
finance.command("certificates")(certificates)

Letter = Annotated[
    str, typer.Argument(help="授权书在中枢的编号或其开头 the hub's id of the letter")
]
Bank = Annotated[str, typer.Option(help="只看这家银行 only this bank's")]
_COLOURS = {"valid": "green", "revoked": "red", "expired": "yellow", "used-up": "yellow"}
_FEW = 4
_ACTS = {"request": "申请", "read": "查询", "watch": "贷后查询"}


@finance.command("letters")
def list_letters(bank: Bank = "", as_json: AsJson = False) -> None:
    """企业授权书：给哪家银行、有效期、用了几次、现在能不能用 (letters, their uses and state)."""
    from zhida import finance_view
    from zhida.watch import open_watch

    with open_watch() as watch:
        found = finance_view.letters(watch, bank=bank)
    rows = [
        {
            "short": each["id"][:12],
            "firm": f"{each['grantor_uscc']}\n{each['number']}",
            "whom": f"{each['bank_title']}\n{each['purpose_zh']}",
            "days": f"{each['valid_from']}\n{each['valid_until']}",
            "uses": f"{each['uses']}/{each['max_uses']}",
            "state_zh": _state(each["state"], each["state_zh"]),
        }
        for each in found
    ]
    columns = {"short": "编号", "firm": "企业 · 授权书编号", "whom": "银行 · 用途"}
    columns |= {"days": "有效期", "uses": "已用", "state_zh": "状态"}
    emit(found, as_json=as_json, table=show(rows, columns, title="企业授权书"))


@finance.command("reads")
def list_reads(
    bank: Bank = "",
    letter: Annotated[str, typer.Option(help="只看这份授权书 only by this letter")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="最多几条 at most")] = 100,
    as_json: AsJson = False,
) -> None:
    """银行的每次申请和查询：准了没有，为什么 (decisions on readings, the newest first)."""
    from zhida import finance_letters, finance_view
    from zhida.watch import open_watch

    with open_watch() as watch:
        which = finance_letters.find(watch.store, letter).id if letter else ""
        found = finance_view.reads(watch, limit=limit, bank=bank, letter=which)
    columns = {"at": "时间", "whom": "银行", "act": "做什么", "about": "授权书 · 数据"}
    rows = [_row(each) for each in found]
    table = show(rows, columns | {"outcome": "结果", "reason": "原因"}, title="申请和查询")
    emit(found, as_json=as_json, table=table)


@finance.command("revoke")
def revoke(letter: Letter, reason: Reason, as_json: AsJson = False) -> None:
    """企业书面要求撤回授权书：一人提议，另一人决定 (on the firm's paper; two people)."""
    from zhida import finance_letters, finance_revoking, proposals
    from zhida.hub import open_hub
    from zhida.operators import this_person
    from zhida.site_operators import OPERATE

    with open_hub() as hub:
        who = this_person(hub.site, OPERATE, hub.clock(), hub.trust.now().revocations)
        found = finance_letters.find(hub.store, letter).id
        wish = proposals.Wish(finance_revoking.REVOKE, "", found, reason)
        made = proposals.propose(hub, who, wish)
    text = (
        f"已提议，编号 {made.id[:12]}。另一位操作人决定后才撤回：\n"
        f"  zhida proposal approve {made.id[:12]}"
    )
    emit({"proposal": made.id, "letter": found}, as_json=as_json, table=text)


@finance.command("watch")
def watch(as_json: AsJson = False) -> None:
    """贷后：今天还没问的放款再问一次，比出的变化告诉银行 (ask again for each loan, once a day; send the events)."""
    from zhida import finance_advance
    from zhida.hub import open_hub

    with open_hub() as hub:
        found = finance_advance.advance(hub)
    words = {"asked": "问了", "refused": "不准问", "events": "新的贷后事件"}
    words |= {
        "credits": "收下到账",
        "sent": "送出事件",
        "books": "送出对账文件",
        "unsent": "没送到的银行",
    }
    text = "，".join(f"{title} {found[name]}" for name, title in words.items() if name in found)
    emit(found, as_json=as_json, table=text or "没有贷后主题，或另一个进程正在办")


def _state(state: str, title: str) -> Marked:
    colour = _COLOURS.get(state)
    return Marked(f"[{colour}]{title}[/]" if colour else title)


def _named(datasets: list[str]) -> str:
    """Few by name, many by number: ``--json`` has all."""
    return "、".join(datasets) if len(datasets) <= _FEW else f"{len(datasets)} 项数据"


def _row(told: dict[str, Any]) -> dict[str, Any]:
    outcome = Marked("[green]准予[/]" if told["granted"] else "[red]不准[/]")
    return {
        "at": local(told["at"]),
        "whom": told["bank_title"],
        "act": _ACTS[told["act"]],
        "about": f"{told['number'] or told['letter'][:12] or '没有'}\n{_named(told['datasets'])}",
        "outcome": outcome,
        "reason": told["reason"],
    }
