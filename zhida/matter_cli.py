"""``zhida matter``: the joint services of the site."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import typer

from matters.matter import Matter
from zhida.command_options import AsJson
from zhida.output import emit, show

matters = typer.Typer(no_args_is_help=True, help="联办主题（一件事） joint services")


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
