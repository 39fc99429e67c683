"""``zhida catalogue``: 目录 — what data there is, who gives it, how new it is, who uses it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.output import EXIT_PROBLEM, emit, show
from zhida.report_options import Files

catalogue = typer.Typer(no_args_is_help=True, help="数据目录 the catalogue of data")

Days = Annotated[int, typer.Option(min=1, max=3660, help="多少天算近期 days that count as lately")]


@catalogue.command("list")
def list_resources(*, days: Days = 90, to: Files = None, as_json: AsJson = False) -> None:
    """列出数据：提供方、系统、新旧、字段、协议、使用；先说要办的事 (all data, and what is to be done)。"""
    from zhida import catalogue_view, report_telling
    from zhida.catalogue import Catalogue
    from zhida.report_saving import Report
    from zhida.watch import open_watch

    with open_watch() as watch:
        told = catalogue_view.told(Catalogue(watch, days))
        title, now = f"{watch.site.title} 数据目录", watch.clock()
    sections = list(catalogue_view.listing(told))
    report = Report(title, told["headline"], sections, now, todo=told["todo"])
    report_telling.tell(told, report, to=to, as_json=as_json)


@catalogue.command("show")
def show_resource(
    resource: Annotated[str, typer.Argument(help="数据种类，或 单位/种类 (hospital/birth-record)")],
    *,
    days: Days = 90,
    as_json: AsJson = False,
) -> None:
    """一项数据：每个字段、后面的系统、协议、谁用过 (one of them, whole)。"""
    from rich.console import Group

    from zhida import catalogue_one, catalogue_view, report_sections
    from zhida.catalogue import Catalogue
    from zhida.watch import open_watch

    with open_watch() as watch:
        known = Catalogue(watch, days)
        found = [catalogue_view.resource(known, each) for each in known.find(resource)]
    parts = [
        report_sections.drawn(catalogue_one.headline(each), catalogue_one.sections(each))
        for each in found
    ]
    emit(found, as_json=as_json, table=Group(*parts))


@catalogue.command("export")
def export(
    *,
    form: Annotated[str, typer.Option("--format", help="csv 或 json", metavar="csv|json")] = "csv",
    to: Annotated[Path | None, typer.Option("-o", help="存到文件 to a file")] = None,
) -> None:
    """导出给上级平台：按《政务信息资源目录编制指南（试行）》的项目 (for the superior platform)。

    单位还没有填的项目留空，列在标准错误中，退出码为 1。
    """
    import json

    from zhida import catalogue_export, files
    from zhida.catalogue import Catalogue
    from zhida.watch import open_watch

    if form not in ("csv", "json"):
        raise typer.BadParameter(f"{form[:20]}：写 csv 或 json", param_hint="--format")
    with open_watch() as watch:
        known = Catalogue(watch)
        rows = catalogue_export.rows(known)
    whole = catalogue_export.as_json(known, rows)
    text = json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
    text = catalogue_export.as_csv(rows) if form == "csv" else text
    if to:
        files.write(to, text.encode())
    else:
        typer.echo(text, nl=False)
    _tell_missing(catalogue_export.missing(rows))


def _tell_missing(missing: dict[str, list[str]]) -> None:
    """The same list of many is told once."""
    by_names: dict[tuple[str, ...], list[str]] = {}
    for key, names in missing.items():
        by_names.setdefault(tuple(names), []).append(key)
    for wanted, keys in by_names.items():
        typer.echo(f"还没有填：{'、'.join(wanted)}", err=True)
        typer.echo(f"  {len(keys)} 项数据：{'、'.join(keys)}", err=True)
    if missing:
        typer.echo("由提供方定，写进站点的 catalogue.yaml（docs/how-to/catalogue.md）", err=True)
        raise typer.Exit(EXIT_PROBLEM)


@catalogue.command("clocks")
def clocks(as_json: AsJson = False) -> None:
    """申请与校核的期限、依据、由谁定 (statutory clocks, and what they rest on)。"""
    from matters import terms
    from zhida import catalogue_file, site
    from zhida.environment import site_folder
    from zhida.matter_drawing import period

    found = catalogue_file.load(site.load(site_folder())).clocks.values()
    told: list[dict[str, Any]] = [
        {
            "clock": c.name,
            "title": c.title,
            "within": c.within,
            "article": c.article,
            "by": c.origin,
        }
        for c in found
    ]
    by = {"shipped": "随产品", "site": "catalogue.yaml"}
    rows = [
        row | {"by": by[row["by"]], "within": period(terms.legal(row["within"]))} for row in told
    ]
    columns = {"title": "期限", "within": "多久", "article": "依据", "by": "由谁定"}
    emit(told, as_json=as_json, table=show(rows, columns, title="申请与校核的期限"))
