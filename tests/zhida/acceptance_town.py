"""A small site for joint acceptance with a hub in this process, and a building that goes through it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import update

from exchange.store import incident_rows
from exchange.store.acceptance_rows import LOG
from exchange.store.tables import case_item, matter_case
from sandbox import pki
from tests.zhida.acceptance_office import Books
from tests.zhida.small_town import SmallTown
from zhida import acceptance, acceptance_advance, acceptance_rules, hub, sweep
from zhida.acceptance import Acceptance
from zhida.acceptance_rules import Rules

MATTERS = (
    "acceptance",
    "acceptance-event",
    "acceptance-review",
    "acceptance-record",
    "acceptance-paper",
)
UNIT = {
    "lead": "housing", "station": "quality-station", "planning": "natural-resources", "fire": "fire-review",
    "defence": "civil-defence", "archives": "city-archives", "green": "landscape", "owner": "acceptance-platform",
}  # fmt: skip
OTHERS = ("seal-platform", "data-bureau")
PROCEDURE = """\
procedure: after
title: 示例
source: 推定：测试用
counts: {stages: 3, items: 4, materials: 6, checks: 4}
roles: {lead: 住建, station: 质监站, planning: 规划, fire: 消防, defence: 人防, archives: 档案馆, green: 园林, owner: 建设单位, hub: 中枢}
parts: {frame: 主体, alarm: 报警, layout: 总平面}
stages:
  structure: {title: 主体施工, source: 推定：测试用}
  joint: {title: 联合验收, source: 推定：测试用}
  filing: {title: 竣工备案, source: 推定：测试用}
whole: {stage: joint, title: 联合验收, legal: 45 working days, extended: 60 working days, article: 行政许可法第四十二条}
delegations:
  - {of: fire, to: station, article: 建设工程质量管理条例第四十六条, source: 推定：测试用}
  - {of: defence, to: station, article: 建设工程质量管理条例第四十六条, source: 推定：测试用}
filings:
  supervision: {title: 监督手续, to: station, covers: [station, fire, defence], materials: [steel], source: 推定：测试用}
items:
  frame: {title: 主体验收, stage: structure, by: station, kind: 监督, article: 示例, within: 3 working days, on_behalf_of: [fire, defence], parts: [frame], source: 推定：测试用}
  fire: {title: 消防验收, stage: joint, by: fire, kind: 行政许可, article: 消防法第十三条, within: 15 working days, remind: 3 working days before, needs: [frame], parts: [alarm], sampling: {of: /project/floors, title: 楼层, percent: 10, at_least: 2}, source: 推定：测试用}
  trees: {title: 绿化意见, stage: joint, by: green, kind: 部门意见, article: 示例, within: 5 working days, silence: {means: no-objection, article: 示例}, parts: [layout], source: 推定：测试用}
  record: {title: 竣工备案, stage: filing, by: lead, kind: 备案, article: 质量条例第四十九条, within: 5 working days, source: 推定：测试用}
materials:
  steel: {title: 钢筋报告, issuer: 施工单位, stage: structure, consumers: [frame], parts: [frame], source: 推定：测试用}
  drawing: {title: 竣工图, issuer: 施工单位, stage: joint, consumers: [fire, trees], large: true, source: 推定：测试用}
  alarm-report: {title: 报警检测, issuer: 检测单位, stage: joint, consumers: [fire], parts: [alarm], source: 推定：测试用}
  site-layout: {title: 总平面图, issuer: 规划, stage: joint, consumers: [trees], fetched: data_bureau.find_layout, source: 推定：测试用}
  joint-opinion: {title: 联合验收意见, issuer: 住建, stage: filing, consumers: [record], fetched: seal.seal_document, source: 推定：测试用}
  sheet: {title: 备案表, issuer: 建设单位, stage: filing, consumers: [record], source: 推定：测试用}
checks:
  beams: {title: 梁柱, clause: GB 50300, items: [frame], on_site: true, evidence: [steel], parts: [frame], source: 推定：测试用}
  alarms: {title: 报警, clause: 消防法第十三条, items: [fire], evidence: [alarm-report, drawing], parts: [alarm], source: 推定：测试用}
  green: {title: 绿地率, clause: 城市绿化条例, items: [trees], evidence: [site-layout, drawing], parts: [layout], source: 推定：测试用}
  papers: {title: 备案材料, clause: 质量条例第四十九条, items: [record], evidence: [sheet, joint-opinion], source: 推定：测试用}
