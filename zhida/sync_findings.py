"""What is to be done about scheduled syncs now, whatever the age of their data: stopped, paused, rows that are held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from zhida import catalogue_sources, report_findings, sync_to, sync_view
from zhida.catalogue_sources import SYNC, Giver
from zhida.report_findings import Finding
from zhida.sync_file import Sync
from zhida.sync_to import Line
from zhida.watch import Watch


def findings(watch: Watch, syncs: Iterable[Sync]) -> Iterator[Finding]:
    """One for each line that does not run, and one for each whose rows wait for somebody."""
    for line in (line for sync in syncs for line in sync_to.lines(sync)):
        told = sync_view.status(watch, line)
        who = _source(watch, line)
        if told["paused_at"]:
            yield Finding(f"{_name(told)}：已暂停", who, f"zhida sync resume {told['sync']}")
        elif told["code"]:
            do = "zhida incident list：看原因和怎么办"
            yield Finding(f"{_name(told)}：上一次没有做完（{told['code']}）", who, do)
        if count := sum(each["count"] for each in told["held"]):
            do = f"zhida sync held {told['sync']}：看原因，请提供方改正"
            yield Finding(f"{_name(told)}：{count} 行没有写入", who, do)


def _name(told: dict[str, Any]) -> str:
    return f"定时同步 {told['title']} → {told['target']}"


def _source(watch: Watch, line: Line) -> str:
    """The unit that gives, with a telephone where the site names one."""
    system = watch.site.system(line.sync.source.system)
    unit = watch.site.units.get(system.unit)
    giver = Giver(line.sync.document, system.unit, SYNC, system=system.name)
    title = unit.title if unit else system.unit
    return report_findings.who(title, catalogue_sources.contact(watch.site, giver))
