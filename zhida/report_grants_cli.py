"""``zhida report grants``: what the grants have come to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exchange.errors import Fatal
from zhida.command_options import AsJson
from zhida.output import EXIT_PROBLEM, emit, tell

if TYPE_CHECKING:
    from zhida.report_sections import Section

Year = Annotated[int, typer.Option(min=2000, max=2999, help="只算这一年决定的 decided in a year")]
Name = Annotated[str, typer.Option("--policy", help="只算一项政策 only one policy")]
Xlsx = Annotated[Path | None, typer.Option("--xlsx", help="另存为 Excel 文件 also as a workbook")]
Html = Annotated[Path | None, typer.Option("--html", help="另存为 HTML 文件 also as a page")]


def grants(
    *,
    year: Year | None = None,
    policy: Name = "",
    xlsx: Xlsx = None,
    html: Html = None,
    as_json: AsJson = False,
) -> None:
    """奖补的成效 (materials, steps, days before and now; eligible and served; money; budgets).

    按政策和合计；不含企业名称，不解密任何数据。账不平时退出码为 1。口径见 docs/how-to/report-grants.md。
    """
    from zhida import policy_find, report_grants, report_grants_tables, report_sections
    from zhida.environment import site_folder
    from zhida.watch import open_watch

    known = policy_find.catalogue(site_folder())
    if policy:
        policy_find.named(known, policy)
    with open_watch() as watch:
        told = report_grants.report(watch, known.policies, year or 0, policy)
    title, sections = report_grants_tables.title(told), list(report_grants_tables.sections(told))
    _save(title, sections, xlsx, html)
    emit(told, as_json=as_json, table=report_sections.drawn(title, sections))
    _tell(told["unbalanced"])


def _save(title: str, sections: list[Section], xlsx: Path | None, html: Path | None) -> None:
    from zhida import files, report_files

    if xlsx:
        report_files.workbook(xlsx, sections)
    if html:
        files.write(html, report_files.page(title, sections).encode())


def _tell(unbalanced: list[dict[str, Any]]) -> None:
    for row in unbalanced:
        tell(Fatal("grant.unbalanced", **row))
    if unbalanced:
        raise typer.Exit(EXIT_PROBLEM)
