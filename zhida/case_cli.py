"""``zhida case``: what runs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape

from zhida.case_cancel_cli import cancel
from zhida.clock_words import until
from zhida.command_options import AsJson
from zhida.output import Marked, emit, explained, local, named, show, state

if TYPE_CHECKING:
    from zhida.watch import Watch

cases = typer.Typer(no_args_is_help=True, help="办件 cases")

_LIST = {
    "case": "办件",
    "title": "主题",
    "state_zh": "状态",
    "opened_at": "受理",
    "closed_at": "结束",
}
_ITEMS = {"named": "事项", "where": "单位 · 系统", "state_zh": "状态", "until": "法定期限"}


@cases.command("list")
def list_cases(matter: str = "", as_json: AsJson = False) -> None:
    """列出办件 (all cases, newest first)."""
    from zhida import case_view
    from zhida.watch import open_watch

    with open_watch() as watch:
        found = case_view.cases(watch, matter)
    rows = [_row(row) for row in found]
    emit(found, as_json=as_json, table=show(rows, _LIST, title="办件"))


@cases.command("find")
def find_case(
    numbers: Annotated[
        list[str],
        typer.Argument(help="业务编号（有几个标识字段就依次写几个），或业务流水号 its numbers"),
    ],
    as_json: AsJson = False,
) -> None:
    """按业务编号或对账所列的业务流水号找办件 (the case of a business number or of an effect key).

    业务编号只以加密摘要保存，须写完整，且有密钥口令的人才查得到；流水号写开头 8 位即可。
    """
    from zhida import case_find, case_view
    from zhida.watch import open_watch

    with open_watch() as watch:
        found = [case_view.one(watch, case) for case in case_find.find(watch, numbers)]
    told = [{key: row[key] for key in _TOLD} for row in found]
    rows = [_row(row) for row in told]
    emit(told, as_json=as_json, table=show(rows, _LIST, title="办件"))


@cases.command("show")
def show_case(
    case: str,
    numbers: Annotated[
        bool, typer.Option("--numbers", help="加上对方编号，供打电话查询 the targets' own numbers")
    ] = False,
    reasons: Annotated[
        bool,
        typer.Option("--reasons", help="加上对方不予办理的理由，供告知 the targets' own words"),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """一个办件的事项、数据去向 (one case: items, what went to whom)."""
    from zhida import case_references, case_view
    from zhida.watch import open_watch

    with open_watch() as watch:
        found = case_view.one(watch, case)
        known = case_references.of_case(watch, found["case"]) if numbers else {}
        words = case_references.reasons(watch, found["case"]) if reasons else {}
    if numbers:
        found["items"] = [row | {"reference": known.get(row["item"], "")} for row in found["items"]]
    if reasons:
        found["items"] = [row | {"reason": words.get(row["item"], "")} for row in found["items"]]
    emit(found, as_json=as_json, table=_tables(found))


@cases.command("watch")
def watch_case(
    matter: str,
    seconds: Annotated[int, typer.Option(help="最长观察秒数 give up after")] = 60,
) -> None:
    """实时显示最新办件，直到结束 (a live table of the newest case until it ends)."""
    from zhida.watch import open_watch

    end = time.monotonic() + seconds
    with open_watch() as watch, Live(console=Console(), refresh_per_second=8) as live:
        while time.monotonic() < end:
            found = _newest(watch, matter)
            if found:
                live.update(_items_table(found))
                if found["state"] != "open":
                    return
            time.sleep(0.2)


cases.command("cancel")(cancel)

_TOLD = ("case", "matter", "title", "policy", "policy_zh", "state", "opened_at", "closed_at")


def _row(row: dict[str, Any]) -> dict[str, Any]:
    told = {"case": row["case"][:12], "state_zh": state(row["state"]), "title": _title(row)}
    return row | told | {name: local(row[name]) for name in ("opened_at", "closed_at")}


def _title(row: dict[str, Any]) -> str:
    """With its policy, where it is about one."""
    return f"{row['title']}：{row['policy_zh']}" if row["policy_zh"] else str(row["title"])


def _newest(watch: Watch, matter: str) -> dict[str, Any] | None:
    from zhida import case_view

    found = case_view.cases(watch, matter)
    return case_view.one(watch, found[0]["case"]) if found else None


def _items_table(found: dict[str, Any]) -> Any:
    rows = [
        row
        | {"named": named(row), "state_zh": _state(row)}
        | {"where": f"{row['unit_title']}\n{row['system']}", "until": until(row)}
        for row in found["items"]
    ]
    head = f"{_title(found)} · 办件 {found['case'][:12]} · {state(found['state'])}"
    numbered = any(row.get("reference") for row in rows)
    columns = _ITEMS | ({"reference": "对方编号"} if numbered else {})
    columns |= {"reason": "对方的理由"} if any(row.get("reason") for row in rows) else {}
    reasons = [*found["items"], *(row["clock"] for row in found["items"] if row["clock"])]
    return Group(show(rows, columns, title=head), *explained(reasons))


def _state(row: dict[str, Any]) -> Marked:
    """With what it waits for."""
    what, maybe = row["waits_for"]["what"], row["waits_for"]["maybe"]
    lines = [f"等：{escape('、'.join(what))}"] if what else []
    lines += ["轮到时再定要不要办"] if what and maybe else []
    return Marked("\n".join([state(row["state"]), *lines]))


def _fields(row: dict[str, Any], which: str) -> str:
    """A line each: the title, and the pointer that was signed."""
    pairs = zip(row[f"{which}_zh"], row[which], strict=True)
    return "\n".join(path if title == path else f"{title} {path}" for title, path in pairs)


def _tables(found: dict[str, Any]) -> Any:
    moved = [
        {
            "way": f"{row['from_title']}\n→ {row['to_title']}\n{row['agreement_zh']}\n协议 {row['agreement']}",
            "word": row["custody_zh"],
            "disclosed": _fields(row, "disclosed"),
            "withheld": len(row["withheld"]),
        }
        for row in found["transfers"]
    ]
    columns = {
        "way": "去向",
        "word": "由谁保证",
        "disclosed": "提供的字段",
        "withheld": "未提供字段数",
    }
    return Group(_items_table(found), show(moved, columns, title="数据去向"))
