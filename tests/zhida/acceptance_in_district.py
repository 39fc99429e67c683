"""A hub that accepts finished buildings, among the stand-ins of a district; the core is not here.

What the hub's own rules would say (plans, slips, verdicts, papers) is written by hand, as they would write it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from exchange.store import case_rows
from sandbox import site_layers
from sandbox.acceptance_district import SYSTEMS
from sandbox.acceptance_people import AcceptancePeople
from sandbox.district import District
from zhida import own_filing, own_opening, sweep
from zhida.own_filing import Paper
from zhida.own_opening import Own

NUMBER, CODE = "YS-20260105-0123456789AB", "2024-320111-47-01-100001"
PLAN: dict[str, Any] = {
    "acceptance": NUMBER,
    "on": "2026-01-05",
    "items_text": "line-check 规划验线（规划资源部门，5 个工作日）",
    "materials_text": "plan-permit 建设工程规划许可证（中枢取得）；filing-form 竣工验收备案表（建设单位）；warranty 保修书（建设单位）",
    "digest": "0" * 64,
}


def slip(role: str, desk: str, item: str, **changed: Any) -> dict[str, Any]:
    """An item that is handed to the unit of a role, as the hub writes it."""
    told = {"id": f"{NUMBER}/{item}/1", "acceptance": NUMBER, "code": CODE, "building": "1"}
    told |= {"name": "示例花园 1 号楼", "at": "2026-01-05T09:30:00", "role": role, "unit": role}
    told |= {"desk": desk, "item": item, "title": item, "stage": "基础施工", "round": 1}
    return told | {"checks_text": "escape 疏散；escape-lit 应急照明"} | changed


class Accepting:
    """The hub's work, and people who do theirs."""

    def __init__(self, town: Any) -> None:
        self.town, self.hub = town, town.hub
        self.people = AcceptancePeople(town.district)

    def sweep(self, *matters: str) -> None:
        for name in matters or site_layers.ACCEPTANCE_MATTERS:
            for report in sweep.sweep(self.hub, self.hub.site.matter(name)):
                assert report.sick is None, report

    def turn(self, *matters: str) -> None:
        """The hub sweeps, people work, time goes by, the hub looks again."""
        self.sweep(*matters)
        self.people.work()
        self.town.clock.skip(601)
        self.sweep(*matters)

    def make(self, matter: str, *records: tuple[str, Mapping[str, Any]]) -> str:
        """A case that the hub opens itself, with everything that belongs to it."""
        before = set(self.cases(matter))
        for kind, record in records:
            own = Own(f"{kind}/{record['id']}", dict(record))
            own_opening.take_all(own_opening.stream(self.hub, matter, kind), [own])
        (case,) = set(self.cases(matter)) - before
        return case

    def file(self, case: str, name: str, kind: str, record: Mapping[str, Any]) -> int:
        return own_filing.file(self.hub, [Paper(case, name, kind, f"{case}/{name}", dict(record))])

    def begin(self, case: str) -> None:
        """Every stage begins: what belongs to it is asked for."""
        for stage in ("structure", "preparation", "joint", "filing"):
            told = {"acceptance": NUMBER, "on": "2026-01-05", "stage": stage}
            self.file(case, f"stage-{stage}", "acceptance-stage", told)

    def cases(self, matter: str) -> list[str]:
        with self.hub.store.read() as connection:
            return [row.id for row in case_rows.list_cases(connection, matter)]

    def states(self, case: str) -> dict[str, str]:
        """Item → state, without what the case does not need."""
        with self.hub.store.read() as connection:
            rows = case_rows.items(connection, case)
        return {row.item: row.state for row in rows if row.state not in ("skipped", "waiting")}

    def record(self, case: str, name: str) -> dict[str, Any]:
        with self.hub.store.read() as connection:
            known = case_rows.documents(connection, case)[name]
        return dict(self.hub.archive.get(known).record)


@contextmanager
def opened(folder: Path, open_town: Callable[[District], Any]) -> Iterator[Accepting]:
    """The town of such a district; its ledger is whole at the end."""
    district = District(folder, systems=SYSTEMS, signer=False)
    district.prepare()
    site_layers.acceptance(Path(district.env["ZHIDA_SITE"]))
    with district:
        town = open_town(district)
        yield Accepting(town)
        town.audit()
        town.close()