"""


def five_stages() -> str:
    """The same with a stage before and one after the first: all five that a building goes through."""
    more = PROCEDURE.replace(
        "stages: 3, items: 4, materials: 6, checks: 4",
        "stages: 5, items: 6, materials: 8, checks: 6",
    )
    more = more.replace(
        "stages:\n  structure",
        "stages:\n  foundation: {title: 基础施工, source: 推定：测试用}\n  structure",
    )
    more = more.replace(
        "  joint: {title",
        "  preparation: {title: 验收准备, source: 推定：测试用}\n  joint: {title",
        1,
    )
    more = more.replace(
        "items:\n  frame",
        f"items:\n  base: {{title: 基础验收, stage: foundation, {_STATION}}}\n  survey: {{title: 测量, stage: preparation, {_STATION}}}\n  frame",
    )
    for name, stage, item in (
        ("geology", "foundation", "base"),
        ("survey", "preparation", "survey"),
    ):
        paper = f"{{title: {name}, issuer: 测绘单位, stage: {stage}, consumers: [{item}], source: 推定：测试用}}"
        more = more.replace("materials:\n", f"materials:\n  {name}: {paper}\n", 1)
        check = f"{{title: {name}, clause: 示例, items: [{item}], evidence: [{name}], parts: [frame], source: 推定：测试用}}"
        more = more.replace("checks:\n", f"checks:\n  {name}: {check}\n", 1)
    return more


_STATION = "by: station, kind: 监督, article: 示例, within: 3 working days, parts: [frame], source: 推定：测试用"
MATTER = """\
matter: acceptance
title: 竣工联合验收
lead: housing
purpose: acceptance
retention: 10 years
opens_on:
  - {adapter: feed, unit: acceptance-platform, stream: projects, gives: project, every: 1 minute}
  - {adapter: hub, unit: hub, stream: acceptance-plan, gives: plan, optional: true}
  - {adapter: hub, unit: hub, stream: acceptance-ending, gives: ending, optional: true}
  - {adapter: hub, unit: hub, stream: acceptance-stage, gives: stage-structure, optional: true}
  - {adapter: hub, unit: hub, stream: acceptance-stage, gives: stage-preparation, optional: true}
  - {adapter: hub, unit: hub, stream: acceptance-stage, gives: stage-joint, optional: true}
  - {adapter: hub, unit: hub, stream: acceptance-stage, gives: stage-filing, optional: true}
identity: [project/code, project/building]
items:
  receipt: {title: 清单告知, unit: acceptance-platform, do: acceptance_platform.tell_plan, awaits: [plan]}
  site-layout: {title: 总平面图, unit: data-bureau, do: data_bureau.find_layout, awaits: [stage-joint], gives: site-layout}
  archive: {title: 归档, unit: housing, do: desk.archive_acceptance, awaits: [ending]}
