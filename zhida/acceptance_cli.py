"""``zhida acceptance``: buildings under way; what the procedure saves and whether a clause was lost; its lists."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from zhida.acceptance_case_cli import advance, buildings, show_one
from zhida.command_options import AsJson
from zhida.output import EXIT_PROBLEM, Marked, emit, show

acceptance = typer.Typer(no_args_is_help=True, help="竣工即验收（交付） joint acceptance")
acceptance.command("buildings")(buildings)
acceptance.command("show")(show_one)
acceptance.command("advance")(advance)
_NOTE = (
    "“推定”：正式清单没有公布，推定的按公开的件数编写，相符只说明口径说得通；"
    "换成本区的正式清单后再算（docs/matters/acceptance-lists.md）。"
)
_AGREES = {True: Marked("[green]相符[/]"), False: Marked("[red]不符[/]"), None: ""}


@acceptance.command("savings")
def tell_savings(as_json: AsJson = False) -> None:
    """改革前后相比：申报、材料、事项各少多少，有没有哪一条不查了 (savings, and the proof of the clauses)."""
    from rich.console import Group

    from zhida import acceptance_lists
    from zhida.environment import site_folder_if_any

    told = acceptance_lists.savings(site_folder_if_any())
    emit(told, as_json=as_json, table=Group(*_savings(told)))
    if told["clauses"]["losses"]:
        raise typer.Exit(EXIT_PROBLEM)


def _savings(told: dict[str, Any]) -> list[Any]:
    rows = [
        each
        | {"agreed": _AGREES[each["agrees"]]}
        | {"rests": f"{each['basis']}（{each['inferred']}/{each['entries']} 项推定）"}
        for each in told["figures"]
    ]
    columns = {"title": "数字", "text": "算出", "published_text": "公开的", "agreed": ""}
    columns |= {"rests": "依据"}
    common = [each | {"times": f"{each['before']} → {each['after']}"} for each in told["common"]]
    process = [each | {"now": "、".join(each["instead"].values())} for each in told["process"]]
    return [
        show(rows, columns, title=f"{told['before']} → {told['after']}"),
        _NOTE,
        show(common, {"title": "材料", "times": "申报几次"}, title="共性材料"),
        show(told["merged"], {"title": "事项", "into_title": "并入"}, title="并入的事项"),
        show(process, {"title": "材料", "why": "为什么不再要", "now": "查什么代替"}, title="过程性材料"),
        _proof(told["clauses"]),
    ]  # fmt: skip


def _proof(told: dict[str, Any]) -> Any:
    head = f"标准有没有降低：原来 {told['checks']} 项检查（{told['inferred']} 项推定），逐条查的 {told['kept']} 项"
    if not told["losses"]:
        return f"{head}；依据、事项、现场、部位、凭据（或代替的）都在，没有一条不查。"
    columns = {"title": "检查", "clause": "依据", "name_title": "哪一件", "text": "少了什么"}
    return show(told["losses"], columns, title=f"{head}；少了的")


@acceptance.command("list")
def tell_lists(
    item: Annotated[
        str, typer.Option(help="只看一项的材料和检查 one item: materials, checks")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """环节、事项、材料，每件材料供哪些事项 (stages, items, materials and who uses each)."""
    from rich.console import Group

    from zhida import acceptance_lists
    from zhida.environment import site_folder_if_any

    told = acceptance_lists.procedure(site_folder_if_any(), item)
    emit(told, as_json=as_json, table=Group(*_lists(told, whole=not item)))


def _lists(told: dict[str, Any], *, whole: bool) -> list[Any]:
    head = (
        f"{told['title']}：{told['items']} 项事项，{told['materials']} 件材料（{told['source']}）"
    )
    tables: list[Any] = [head]
    for stage in told["stages"]:
        rows = [
            each | {"who": _who(each), "count": len(each["materials"])} for each in stage["items"]
        ]
        columns = {"title": "事项", "who": "谁办", "kind": "类别", "within": "期限"}
        tables.append(show(rows, columns | {"count": "材料（件）"}, title=stage["title"]))
        for each in stage["items"]:
            tables += [_materials(each)] if whole else [_materials(each), _checks(each)]
    return tables


def _who(item: dict[str, Any]) -> str:
    others = "、".join(item["for"].values())
    return f"{item['by_title']}（受{others}委托）" if others else str(item["by_title"])


def _materials(item: dict[str, Any]) -> Any:
    rows = [
        each
        | {"how": "中枢取得" if each["fetched"] else "建设单位提交"}
        | {"uses": f"{len(each['consumers'])} 项：{'、'.join(each['consumers'].values())}"}
        for each in item["materials"]
    ]
    columns = {"title": "材料", "issuer": "由谁出具", "how": "怎么来", "uses": "供哪些事项"}
    return show(rows, columns, title=f"{item['title']} 的材料")


def _checks(item: dict[str, Any]) -> Any:
    columns = {"title": "检查", "clause": "依据"}
    return show(item["checks"], columns, title=f"{item['title']} 查什么")
