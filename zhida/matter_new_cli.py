"""``zhida matter new``: asks, or takes options, and writes a commented file."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from zhida.command_options import AsJson
from zhida.output import emit

if TYPE_CHECKING:
    from zhida.matter_new import Wish
    from zhida.site import Site

_Settings = Annotated[
    list[str],
    typer.Option("--set", help="title、lead、purpose、identity，如 title=高龄津贴 key=value"),
]
_Items = Annotated[
    list[str], typer.Option("--item", help="事项=系统.操作，可多次，如 birth=his.birth_record")
]
_Needs = Annotated[list[str], typer.Option("--needs", help="事项=前置,前置：办成了才办 needs")]
_After = Annotated[list[str], typer.Option("--after", help="事项=事项,…：有结果就办 after")]


def new(
    name: Annotated[str, typer.Argument(help="主题标识，也是文件名 its name")],
    opens: Annotated[str, typer.Option(help="启动：系统:数据流，如 oa:form:615")] = "",
    settings: _Settings = [],  # noqa: B006
    items: _Items = [],  # noqa: B006
    needs: _Needs = [],  # noqa: B006
    after: _After = [],  # noqa: B006
    ask: Annotated[bool | None, typer.Option(help="逐项询问；缺省在终端中询问 ask")] = None,
    as_json: AsJson = False,
) -> None:
    """新建主题文件 (write the commented file of a new joint service, which passes the check).

    --set：title 主题名称，lead 牵头单位，identity 启动文件中区分办件的字段（如 /number），
    purpose 使用目的（缺省同标识）。次序由文件推出：需要谁产出的，就排在谁之后；回写结果的最后。另有先后的用 --needs、--after。
    """
    from zhida import matter_new, matter_settings, site, system_new
    from zhida.environment import site_folder

    system_new.check_name(name)
    told = site.load(site_folder(), with_matters=False)
    wish = matter_new.Wish(
        name,
        opens,
        items=matter_settings.pairs(items, "item"),
        needs=matter_settings.lists(needs, "needs"),
        after=matter_settings.lists(after, "after"),
        **matter_settings.settings(settings),
    )
    if sys.stdin.isatty() if ask is None else ask:
        wish = _asked(told, wish)
    path = matter_new.write(told, name, matter_new.text(told, wish))
    then = f"接着：zhida matter check {name}；都对了，把 {name} 写进 site.yaml 的 matters"
    row = {"matter": name, "file": f"matters/{path.name}", "next": then}
    emit(row, as_json=as_json, table=f"已写入 matters/{path.name}\n{then}")


def _asked(site: Site, wish: Wish) -> Wish:
    """What the options have not said; an answer that does not exist is asked for again."""
    from dataclasses import replace

    from zhida import matter_new

    title = wish.title or str(typer.prompt("主题名称")).strip()
    lead = wish.lead or _choose("牵头单位", sorted(site.units))
    opens = wish.opens or _choose("启动（系统:数据流）", sorted(matter_new.openings(site)))
    if opens in matter_new.openings(site):
        known = matter_new.leaves(site, opens)
        identity = wish.identity or _choose("区分办件的字段", known)
    else:
        identity = wish.identity
    items = dict(wish.items) or _items(site)
    return replace(wish, title=title, lead=lead, opens=opens, identity=identity, items=items)


def _items(site: Site) -> dict[str, str]:
    from zhida import matter_new

    able = matter_new.operations(site)
    typer.echo("\n".join(f"  {do}  {operation.title}" for do, operation in able.items()))
    found: dict[str, str] = {}
    while do := _choose("事项的操作（回车结束）", sorted(able), may_end=bool(found)):
        proposed = do.rpartition(".")[2]
        found[str(typer.prompt("事项标识", default=proposed)).strip()] = do
    return found


def _choose(title: str, choices: Iterable[str], *, may_end: bool = False) -> str:
    """Until it is one of them; a typo is answered with the nearest."""
    from exchange.names import nearest

    known = list(choices)
    while True:
        default = "" if may_end else None
        told = str(typer.prompt(title, default=default, show_default=False)).strip()
        if told in known or (may_end and not told):
            return told
        typer.echo(f"没有 {told}，可用：{nearest(told, known)}")
