"""A hub that is asked to settle labour disputes, among the stand-ins of a district; the core is not here.

What the hub's own rules would say (triage, referrals, verdicts) is written by hand, as they would write it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from exchange.store import case_rows
from exchange.store.case_rows import ItemRow
from sandbox import site_layers
from sandbox.district import District
from sandbox.mediation_district import SYSTEMS
from sandbox.mediation_people import MediationPeople
from tests.zhida.mediation_town import UNIT
from zhida import own_filing, own_opening, sweep
from zhida.own_filing import Paper
from zhida.own_opening import Own

NUMBER = "LT-20260105-0123456789AB"
DESKS = {"hub": "301", "street": "311", "people": "321", "inspection": "331", "aid": "341", "response": "352"}  # fmt: skip
SUBSTANCE: dict[str, Any] = {
    "dispute": NUMBER,
    "worker": {"name": "钱示例", "phone": "19900000001"},
    "employer": {"name": "示例劳务有限公司"},
    "kind": "wages",
    "claims": [{"title": "支付工资", "amount_fen": 2400050}],
    "claims_text": "一、支付工资 24000.50 元",
    "facts": "拖欠三个月工资",
    "consent": {"share": True},
}
RECORD: dict[str, Any] = {
    "dispute": NUMBER,
    "offers": [{"by": "employer", "text": "愿意先付一半"}],
    "consent": {"offers": True},
}


def referral(role: str, number: str = "1", **changed: Any) -> dict[str, Any]:
    """A handing-over to the unit of a role, as the hub writes it."""
    made = {"id": f"YS-{role}-{number}", "dispute": NUMBER, "at": "2026-01-05T09:30:00"}
    made |= {"role": role, "unit": UNIT[role], "from": "mediation-centre", "event": "diverted"}
    desk = {"desk": DESKS[role]} if role in DESKS else {}
    return made | desk | {"kind": "wages", "workers": 1, "with_substance": False} | changed


class Mediating:
    """The hub's work, and people who do theirs."""

    def __init__(self, town: Any) -> None:
        self.town, self.hub = town, town.hub
        self.people = MediationPeople(town.district)

    def sweep(self, *matters: str) -> None:
        for name in matters or site_layers.MEDIATION_MATTERS:
            for report in sweep.sweep(self.hub, self.hub.site.matter(name)):
                assert report.sick is None, report

    def turn(self, *matters: str) -> None:
        """The hub sweeps, people work, time goes by, the hub looks again."""
        self.sweep(*matters)
        self.people.work()
        self.town.clock.skip(601)
        self.sweep(*matters)

    def refer(self, record: dict[str, Any], *papers: tuple[str, dict[str, Any]]) -> str:
        """A referral's case, with what comes with it."""
        before = set(self.cases("mediation-referral"))
        stream = own_opening.stream(self.hub, "mediation-referral", "mediation-referral")
        own_opening.take_all(stream, [Own(f"referral/{record['id']}", record)])
        (case,) = set(self.cases("mediation-referral")) - before
        for name, told in papers:
            self.file(case, name, f"mediation-{name}", told)
        return case

    def file(self, case: str, name: str, kind: str, record: dict[str, Any], **more: Any) -> int:
        return own_filing.file(
            self.hub, [Paper(case, name, kind, f"{case}/{name}", record, **more)]
        )

    def cases(self, matter: str) -> list[str]:
        with self.hub.store.read() as connection:
            return [row.id for row in case_rows.list_cases(connection, matter)]

    def open_cases(self, *matters: str) -> int:
        """How many still wait for somebody."""
        with self.hub.store.read() as connection:
            rows = [row for name in matters for row in case_rows.list_cases(connection, name)]
        return sum(row.state == "open" for row in rows)

    def rows(self, case: str) -> list[ItemRow]:
        with self.hub.store.read() as connection:
            return case_rows.items(connection, case)

    def states(self, case: str) -> dict[str, str]:
        """Item → state, without what the case does not need."""
        rows = self.rows(case)
        return {row.item: row.state for row in rows if row.state not in ("skipped", "waiting")}

    def codes(self, case: str) -> dict[str, str]:
        return {row.item: row.code for row in self.rows(case) if row.code}

    def record(self, case: str, name: str) -> dict[str, Any]:
        with self.hub.store.read() as connection:
            known = case_rows.documents(connection, case)[name]
        return dict(self.hub.archive.get(known).record)


@contextmanager
def opened(folder: Path, open_town: Callable[[District], Any]) -> Iterator[Mediating]:
    """The town of such a district; its ledger is whole at the end."""
    district = District(folder, systems=SYSTEMS, signer=False)
    district.prepare()
    site_layers.mediation(Path(district.env["ZHIDA_SITE"]))
    site_layers.mediation_papers(Path(district.env["ZHIDA_SITE"]))
    with district:
        town = open_town(district)
        yield Mediating(town)
        town.audit()
        town.close()
