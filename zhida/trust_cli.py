"""``zhida trust``: whose certificates count, and the authorities' lists of what they took back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhida.command_options import AsJson, Reason
from zhida.key_cli import propose
from zhida.output import EXIT_PROBLEM, Marked, emit, explained, local, show

if TYPE_CHECKING:
    from zhida.hub import Hub

trust = typer.Typer(
    no_args_is_help=True, help="信任的签发机构与吊销列表 authorities and their lists"
)

_BY = {"site": "站点文件", "operators": "两人决定"}
_STATES = {
    "fresh": "[green]有效[/]",
    "stale": "[yellow]过期，宽限中[/]",
    "over": "[red]不可用[/]",
    "none": "[red]还没有[/]",
}
_AUTHORITIES = {"named": "签发机构", "kind_zh": "种类", "algorithm": "算法", "until": "有效至"}
_AUTHORITIES |= {"by_zh": "来自"}
_LISTS = {"issuer": "签发机构", "state_zh": "吊销列表", "revoked": "吊销数", "next": "应更新"}
_LISTS |= {"usable": "最迟可用到", "failing": "取不到，自"}


@trust.command("list")
def list_trust(as_json: AsJson = False) -> None:
    """列出信任的签发机构、吊销列表及其期限 (authorities, lists, and how long they will do)."""
    from rich.console import Group

    from zhida import key_view
    from zhida.watch import open_watch

    with open_watch() as watch:
        state = key_view.of_watch(watch)
        found: dict[str, Any] = {
            "authorities": key_view.authorities(state),
            "lists": key_view.lists(watch, state),
            "budget_days": watch.site.revocation.budget.days,
        }
    authorities = show(
        [_authority(e) for e in found["authorities"]], _AUTHORITIES, title="签发机构"
    )
    lists = show([_list(each) for each in found["lists"]], _LISTS, title="吊销列表")
    emit(found, as_json=as_json, table=Group(authorities, lists))


@trust.command()
def add(
    certificate: Annotated[Path, typer.Argument(help="CA 证书 the authority's certificate")],
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """提议信任一个签发机构，须另一人同意 (trust an authority; two people).

    先用别的途径核对证书指纹。
    """
    from zhida import key_handing
    from zhida.key_book import ADD

    propose(ADD, lambda hub: key_handing.hand_in(hub, certificate), reason, as_json)


@trust.command()
def remove(
    fingerprint: Annotated[str, typer.Argument(help="指纹的开头 its fingerprint's beginning")],
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """提议不再信任一个由两人加入的签发机构，须另一人同意 (take one back that was added; two people)."""
    from zhida import key_view
    from zhida.key_book import REMOVE

    def item(hub: Hub) -> str:
        return key_view.whole(fingerprint, list(hub.trust.now().book.anchors))

    propose(REMOVE, item, reason, as_json)


@trust.command()
def check(as_json: AsJson = False) -> None:
    """现在就取吊销列表，并核对密钥、证书和两人的决定 (get the lists now; check everything).

    有问题时退出码为 1。
    """
    from zhida import trust_check
    from zhida.hub import open_hub

    with open_hub() as hub:
        rows = trust_check.check(hub)
    marked = [row | {"mark": Marked("[green]✓[/]" if row["ok"] else "[red]✗[/]")} for row in rows]
    from rich.console import Group

    table = show(marked, {"mark": "", "step": "检查", "what": "结果"}, title="信任检查")
    emit(rows, as_json=as_json, table=Group(table, *explained(rows)))
    if not all(row["ok"] for row in rows):
        raise typer.Exit(EXIT_PROBLEM)


def _authority(row: dict[str, Any]) -> dict[str, Any]:
    from zhida.key_view import KINDS, algorithm

    named = f"{row['name']}\n{row['fingerprint'][:16]}"
    told = {"named": named, "kind_zh": KINDS[row["kind"]], "by_zh": _BY[row["by"]]}
    told |= {"algorithm": algorithm(row["suite"]), "until": local(row["valid_until"])}
    return row | told


def _list(row: dict[str, Any]) -> dict[str, Any]:
    told = {"state_zh": Marked(_STATES[row["state"]]), "next": local(row["next_update"])}
    since = f"{local(row['failing_since'])}\n{row['code']}" if row["failing_since"] else ""
    return row | told | {"usable": local(row["usable_until"]), "failing": since}
