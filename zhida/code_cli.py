"""``zhida code``: which code lists and identifiers there are, and what a code means."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.output import EXIT_PROBLEM, emit, show

_LISTED = {"scheme": "名称", "title": "标题", "edition": "版本", "count": "代码数"}
_CODES = {"code": "代码", "name": "名称", "aliases": "也写作", "valid": "有效", "note": "说明"}
NUMBERS = {"ignore_unknown_options": True}
"""Context of the command: ``-1`` is a code of some vendors and no option."""


def code(
    scheme: Annotated[str, typer.Argument(help="代码表或标识的名称；不写则列出全部")] = "",
    value: Annotated[str, typer.Argument(help="代码、名称或号码；- 表示从标准输入读一行")] = "",
    as_of: Annotated[str, typer.Option(help="在哪一天是否有效，如 2013-06-30 on that day")] = "",
    as_json: AsJson = False,
) -> None:
    """查代码、验号码 (look up a code, check an identifier).

    不写名称：列出全部代码表和标识。只写名称：列出该表。再写代码、名称或别名：查到的代码；查不到时给出相近的。
    号码（如 gb11643）只说是否成立、为什么、有什么可疑，个人号码不显示、不记录；用 - 从标准输入读，号码就不进命令历史。
    """
    from mappings.codes import CodeList
    from zhida import code_view

    site = Path(os.environ["ZHIDA_SITE"]) if os.environ.get("ZHIDA_SITE") else None
    text = sys.stdin.readline().rstrip("\r\n") if value == "-" else value
    if not scheme:
        _list_all(code_view.schemes(site), as_json=as_json)
        return
    known = code_view.find(scheme, site)
    if not isinstance(known, CodeList):
        _examine(known, text, as_json=as_json)
    elif value:
        _look_up(known, text, _day(as_of), as_json=as_json)
    else:
        _list_one(known, as_json=as_json)


def _list_all(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    shown = [row | {"count": row.get("codes", "标识")} for row in rows]
    emit(rows, as_json=as_json, table=show(shown, _LISTED, title="代码表与标识"))


def _list_one(known: Any, *, as_json: bool) -> None:
    from zhida import code_view

    rows = [code_view.row(each) for each in known.codes.values()]
    head = code_view.about(known)
    title = f"{head['title']}（{head['edition']}）\n来源：{head['source']}"
    table = show([_shown(row) for row in rows], _CODES, title=title)
    emit(head | {"rows": rows}, as_json=as_json, table=table)


def _look_up(known: Any, text: str, day: date | None, *, as_json: bool) -> None:
    from zhida import code_view

    told = code_view.looked_up(known, text, day)
    found = told["found"]
    rows = [found] if found else told["near"]
    title = told["title"] if found else f"{told['title']}：没有这个写法，相近的有"
    if found and not told["in_force"]:
        after = f"后继代码 {found['successor']}" if found["successor"] else "没有后继代码"
        title = f"{told['title']}：{told['as_of']} 不在有效期内，{after}"
    emit(told, as_json=as_json, table=show([_shown(row) for row in rows], _CODES, title=title))
    if not found or not told["in_force"]:
        raise typer.Exit(EXIT_PROBLEM)


def _examine(known: Any, text: str, *, as_json: bool) -> None:
    from zhida import code_view

    if not text:
        head = {"scheme": known.name, "title": known.title, "source": known.source}
        emit(head, as_json=as_json, table=f"{known.title}\n规则来源：{known.source}")
        return
    told = code_view.examined(known, text)
    emit(told if as_json else "\n".join(_lines(told)), as_json=as_json, plain=True)
    if not told["valid"]:
        raise typer.Exit(EXIT_PROBLEM)


def _lines(told: dict[str, Any]) -> list[str]:
    shown = told["value"] or f"形如 {told['form']}"
    lines = [f"{told['title']}：{'成立' if told['valid'] else '不成立'}（{shown}）"]
    lines += [f"{key}：{part}" for key, part in told["parts"].items() if part]
    for mark, each in [("✗", told["problem"]), *(("！", each) for each in told["warnings"])]:
        if each:
            lines += [f"{mark} {each['what']} [{each['code']}]", f"  → {each['remedy']}"]
    return lines


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    name = f"{row['name_zh']}\n{row['name_en']}" if row["name_en"] else row["name_zh"]
    begin, end = row["valid_from"], row["valid_to"]
    days = f"{begin or '…'} 至 {end or '今'}" if begin or end else ""
    more = f"→ {row['successor']} {row['note']}" if row["successor"] else row["note"]
    mark = "未核实 " if row["unverified"] else ""
    spelt = "\n".join(row["aliases"])
    return row | {"name": name, "valid": days, "aliases": spelt, "note": mark + more}


def _day(text: str) -> date | None:
    from exchange.errors import Invalid

    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid("codes.day", text=text[:20]) from None
