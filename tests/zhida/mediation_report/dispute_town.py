"""A hub with disputes that are written by hand: rows of events, and registrations that it has signed.

Everything of a person is invented, and stands in ``registration``; who searches an output for it takes
``personal``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from exchange import canonical, times
from exchange.document import Origin
from exchange.ledger import Entry
from exchange.ports import Answer, utc_now
from exchange.store import case_rows, dispute_rows, schema
from exchange.store.case_rows import CaseRow, ItemRow
from exchange.store.dispute_rows import DisputeRow, EventRow
from exchange.store.engine import Connection
from mappings import shapes
from matters import ladder, ladder_file
from matters.ladder_parts import Event
from sandbox import pki
from zhida import progress, site
from zhida.hub import Hub

LADDER = ladder_file.load(ladder_file.SHIPPED)
UNITS = {
    "hub": "示例数据局",
    "mediation-centre": "示例联调中心",
    "streets": "示例街道调解中心",
    "people-mediation": "示例人民调解委员会",
    "union-hq": "示例总工会",
    "labour-inspection": "示例监察大队",
    "labour-arbitration": "示例仲裁院",
    "legal-aid": "示例法律援助中心",
    "district-court": "示例法院",
    "rapid-response": "示例应急小组",
}
ROLES = {
    "hub": "mediation-centre",
    "street": "streets",
    "people": "people-mediation",
    "union": "union-hq",
    "inspection": "labour-inspection",
    "arbitration": "labour-arbitration",
    "aid": "legal-aid",
    "court": "district-court",
    "response": "rapid-response",
}
SITE = """site: centre
title: 示例
unit: hub
suite: Ed25519
key: keys/hub.key
certificate: keys/hub.crt
trust: ../trust
matters: []
"""
MONDAY = datetime(2026, 3, 2, 10, tzinfo=times.CHINA)
NOW = datetime(2026, 6, 1, 10, tzinfo=times.CHINA)
BUCKET = "mediation-2036-03"
TAKEN = (
    "0 hub registered",
    "1 hub diverted>union",
    "2 union accepted",
    "2 union mediation-applied",
)


def write_site(folder: Path) -> None:
    """Every file of the site, with keys."""
    pki.make(folder, "Ed25519")
    told = folder / "site"
    (told / "units").mkdir()
    (told / "site.yaml").write_text(SITE, "utf-8")
    for unit, title in UNITS.items():
        (told / f"units/{unit}.yaml").write_text(f"unit: {unit}\ntitle: {title}\n", "utf-8")


def registration(n: int, **changed: Any) -> dict[str, Any]:
    """What the first desk has written down of one invented dispute; None leaves a field out."""
    told = {
        "channel": "mediation-centre",
        "number": f"DJ-7731{n:04}",
        "on": "2026-03-02",
        "worker": {
            "name": f"甄虚构{n}",
            "phone": f"1990000{n:04}",
            "address": f"乌有路{n}号",
            "job": f"虚岗{n}",
        },
        "employer": {
            "name": f"子虚{n}有限公司",
            "address": f"亡是街{n}号",
            "representative": f"贾法人{n}",
        },
        "kind": "wages",
        "claims": [{"title": f"请求事项{n}", "amount_fen": 7_310_000 + n}],
        "facts": f"事由陈述{n}",
        "evidence": [{"title": f"证据名{n}", "holder": "worker"}],
        "workers": 1,
        "place": f"乌有街道{n}",
        "consent": {"mediate": True, "share": True},
    } | changed
    return {name: value for name, value in told.items() if value is not None}


OPEN = {"channel", "kind", "workers", "on", "consent", "holder"}
"""Fields of a registration that are nobody's own, or too common to be searched for."""


def personal(record: Any) -> set[str]:
    """Every leaf of a registration that nobody else may read, as it would stand in a text."""
    if isinstance(record, dict):
        return set().union(*(personal(each) for name, each in record.items() if name not in OPEN))
    if isinstance(record, list):
        return set().union(*map(personal, record))
    return {str(record)}


class Clock:
    """Stands still; but while somebody signs it is the machine's, for keys are made on the spot."""

    def __init__(self, now: datetime) -> None:
        self.now, self.is_signing = now, False

    def __call__(self) -> datetime:
        return utc_now() if self.is_signing else self.now


