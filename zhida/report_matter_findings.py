"""What the report of a matter wants of its reader: the line that matters, and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from exchange.errors import ZhidaError
from zhida import report_findings
from zhida.report_findings import Finding
from zhida.site import Contact
from zhida.watch import Watch

Told = Mapping[str, Any]
_STUCK = {"parked": "待人工", "invalid": "数据无效"}


def headline(told: Told, todo: list[Finding]) -> str:
    """How many came and were served, what they were spared, who is late."""
    cases, paper, systems = told["cases"], told["paper"], told["systems"]
    if not cases["opened"]:
        return report_findings.headline([f"{told['title']}还没有办件"], todo)
    parts = [f"受理 {cases['opened']} 件，全部办结 {cases['done']} 件，办理中 {cases['open']} 件"]
    asked = paper["avoided"] + paper["to_bring"] + paper["no_record"]
    parts += [f"应交的材料 {asked} 件次，免交 {paper['avoided']}"] if asked else []
    late = sum(row["legal"]["running_late"] for row in told["items"] if row["legal"])
    parts += [f"已逾期 {late} 件"] if late else []
    parts += [f"写入了未声明的操作 {systems['undeclared']} 次"] if systems["undeclared"] else []
    return report_findings.headline(parts, todo)


def findings(watch: Watch, told: Told) -> list[Finding]:
    """Late by law first, then what stands still, then what was written that nobody declared."""
    return [*_late(watch, told), *_stuck(watch, told), *_undeclared(watch, told)]


def _late(watch: Watch, told: Told) -> Iterator[Finding]:
    for row in told["items"]:
        if row["legal"] and row["legal"]["running_late"]:
            number, article = row["legal"]["running_late"], row["legal"]["article"]
            do = "哪几件见 zhida report clock"
            yield Finding(
                f"{row['title']}：{number} 件已过法定期限（{article}）", _who(watch, told, row), do
            )


def _stuck(watch: Watch, told: Told) -> Iterator[Finding]:
    for row in told["items"]:
        for state in ("parked", "invalid"):
            number = row["states"].get(state, 0)
            if number:
                do = "zhida parked list" if state == "parked" else "请对方更正来源数据后重发"
                yield Finding(
                    f"{row['title']}：{number} 件{_STUCK[state]}", _who(watch, told, row), do
                )


def _undeclared(watch: Watch, told: Told) -> Iterator[Finding]:
    if told["systems"]["undeclared"]:
        unit = watch.site.units[watch.site.unit]
        what = f"写入了未声明的操作 {told['systems']['undeclared']} 次"
        who = report_findings.who(unit.title, unit.contact)
        yield Finding(what, who, "核对系统文件与适配器，再看“用到的现有系统”一表")


def _who(watch: Watch, told: Told, row: Told) -> str:
    return report_findings.who(row["unit_title"], _contact(watch, told["matter"], row))


def _contact(watch: Watch, matter: str, row: Told) -> Contact | None:
    """The item's system's, else the unit's."""
    unit = watch.site.units.get(row["unit"])
    found = unit.contact if unit else None
    try:
        system = watch.site.system_of(watch.site.matter(matter).items[row["item"]])
    except (ZhidaError, KeyError):  # an item of an older definition, or of a system that is gone
        return found
    return system.contact or found