"""
DESKS = ("quality-station", "natural-resources", "fire-review", "civil-defence", "survey-institute", "water-group",
         "power-supply", "gas-company", "drainage", "telecom", "landscape")  # fmt: skip
REVIEWS = "review_acceptance, file_acceptance_record"
SYSTEMS = {
    "acceptance-platform": {"acceptance_platform": "tell_plan, tell_verdict, deliver_paper, collect_paper", "feed": ""},
    "seal-platform": {"seal": "seal_document"},
    "data-bureau": {"data_bureau": "find_layout"},
    "housing": {"desk": f"{REVIEWS}, archive_acceptance", "acceptance_oa": "reply_event", "oa": ""},
    "city-archives": {"desk": "review_acceptance, file_acceptance_paper"},
    **{unit: {"desk": REVIEWS} for unit in DESKS},
}  # fmt: skip
KINDS = {
    "plan": "/acceptance, /on, /items_text, /materials_text, /not_applicable_text, /asks_text, /digest",
    "slip": "/id, /acceptance, /code, /building, /name, /at, /role, /unit, /desk, /item, /title, /stage, /round, /due,"
    " /materials_text, /checks_text, /sampling_text, /again_text, /on_behalf_text, /article",
    "record": "/id, /acceptance, /item, /title, /result, /checks_text, /until, /at, /unit, /on_behalf_of/*, /delegation_text",
    "paper": "/id, /acceptance, /code, /building, /name, /title, /kind, /at, /text",
    "verdict": "/acceptance, /number, /accepted, /code, /reason, /state",
    "ending": "/acceptance, /on, /steps",
}
FIELDS = {f"acceptance-{kind}": fields for kind, fields in KINDS.items()}
FIELDS["seal-request"] = "/id, /template, /seal, /title, /format, /fields/*"
SEALED = "/serial, /receipt, /title, /format, /size, /sm3, /seal_certificate, /sealed_at"
_NUMBERS = count(1)


def write_site(folder: Path) -> None:
    """Every file of the site, with keys that hold whatever day a test goes by."""
    years = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC))
    with patch.object(pki, "_years", lambda *_: years):
        pki.make(folder, "Ed25519")
    told = folder / "site"
    for name in ("units", "systems", "agreements", "operators", "matters/acceptance"):
        (told / name).mkdir(exist_ok=True, parents=True)
    (told / "site.yaml").write_text(
        "site: acceptance-test\ntitle: 验收示例\nunit: hub\nsuite: Ed25519\nkey: keys/hub.key\n"
        f"certificate: keys/hub.crt\ntrust: ../trust\nmatters: [{', '.join(MATTERS)}]\n"
    )
    (told / "matters/acceptance/after.yaml").write_text(PROCEDURE)
    (told / "matters/acceptance/matter.yaml").write_text(MATTER)
    roles = "".join(f"  {role}: {{unit: {unit}}}\n" for role, unit in UNIT.items())
    (told / "acceptance.yaml").write_text(f"roles:\n{roles}")
    for unit in ("hub", *SYSTEMS):
        (told / f"units/{unit}.yaml").write_text(f"unit: {unit}\ntitle: {unit}\n")
    for unit, systems in SYSTEMS.items():
        for adapter, operations in systems.items():
            _system(told, unit, adapter, operations)
        for kind, fields in FIELDS.items():
            _agreement(told, ("hub", unit), kind, fields)
        _agreement(told, ("seal-platform", unit), "sealed-document", SEALED)
    _agreement(told, ("seal-platform", "hub"), "sealed-document", SEALED)
    _agreement(told, ("data-bureau", "hub"), "certificate", "/*")


def _system(told: Path, unit: str, adapter: str, operations: str) -> None:
    name = f"{unit}-{adapter.replace('_', '-')}"
    text = f"system: {name}\ntitle: {name}\nunit: {unit}\nadapter: {adapter}\nconnection: office\n"
    (told / f"systems/{name}.yaml").write_text(f"{text}options: {{operations: [{operations}]}}\n")


def _agreement(told: Path, who: tuple[str, str], kind: str, fields: str) -> None:
    name = f"{'-'.join(who)}-{kind}"
    text = f"agreement: {name}\nprovider: {who[0]}\nreceiver: {who[1]}\ndocument: {kind}\n"
    text += f"purpose: acceptance\nbasis: 示例\nfields: [{fields}]\n"
    text += 'valid_from: "2020-01-01"\nvalid_until: "2040-12-31"\n'
    (told / f"agreements/{name}.yaml").write_text(text)


class Town(SmallTown):
    """The hub of the small site, and its office."""

    def __init__(self, folder: Path, at: datetime | None = None) -> None:
        super().__init__("acceptance", folder, Books(folder / "office.sqlite"), at)

    @property
    def rules(self) -> Rules:
        return acceptance_rules.of_site(self.hub.site)

    # --- what comes in -------------------------------------------------------------------------

    def register(self, **changed: Any) -> str:
        """A building is registered, and gets on its way: its number."""
        told = project(**changed)
        assert self.take("acceptance", "project", UNIT["owner"], told) == "opened"
        self.go()
        case = self.case_of("acceptance", told["code"], told["building"])
        with self.hub.store.read() as connection:
            row = LOG.get(connection, case)
        assert row is not None
        return row.number

    def say(self, number: str, event: str, role: str, *items: str, **more: Any) -> dict[str, Any]:
        """Somebody says something of a building, now: the hub's answer."""
        told = self.told(number, event, role, *items, **more)
        self.go()
        return self.verdict(told["unit"], told["number"])

    def told(self, number: str, event: str, role: str, *items: str, **more: Any) -> dict[str, Any]:
        """The same, not yet answered: what was said. ``by``: the unit whose system brings it."""
        self.clock.skip(seconds=1)
        told: dict[str, Any] = {
            "unit": UNIT[role],
            "number": f"E{next(_NUMBERS):06}",
            "acceptance": number,
        }
        told |= {
            "event": event,
            "role": role,
            "at": self.stamp(),
            **({"items": list(items)} if items else {}),
        }
        told |= more
        by = told.pop("by", told["unit"])
        through = by if by == UNIT["owner"] else UNIT["lead"]
        assert self.take("acceptance-event", "event", through, told) == "opened"
        return told

    def hand_in(self, number: str, *names: str, version: str = "1") -> dict[str, Any]:
        """The owner hands these in."""
        told = [{"name": name, "digest": digest(name, version)} for name in names]
        return self.say(number, "submitted", "owner", materials=told)

    # --- what the hub does ---------------------------------------------------------------------

    def go(self, steps: int = 6) -> None:
        """Steps and sweeps, until nothing more comes of it."""
        for _ in range(steps):
            told = self.advance()
            self.sweep()
            if not any(n for name, n in told.items() if not name.startswith("acceptance-")):
                return

    def advance(self) -> dict[str, int]:
        return acceptance_advance.advance(self.hub)

    def sweep(self) -> None:
        """Every item of every matter; nobody polls here."""
        for name in MATTERS:
            matter = self.hub.site.matter(name)
            for item in sweep.in_order(matter):
                report = sweep.sweep_item(self.hub, matter, item)
                assert report.sick is None, report

    def put_away(self) -> None:
        """The buildings of a test that is over: else each later step looks at every one of them again."""
        with self.hub.store.write() as connection:
            for row in LOG.still_open(connection, limit=1000):
                LOG.close(connection, row.case, self.stamp())
            for table in (matter_case, case_item):
                connection.execute(update(table).values(matter="put-away"))

    # --- what can be seen ----------------------------------------------------------------------

    def acceptance(self, number: str) -> Acceptance:
        return acceptance.find(self.hub, self.rules, number)

    def states(self, number: str) -> dict[str, str]:
        found = self.acceptance(number)
        return {name: found.standing.state(name) for name in found.plan.items}

    def slips(self, number: str) -> list[str]:
        """Items that units were given, with the round: ``fire/1``."""
        found = [each["slip"]["id"].split("/") for each in self.effects("review_acceptance")]
        return ["/".join(each[1:]) for each in found if each[0] == number]

    def incidents(self) -> set[tuple[str, str, str]]:
        """Unit, kind and item of the open incidents about periods."""
        with self.hub.store.read() as connection:
            rows = incident_rows.still_open(connection)
        found = [row for row in rows if row.kind.startswith("acceptance-")]
        return {(row.system, row.kind, row.about.partition("/")[2]) for row in found}