@dataclass
class Town:
    """The hub, and what was written into it."""

    folder: Path
    hub: Hub
    clock: Clock
    told: list[dict[str, Any]] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)

    def dispute(self, *way: str, at: datetime = MONDAY, closed: bool | None = None, **changed: Any) -> str:  # fmt: skip
        """``3 union accepted``: on the third day, by the union; ``>court``: to the court. Its number.

        The ladder takes every event. ``closed``: as the events say, if nothing else is said.
        """
        n = len(self.numbers) + 1
        number = f"LT-{at:%Y%m%d}-{n:012X}"
        events = [event(each, at, place) for place, each in enumerate(way)]
        standing = ladder.stand(LADDER, events)
        over = not ladder.owners(LADDER, standing) if closed is None else closed
        ended = times.stamp(events[-1].at) if over else ""
        with self.hub.store.write() as connection:
            self._case(connection, f"case-{n:05}", "mediation")
            row = DisputeRow(f"case-{n:05}", number, times.stamp(at), ended)
            dispute_rows.LOG.add(connection, row)
            dispute_rows.LOG.append(
                connection, [_row(row.case, seq, told) for seq, told in enumerate(events)]
            )
        self.hub.ledger.commit(
            lambda _: [
                Entry("dispute-event", row.case, row.case, {"event": each.name}) for each in events
            ]
        )
        record = registration(n, **changed)
        self.document(row.case, "registration", "mediation-registration", record)
        self.told.append(record)
        self.numbers.append(number)
        return number

    def refused(self, number: str, code: str = "agreement.no-consent", role: str = "court") -> None:
        """A handing-over that the exchange has not let out."""
        case = f"referral-{number}-{role}-{code}"
        told = {"id": case[:60], "dispute": number, "at": "2026-03-05T10:00:00", "role": role}
        told |= {"unit": ROLES[role], "from": "mediation-centre", "event": "diverted", "kind": "wages"}  # fmt: skip
        with self.hub.store.write() as connection:
            self._case(connection, case, "mediation-referral")
        self.document(case, "referral", "mediation-referral", told)
        self.hub.ledger.commit(
            lambda _: [Entry("refusal", case, case, {"item": role, "code": code})]
        )

    def document(self, case: str, name: str, kind: str, record: dict[str, Any]) -> None:
        """Signed by the hub, and known to the case."""
        shapes.of(self.hub.site.folder).validate(kind, record)
        self.clock.is_signing = True
        origin = Origin(kind, "", "mediation-centre", "hub", "oa", self.hub.clock())
        raw = canonical.dumps(record)
        found, salt = progress.sign_as_hub(self.hub, Answer(raw, record=record), origin)
        self.clock.is_signing = False
        with self.hub.store.write() as connection:
            now = self.hub.clock()
            self.hub.archive.put(connection, found, raw=raw, salt=salt, bucket=BUCKET, now=now)
            case_rows.add_document(connection, case, name, found.id)

    def _case(self, connection: Connection, case: str, matter: str) -> None:
        row = CaseRow(case, matter, case, times.stamp(MONDAY), "", "open", "")
        item = ItemRow(case, "archive", matter, "waiting", "", "{}", "", "", "", row.opened_at)
        case_rows.open_case(connection, row, [item])

    def personal(self) -> set[str]:
        """All that must stand in no output."""
        return set().union(*map(personal, self.told))


def event(told: str, at: datetime, place: int) -> Event:
    days, role, name = told.split()
    name, _, to = name.partition(">")
    moment = at + timedelta(days=int(days), minutes=place)
    return Event(name, moment, role, ROLES[role], ROLES.get(to, to))


def _row(case: str, seq: int, told: Event) -> EventRow:
    at = times.stamp(told.at)
    return EventRow(case, seq, told.name, at, told.role, told.unit, told.to, "", "", at)


@contextmanager
def opened(folder: Path, now: datetime = NOW) -> Iterator[Town]:
    """A hub over a site that is written there."""
    var, clock = folder / "var", Clock(now)
    var.mkdir(exist_ok=True, mode=0o700)
    hub = Hub(
        site.load(folder / "site"),
        var=var,
        secret=pki.secrets_of(folder)["hub"].encode(),
        clock=clock,
    )
    schema.upgrade(hub.store)
    hub.vault.tag("case", "mediation", "none")  # the look-up key is made by its first use
    try:
        yield Town(folder, hub, clock)
    finally:
        hub.close()


def beside(folder: Path, made: Path) -> Path:
    """A folder with the site that was written elsewhere."""
    for name in ("site", "secrets.json", "trust"):
        (folder / name).symlink_to(made / name)
    return folder


def live(town: Town) -> None:
    """One agreed and performed, one agreed and not, one failed and gone to arbitration with legal aid,
    one still mediated (two months late), one withdrawn, one only advised, one that nobody has taken.
    """
    town.dispute(*TAKEN, "6 union agreed", "9 hub performed", "12 hub closed")
    town.dispute(*TAKEN, "6 union agreed", "30 hub not-performed", kind="overtime")
    town.dispute(*TAKEN, "0 hub aid-applied", "5 aid aid-granted", "12 union failed",
                 "13 arbitration arbitration-applied", "15 arbitration arbitration-accepted",
                 "40 arbitration awarded", "41 hub closed", "41 aid aid-assigned", workers=12)  # fmt: skip
    town.dispute(*TAKEN, workers=None)
    town.dispute(*TAKEN, "3 hub withdrawn", "4 hub closed", channel="union-hq")
    town.dispute("0 hub registered", "0 hub advised", "0 hub closed", channel="nobody-knows")
    refused = town.dispute("0 hub registered", "1 hub diverted>people")
    town.refused(refused)
    town.refused(refused, code="agreement.expired", role="union")
