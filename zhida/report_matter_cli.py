"""``zhida report matter``: the figures of one joint service."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from zhida.command_options import AsJson
from zhida.output import emit

First = Annotated[str, typer.Option("--from", help="从这一天起受理的 first day, 2026-01-31")]
Last = Annotated[str, typer.Option("--until", help="到这一天为止受理的 last day, with it")]
File = Annotated[str, typer.Option("-o", help="另存为 .md .html .xlsx .docx also as a file")]


def matter(
    name: Annotated[str, typer.Argument(help="主题标识 the joint service")],
    *,
    first: First = "",
    last: Last = "",
    to: File = "",
    as_json: AsJson = False,
) -> None:
    """一个主题的成效 (papers avoided, visits, freshness, clock, reasons, systems)。

    `matter` 可以省去：`zhida report newborn`。各数字的口径见 docs/how-to/report-a-matter.md。
    """
    from pathlib import Path

    from zhida import (
        report_findings,
        report_matter,
        report_matter_findings,
        report_saving,
        report_sections,
        report_tables,
    )
    from zhida.watch import open_watch

    days = day(first, "--from"), day(last, "--until")
    with open_watch() as watch:
        told = report_matter.report(watch, name, *days)
        todo, now = report_matter_findings.findings(watch, told), watch.clock()
    title, lead = report_tables.title(told), report_matter_findings.headline(told, todo)
    sections = [report_findings.section(todo), *report_tables.sections(told)]
    if to:
        report_saving.save(Path(to), report_saving.Report(title, lead, sections, now))
    whole = told | {"headline": lead, "todo": [each.told() for each in todo]}
    emit(whole, as_json=as_json, table=report_sections.drawn(f"{title}\n{lead}", sections))


def day(text: str, option: str) -> date | None:
    """A civil day of an option; None of an empty one."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(f"{text[:20]}：须写成 2026-01-31", param_hint=option) from None
