"""``zhida invalid``: what came and could not be understood, and where its sender finds it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.output import emit, explained, local, show

invalid = typer.Typer(no_args_is_help=True, help="无效消息 messages that cannot be understood")

_LIST = {"named": "消息", "whence": "来源", "place": "文件 · 记录", "what": "问题"}
_SHOW = {
    "id": "消息",
    "whence": "来源",
    "matter_title": "主题",
    "stream": "数据流",
    "found": "文件 · 记录",
    "key": "编号",
    "at": "收到时间",
    "acknowledged": "已知晓",
}


@invalid.command("list")
def list_invalid(
    everything: Annotated[
        bool, typer.Option("--all", help="含其事件已有人知晓的 also those of which a person knows")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """列出无效消息及全部问题：哪个文件、哪一条 (what cannot be understood, and where it stands).

    文件写的是它在来源目录 done 下的编号（文件名可能含姓名，不显示）；“第几条”不计表头和空行。
    """
    from zhida import invalid_view
    from zhida.watch import open_watch

    with open_watch() as watch:
        found = invalid_view.listed(watch, everything=everything)
    emit(_flat(found), as_json=as_json, table=_table(found))


@invalid.command("show")
def show_invalid(message: str, as_json: AsJson = False) -> None:
    """一件无效消息的出处、问题和可做的事 (whence it came, what is wrong, what can be done)."""
    from zhida import invalid_view
    from zhida.watch import open_watch

    with open_watch() as watch:
        found = invalid_view.one(watch, message)
    emit(found, as_json=as_json, table=_shown(found))


def _flat(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a problem, as programs have always had it."""
    return [
        {name: told for name, told in each.items() if name != "problems"} | problem
        for each in found
        for problem in each["problems"]
    ]


def _table(found: list[dict[str, Any]]) -> Any:
    from rich.console import Group

    problems = [problem for each in found for problem in each["problems"]]
    remedies = [{**problem, "what": "怎么办"} for problem in problems]
    return Group(show(list(map(_row, found)), _LIST, title="无效消息"), *explained(remedies))


def _row(each: dict[str, Any]) -> dict[str, Any]:
    from zhida.invalid_view import place

    what = "\n".join(f"{problem['what']} [{problem['code']}]" for problem in each["problems"])
    whence = f"{each['source_title']}\n{each['source']}"
    named = f"{each['id'][:12]}\n{local(each['at'])}"
    return {"named": named, "whence": whence, "place": place(each), "what": what}


def _shown(found: dict[str, Any]) -> Any:
    from rich.console import Group

    from zhida.invalid_view import place

    told = found | _row(found) | {"at": local(found["at"])}
    told["found"] = f"{place(found)}\n在来源目录的 done 下按此编号找到它" if found["file"] else "-"
    told["acknowledged"] = "是" if found["acknowledged"] else "否"
    rows = [{"name": title, "value": told[key]} for key, title in _SHOW.items()]
    lines = explained(found["problems"])
    lines.append(f"改好映射或系统文件后：zhida invalid replay {found['id'][:12]}")
    table = show(rows, {"name": "", "value": ""}, title=f"无效消息 {found['id'][:12]}")
    return Group(table, *lines)