def digest(name: str, version: str = "1") -> str:
    """An invented one."""
    return hashlib.sha256(f"{name}/{version}".encode()).hexdigest()


def project(**changed: Any) -> dict[str, Any]:
    """An invented building."""
    firm = {"name": "示例公司", "uscc": "91320111MA1EXAMP08"}
    told: dict[str, Any] = {
        "channel": "acceptance-platform",
        "code": "2026-320111-47-01-000001",
        "building": f"B{next(_NUMBERS)}",
        "name": "示例小区 1 号楼",
        "floors": 33,
        **dict.fromkeys(("owner", "builder", "designer", "supervisor"), firm),
        "permits": {"construction": "320111202600001"},
    }
    return told | changed


@contextmanager
def installed() -> Iterator[None]:
    """Within it the office is every adapter that the site names."""
    known: Any = hub.ADAPTERS
    names = {name for systems in SYSTEMS.values() for name in systems}
    real = {name: known[name] for name in names if name in known}
    known |= dict.fromkeys(names, "tests.zhida.acceptance_office")
    try:
        yield
    finally:
        for name in names:
            known.pop(name)
        known |= real


@contextmanager
def opened(folder: Path, at: datetime | None = None) -> Iterator[Town]:
    """A town in an empty folder; its ledger is whole at the end."""
    write_site(folder)
    with installed():
        found = Town(folder, at)
        yield found
        found.audit()
        found.hub.close()
