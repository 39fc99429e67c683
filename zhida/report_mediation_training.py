"""Cases for training (联合业务培训、案例研讨) from which nobody can be told.

A case is its kind, and its way: which role told which event, in which week after the registration (the
days of one case are its own, and could tell which it was). No number, unit, place, employer, name, text,
sum or date. Of those with the same kind and the same way there are at least five, or they are withheld and
only counted (k-anonymity). Only what has ended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exchange import times
from matters.ladder_parts import Ladder
from zhida import report_mediation_pack
from zhida.report_days import FEW
from zhida.report_mediation_facts import Dispute
from zhida.report_mediation_tables import KINDS

K = FEW
CASES, ABOUT = "案例.csv", "说明.md"
Way = tuple[tuple[str, str], ...]
"""(role, event), in order."""


@dataclass
class Training:
    """Collects ways; a year of them is small, for many are the same."""

    ladder: Ladder
    groups: dict[tuple[str, Way], Counter[tuple[int, ...]]] = field(default_factory=dict)
    going_on: int = 0

    def add(self, dispute: Dispute) -> None:
        """Take one that has ended."""
        says, trail = self.ladder.says, dispute.trail
        moves = [each for each in trail.events if not says[each.name].marks]
        if not dispute.is_closed or not moves:
            self.going_on += 1
            return
        first = times.civil_day(moves[0].at)
        weeks = tuple((times.civil_day(each.at) - first).days // 7 + 1 for each in moves)
        way = tuple((each.role, each.name) for each in moves)
        self.groups.setdefault((dispute.kind, way), Counter())[weeks] += 1

    def told(self) -> dict[str, Any]:
        """How many are given, in how many groups, and how many are withheld."""
        sizes = [sum(group.values()) for group in self.groups.values()]
        given = [size for size in sizes if size >= K]
        return {"cases": sum(given), "groups": len(given), "withheld": sum(sizes) - sum(given)} | {
            "going_on": self.going_on,
            "k": K,
        }

    def write(self, folder: Path) -> list[Path]:
        """The cases and what is to be known of them; the files that were written."""
        content = {
            folder / CASES: report_mediation_pack.rows(list(self._rows())),
            folder / ABOUT: _about(self.told()).encode(),
        }
        report_mediation_pack.save(folder, content)
        return list(content)

    def _rows(self) -> Iterator[list[str]]:
        """Cases in the order of their content: that in which they came would tell of when."""
        yield ["组", "案例", "类别", "第几周", "职能", "事件"]
        kept = {which: weeks for which, weeks in self.groups.items() if sum(weeks.values()) >= K}
        number = 0
        for group, (kind, way) in enumerate(sorted(kept), 1):
            for weeks in sorted(kept[kind, way].elements()):
                number += 1
                for week, (role, event) in zip(weeks, way, strict=True):
                    names = [self.ladder.roles[role], self.ladder.says[event].title]
                    yield [str(group), str(number), KINDS[kind], str(week), *names]


def _about(told: Mapping[str, int]) -> str:
    return f"""# 培训和案例研讨用的案例

已办结的 {told["cases"]} 件，分 {told["groups"]} 组。每件只有类别、各职能登记的事件、登记后第几周；没有案号、单位、街道、
用人单位、姓名、内容、金额、日期。类别和经过完全相同的不足 {told["k"]} 件的不给，共 {told["withheld"]} 件；还没有办结的
{told["going_on"]} 件不在内。

不要把不同日期范围的两份对照：差出来的一件可能认得出来。
"""
