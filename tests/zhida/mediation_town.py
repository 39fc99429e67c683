"""A small site for disputes with a hub in this process; units say what they want it to hear."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

from exchange.store import dispute_rows, incident_rows
from matters import ladder
from sandbox import pki
from tests.zhida.mediation_office import Books
from tests.zhida.small_town import SmallTown
from zhida import dispute, hub, mediation_advance, mediation_rules, sweep
from zhida.dispute import Dispute
from zhida.mediation_rules import Rules

MATTERS = ("mediation", "mediation-referral", "mediation-event")
ROLES = {
    "hub": "{unit: mediation-centre, desk: '301'}",
    "street": "{unit: streets, desk: '310', desks: {秣陵街道: '311', 东山街道: '312'}}",
    "people": "{unit: people-mediation, roster: ['321', '322']}",
    "union": "{unit: union}",
    "inspection": "{unit: labour-inspection, desk: '331'}",
    "arbitration": "{unit: labour-arbitration}",
    "aid": "{unit: legal-aid, desk: '341'}",
    "court": "{unit: court}",
    "response": "{unit: rapid-response, duty: ['351', '352', '353']}",
}
UNIT = {
    "hub": "mediation-centre",
    "street": "streets",
    "people": "people-mediation",
    "union": "union",
    "inspection": "labour-inspection",
    "arbitration": "labour-arbitration",
    "aid": "legal-aid",
    "court": "court",
    "response": "rapid-response",
}
PLATFORMS = {"union": "union", "labour-arbitration": "arbitration", "court": "court"}
SUBSTANCE = "/dispute, /worker/*, /employer/*, /user/*, /kind, /claims/*, /facts, /evidence/*, /earlier, /dates/*, /interruptions/*, /consent/share"
SLIP = "/id, /dispute, /at, /role, /unit, /desk, /from, /event, /reason, /kind, /workers, /risk, /severity, /place, /periods, /with_substance"
_NUMBERS = count(1)


def write_site(folder: Path, suite: str = "Ed25519") -> None:
    """Every file of the site, with keys that hold whatever day a test goes by."""
    years = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC))
    with patch.object(pki, "_years", lambda *_: years):
        pki.make(folder, suite)
    told = folder / "site"
    for name in ("units", "systems", "agreements", "operators"):
        (told / name).mkdir(exist_ok=True)
    (told / "site.yaml").write_text(
        "site: mediation-test\ntitle: 联调示例\nunit: hub\n"
        f"suite: {suite}\nkey: keys/hub.key\ncertificate: keys/hub.crt\ntrust: ../trust\n"
        f"matters: [{', '.join(MATTERS)}]\n"
    )
    roles = "".join(f"  {role}: {seat}\n" for role, seat in ROLES.items())
    (told / "mediation.yaml").write_text(f"roles:\n{roles}")
    for unit in ("hub", *UNIT.values()):
        (told / f"units/{unit}.yaml").write_text(f"unit: {unit}\ntitle: {unit}\n")
    for unit in UNIT.values():
        _unit(told, unit)


def _unit(told: Path, unit: str) -> None:
    platform = PLATFORMS.get(unit)
    systems = (
        {f"{platform}-platform": ("mediation_office", "take_dispute, stop_using, tell_triage, tell_verdict"), f"{platform}-feed": ("feed", "")}
        if platform
        else {f"{unit}-desk": ("desk", "take_dispute, stop_using, archive_dispute, archive_again")}
    )  # fmt: skip
    systems |= {"mediation-oa": ("oa", "")} if unit == "mediation-centre" else {}
    for name, (adapter, operations) in systems.items():
        text = (
            f"system: {name}\ntitle: {name}\nunit: {unit}\nadapter: {adapter}\nconnection: office\n"
        )
        (told / f"systems/{name}.yaml").write_text(
            f"{text}options: {{operations: [{operations}]}}\n"
        )
    _agreement(told, unit, "referral", SLIP)
    _agreement(told, unit, "substance", SUBSTANCE, "/consent/share")
    if unit in ("labour-arbitration", "court"):
        _agreement(told, unit, "record", "/dispute, /offers/*, /consent/offers", "/consent/offers")
    if platform:
        _agreement(told, unit, "verdict", "/dispute, /number, /accepted, /code, /reason, /state")
        _agreement(
            told, unit, "triage", "/dispute, /number, /on, /to, /rule, /beside, /asks, /asks_text"
        )
    if unit == "mediation-centre":
        _agreement(told, unit, "ending", "/dispute, /on, /steps")


def _agreement(told: Path, unit: str, kind: str, fields: str, requires: str = "") -> None:
    name = f"mediation-{kind}"
    text = f"agreement: hub-{unit}-{kind}\nprovider: hub\nreceiver: {unit}\ndocument: {name}\n"
    text += f"purpose: mediation\nbasis: 劳动争议调解仲裁法第三条\nfields: [{fields}]\n"
    text += f"requires: {requires}\n" if requires else ""
    text += 'valid_from: "2020-01-01"\nvalid_until: "2040-12-31"\n'
    (told / f"agreements/{unit}-{kind}.yaml").write_text(text)


def registration(**changed: Any) -> dict[str, Any]:
    """An invented dispute about wages that nobody shares anything of."""
    told: dict[str, Any] = {
        "channel": "mediation-centre",
        "number": f"DJ{next(_NUMBERS):06}",
        "on": "2026-03-02",
        "worker": {"name": "王示例", "phone": "13800000001"},
        "employer": {"name": "示例建筑公司"},
        "kind": "wages",
        "facts": "三月工资没有发",
        "consent": {"mediate": True, "share": False},
    }
    return told | changed


class Town(SmallTown):
    """The hub of the small site, and its office."""

    def __init__(self, folder: Path, at: datetime | None = None) -> None:
        super().__init__("mediation", folder, Books(folder / "office.sqlite"), at)

    @property
    def rules(self) -> Rules:
        return mediation_rules.of_site(self.hub.site)

    # --- what comes in -------------------------------------------------------------------------

    def register(self, **changed: Any) -> str:
        """A dispute is taken down, and gets on its way: its number."""
        told = registration(**changed)
        assert self.take("mediation", "registration", told["channel"], told) == "opened"
        self.advance()
        case = self.case_of("mediation", told["channel"], told["number"])
        with self.hub.store.read() as connection:
            row = dispute_rows.LOG.get(connection, case)
        assert row is not None
        return row.number

    def say(self, number: str, event: str, role: str, **more: Any) -> dict[str, Any]:
        """A unit says something of a dispute, now: the hub's answer."""
        told = self.told(number, event, role, **more)
        self.advance()
        return self.verdict(told["unit"], told["number"])

    def told(self, number: str, event: str, role: str, **more: Any) -> dict[str, Any]:
        """The same, not yet answered: what was said. ``by``: the unit whose system brings it."""
        told = {"unit": UNIT[role], "number": f"E{next(_NUMBERS):06}", "dispute": number}
        told |= {"event": event, "role": role, "at": self.stamp()} | more
        by = told.pop("by", told["unit"])
        through = by if by in PLATFORMS else "mediation-centre"
        assert self.take("mediation-event", "event", through, told) == "opened"
        return told

    # --- what the hub does ---------------------------------------------------------------------

    def advance(self) -> dict[str, int]:
        return mediation_advance.advance(self.hub)

    def sweep(self) -> None:
        for name in MATTERS:
            for report in sweep.sweep(self.hub, self.hub.site.matter(name)):
                if report.item != "intake":  # nobody polls here
                    assert report.sick is None, report

    # --- what can be seen ----------------------------------------------------------------------

    def dispute(self, number: str) -> Dispute:
        return dispute.find(self.hub, number)

    def state(self, number: str, track: str = "dispute") -> str:
        return self.dispute(number).standing(self.rules.ladder).state(track)

    def owners(self, number: str) -> dict[str, str]:
        return ladder.owners(self.rules.ladder, self.dispute(number).standing(self.rules.ladder))

    def slips(self, number: str) -> list[dict[str, Any]]:
        """What units have got of this dispute, in the order in which it was handed over."""
        self.sweep()
        found = [
            each for each in self.effects("take_dispute") if each["referral"]["dispute"] == number
        ]
        return sorted(found, key=lambda each: [*map(int, each["referral"]["id"].split("/")[1:])])

    def incidents(self) -> set[tuple[str, str, str]]:
        """Unit, kind and period of the open incidents about periods."""
        with self.hub.store.read() as connection:
            rows = incident_rows.still_open(connection)
        found = [row for row in rows if row.kind.startswith("period-")]
        return {(row.system, row.kind, row.about.partition("/")[2]) for row in found}


@contextmanager
def installed() -> Iterator[None]:
    """Within it the office is every adapter that the site names."""
    known: Any = hub.ADAPTERS
    real = {name: known[name] for name in ("desk", "oa", "feed")}
    known |= dict.fromkeys(("mediation_office", *real), "tests.zhida.mediation_office")
    try:
        yield
    finally:
        known |= real
        known.pop("mediation_office", None)


@contextmanager
def opened(folder: Path, at: datetime | None = None) -> Iterator[Town]:
    """A town in an empty folder; its ledger is whole at the end."""
    write_site(folder)
    with installed():
        found = Town(folder, at)
        yield found
        found.audit()
        found.hub.close()
