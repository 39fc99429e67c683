"""``zhida matter``: the joint services of the site."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from matters.matter import Matter
from zhida.command_options import AsJson
from zhida.matter_new_cli import new
from zhida.mediation_cli import explain
from zhida.output import EXIT_PROBLEM, Marked, emit, show

matters = typer.Typer(no_args_is_help=True, help="联办主题（一件事） joint services")
matters.command("new")(new)
matters.command("explain")(explain)


@matters.command("list")
def list_matters(as_json: AsJson = False) -> None:
    """列出站点开通的主题 (joint services of this site)."""
    from zhida import site
    from zhida.environment import site_folder

    found = site.load_matters(site_folder())
    told = [{"matter": m.name, "title": m.title, "items": len(m.items)} for m in found]
    columns = {"matter": "主题", "title": "名称", "items": "事项数"}
    emit(told, as_json=as_json, table=show(told, columns, title="联办主题"))


@matters.command("show")
def show_matter(name: str, as_json: AsJson = False) -> None:
    """一个主题的事项、次序、材料 (items, order and papers of one joint service)."""
    from zhida import site
    from zhida.environment import site_folder

    told = _told(site.load(site_folder()).matter(name))
    rows = [
        item | {"needs": " ".join(item["needs"] or item["after"]), "papers": len(item["materials"])}
        for item in told["items"]
    ]
    columns = {
        "name": "事项",
        "title": "名称",
        "unit": "单位",
        "do": "操作",
        "needs": "前置",
        "papers": "材料数",
    }
    emit(told, as_json=as_json, table=show(rows, columns, title=told["title"]))


@matters.command("check")
def check_matter(
    which: Annotated[str, typer.Argument(help="主题标识或文件；缺省全部 name or file")] = "",
    as_json: AsJson = False,
) -> None:
    """检查主题文件 (everything that is wrong with a joint service, with its line).

    单位、系统、操作、次序、谁提供数据、协议、责任人；还没有写进 site.yaml 的也能查。
    """
    from exchange import times
    from exchange.ports import utc_now
    from zhida import matter_report
    from zhida.environment import site_folder

    found = matter_report.check(site_folder(), which, times.civil_day(utc_now()))
    rows = [
        row
        | {"place": f"{row['file']}:{row['line']}" if row["line"] else row["file"]}
        | {"sign": Marked("[green]✓[/]" if row["ok"] else "[red]✗[/]")}
        for row in found
    ]
    columns = {"sign": "", "place": "位置", "what": "问题", "remedy": "怎么办", "code": "代码"}
    emit(found, as_json=as_json, table=show(rows, columns, title="主题检查"))
    if not all(row["ok"] for row in found):
        raise typer.Exit(EXIT_PROBLEM)


@matters.command("draw")
def draw_matter(
    which: Annotated[str, typer.Argument(help="主题标识或文件 name or file")],
    to: Annotated[str, typer.Option("-o", help="SVG 文件；缺省打印 the file")] = "",
) -> None:
    """画次序图，SVG (draw the order of a joint service)."""
    from pathlib import Path

    from zhida import files, matter_drawing, matter_report
    from zhida.environment import site_folder

    told, found = matter_report.open_one(site_folder(), which)
    units = {name: unit.title for name, unit in told.units.items()}
    made = matter_drawing.drawn(found, units)
    if to:
        files.write(Path(to), made.encode())
    emit({"file": to}, as_json=False, table=f"已写入 {to}") if to else emit(
        made, as_json=False, plain=True
    )


def _told(matter: Matter) -> dict[str, Any]:
    items = [
        {
            "name": item.name,
            "title": item.title,
            "unit": item.unit,
            "do": f"{item.adapter}.{item.operation}",
            "needs": list(item.needs),
            "after": list(item.after),
            "materials": [asdict(material) for material in item.materials],
        }
        for item in matter.items.values()
    ]
    return {"matter": matter.name, "title": matter.title, "items": items}
