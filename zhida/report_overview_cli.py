"""``zhida report freshness | clock | agreements``: what is late, stale, or about to end, and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.report_options import Files, Trace

if TYPE_CHECKING:
    from zhida.report_sections import Section
    from zhida.watch import Watch

Days = Annotated[int, typer.Option(min=1, max=3660, help="看近多少天 days to look back")]


def freshness(
    *, days: Days = 90, trace: Trace = "", to: Files = None, as_json: AsJson = False
) -> None:
    """数据新旧：谁的数据超出承诺 (is data as new as promised)。--trace 写 单位/种类。"""
    from zhida import report_freshness, report_telling
    from zhida.catalogue import Catalogue
    from zhida.watch import open_watch

    with open_watch() as watch:
        known = Catalogue(watch, days)
        if trace:
            return report_telling.trace(
                trace, report_freshness.trace(known, trace), as_json=as_json
            )
        found = report_freshness.told(known)
        told("数据新旧", watch, found, report_freshness.sections(found), to=to, as_json=as_json)
    return None


def agreements(
    *, days: Days = 90, trace: Trace = "", to: Files = None, as_json: AsJson = False
) -> None:
    """共享协议：快到期、没有用过、给多了的 (ending, idle, too wide)。--trace 写协议标识。"""
    from zhida import report_agreements, report_telling
    from zhida.catalogue import Catalogue
    from zhida.watch import open_watch

    with open_watch() as watch:
        known = Catalogue(watch, days)
        if trace:
            return report_telling.trace(
                trace, report_agreements.trace(known, trace), as_json=as_json
            )
        found = report_agreements.told(known)
        told("共享协议", watch, found, report_agreements.sections(found), to=to, as_json=as_json)
    return None


def clock(
    *,
    matter: Annotated[str, typer.Option(help="只看一个主题 only one joint service")] = "",
    days: Days = 90,
    trace: Trace = "",
    to: Files = None,
    as_json: AsJson = False,
) -> None:
    """法定期限与校核：谁逾期、谁临近 (who is late, who soon will be)。--trace 写 主题/事项。"""
    from zhida import report_clocks_view, report_telling
    from zhida.watch import open_watch

    with open_watch() as watch:
        name = watch.site.matter(matter).name if matter else ""
        if trace:
            return report_telling.trace(
                trace, report_clocks_view.trace(watch, trace, days), as_json=as_json
            )
        found = report_clocks_view.told(watch, name, days)
        told("期限", watch, found, report_clocks_view.sections(found), to=to, as_json=as_json)
    return None


def told(
    title: str,
    watch: Watch,
    found: dict[str, Any],
    sections: Iterable[Section],
    *,
    to: Iterable[Path] | None,
    as_json: bool,
) -> None:
    """The report on the screen, and as files if wanted."""
    from zhida import report_telling
    from zhida.output import local
    from zhida.report_saving import Report

    whole = f"{watch.site.title} {title}（{local(found['at'])[:16]} 统计）"
    report = Report(whole, found["headline"], list(sections), watch.clock(), todo=found["todo"])
    report_telling.tell(found, report, to=to, as_json=as_json)
