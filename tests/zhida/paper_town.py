"""A small site for papers of disputes: a hub in this process, a seal platform, units with a desk each.

A dispute and what is told of it are put into the store as the core does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from exchange import audit, times
from exchange.store import case_rows, dispute_rows, document_rows, incident_rows, schema
from exchange.store.case_rows import CaseRow
from exchange.store.dispute_rows import DisputeRow, EventRow
from exchange.store.incident_rows import IncidentRow
from matters import ladder_file
from matters.parts import OWN
from sandbox import pki
from tests.zhida.grant_office import Books
from tests.zhida.grant_town import Clock
from zhida import hub, mediation_papers, own_opening, site, sweep
from zhida.connections import Finder
from zhida.hub import Hub
from zhida.own_opening import Own

LADDER = ladder_file.load(ladder_file.SHIPPED)
UNITS = {
    "hub": "示例数据局",
    "mediation-centre": "示例联调中心",
    "seal-platform": "示例电子印章平台",
    "streets": "示例街道调解中心",
    "people-mediation": "示例人民调解委员会",
    "union": "示例总工会",
    "labour-arbitration": "示例仲裁院",
    "labour-inspection": "示例劳动监察大队",
    "court": "示例法院",
}
DESKS = tuple(name for name in UNITS if name not in ("hub", "seal-platform", "labour-inspection"))
_PAPER = ["id", "dispute", "paper", "title", "event", "at", "role", "unit", "goes_to"]
_SEALED = ["receipt", "title", "format", "size", "sm3", "seal_certificate", "sealed_at"]
_REQUEST = ["id", "template", "seal", "title", "format", "fields/*"]
REGISTRATION: Mapping[str, Any] = {
    "channel": "mediation-centre",
    "number": "1",
    "on": "2026-03-02",
    "worker": {"name": "张示例", "phone": "025-00000000"},
    "employer": {"name": "示例建筑有限公司"},
    "kind": "wages",
    "facts": "二〇二五年十二月起未付工资",
    "consent": {"mediate": True, "share": True},
}
TERMS = {"text": "公司于三月底前付清。", "amount_fen": 1_234_500, "perform_by": "2026-03-31"}
SEALED = {
    "serial": "k1",
    "receipt": "YZ00000001",
    "title": "文书",
    "format": "ofd",
    "size": 100,
    "sm3": "ab" * 32,
    "seal_certificate": "cd" * 32,
    "sealed_at": "2026-03-02T10:00:00",
}


def _own_matter(name: str, kind: str, gives: str, identity: str) -> str:
    """A case that only holds what the hub itself has put into it."""
    return (
        f"matter: {name}\ntitle: 示例\nlead: mediation-centre\npurpose: mediation\n"
        "retention: 10 years\nopens_on:\n"
        f"  - {{adapter: hub, unit: hub, stream: {kind}, gives: {gives}}}\n"
        "  - {adapter: hub, unit: hub, stream: seal-request, gives: request, optional: true}\n"
        f"identity: [{identity}]\nitems:\n"
        "  never: {title: 不办, unit: seal-platform, do: seal.seal_document, awaits: [request]}\n"
    )


def _agreement(provider: str, receiver: str, kind: str, fields: list[str]) -> tuple[str, str]:
    name = f"{provider}-{receiver}-{kind}"
    text = f"agreement: {name}\nprovider: {provider}\nreceiver: {receiver}\ndocument: {kind}\n"
    text += f"purpose: mediation\nbasis: 示例\nfields: [{', '.join('/' + f for f in fields)}]\n"
    return f"agreements/{name}.yaml", text + 'valid_from: "2020-01-01"\nvalid_until: "2040-12-31"\n'


def _system(name: str, unit: str, operation: str) -> tuple[str, str]:
    text = (
        f"system: {name}\ntitle: {name}\nunit: {unit}\nadapter: {name.split('-', maxsplit=1)[0]}\n"
    )
    options = f"options: {{operations: [{operation}]}}\n"
    return f"systems/{name}.yaml", f"{text}connection: office\n{options}"


def write_site(folder: Path) -> None:
    """Every file of the site, with keys; its systems are the office."""
    write_units(folder)
    told = [_system("seal", "seal-platform", "seal_document")]
    told += [_system(f"desk-{unit}", unit, "hand_out_paper") for unit in DESKS]
    told += [_agreement("hub", "seal-platform", "seal-request", _REQUEST)]
    for unit in DESKS:
        told += [_agreement("hub", unit, "mediation-paper", _PAPER)]
        told += [_agreement("seal-platform", unit, "sealed-document", _SEALED)]
    _write(
        folder, {**dict(told), "site.yaml": _site("mediation, mediation-event, mediation-paper")}
    )


def write_units(folder: Path) -> None:
    """The same without a system: units, and the two matters that papers come of."""
    pki.make(folder, "Ed25519")
    identity = "registration/channel, registration/number"
    mediation = _own_matter("mediation", "mediation-registration", "registration", identity)
    event = _own_matter("mediation-event", "mediation-event", "event", "event/unit, event/number")
    files = {
        f"units/{name}.yaml": f"unit: {name}\ntitle: {title}\n" for name, title in UNITS.items()
    }
    files |= {"matters/mediation.yaml": mediation, "matters/mediation-event.yaml": event}
    _write(folder, {**files, "site.yaml": _site("mediation, mediation-event")})


def _site(matters: str) -> str:
    return (
        "site: papers-test\ntitle: 文书示例\nunit: hub\nsuite: Ed25519\nkey: keys/hub.key\n"
        f"certificate: keys/hub.crt\ntrust: ../trust\nmatters: [{matters}]\n"
    )


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


class PaperTown:
    """The hub of the small site, its seal platform and its people."""

    def __init__(
        self, folder: Path, *, clock: Clock | None = None, find: Finder | None = None
    ) -> None:
        self.clock, self.books = clock or Clock(), Books(folder / "office.sqlite")
        (folder / "var").mkdir(mode=0o700, exist_ok=True)
        self.hub = Hub(
            site.load(folder / "site"),
            var=folder / "var",
            secret=pki.secrets_of(folder)["hub"].encode(),
            find=find or (lambda _: {"host": str(folder / "office.sqlite")}),
            clock=self.clock,
        )
        schema.upgrade(self.hub.store)
        self.papers = mediation_papers.of_site(self.hub.site, LADDER)
        self._told = 0

    # --- what the core does --------------------------------------------------------------------

    def register(self, number: str = "1", **changed: Any) -> str:
        """A dispute; its case."""
        record = {**REGISTRATION, "number": number, **changed}
        self._take("mediation", "mediation-registration", f"registration/{number}", record)
        tag = self.hub.vault.tag("case", "mediation", "mediation-centre", number)
        with self.hub.store.write() as connection:
            case = case_rows.by_identity(connection, "mediation", tag) or ""
            told = f"LT-20260302-{int(number):012X}"
            dispute_rows.LOG.add(connection, DisputeRow(case, told, times.stamp(self.clock())))
        return case

    def tell(self, case: str, name: str, role: str, unit: str, **told: Any) -> int:
        """An event; its place. ``to``: whom it hands the dispute to; the rest is what its unit says."""
        to, document = told.pop("to", ""), ""
        at: datetime = told.pop("at", self.clock())
        if told or role != "hub":
            document = self._event(case, {"event": name, "role": role, "unit": unit, **told})
        with self.hub.store.write() as connection:
            seq = dispute_rows.LOG.count(connection, case)
            stamps = times.stamp(at), times.stamp(self.clock())
            row = EventRow(case, seq, name, stamps[0], role, unit, to, "", document, stamps[1])
            dispute_rows.LOG.append(connection, [row])
        return seq

    def _event(self, case: str, told: dict[str, Any]) -> str:
        self._told += 1
        with self.hub.store.read() as connection:
            dispute = dispute_rows.LOG.get(connection, case)
        at = {"number": str(self._told), "at": "2026-03-02T09:00:00"}
        record = {"dispute": dispute.number if dispute else "", **at, **told}
        key = f"event/{self._told}"
        self._take("mediation-event", "mediation-event", key, record)
        with self.hub.store.read() as connection:
            return document_rows.document_of(connection, OWN, key)

    def _take(self, matter: str, kind: str, key: str, record: Mapping[str, Any]) -> None:
        own_opening.take(own_opening.stream(self.hub, matter, kind), Own(key, record))

    # --- what is tried -------------------------------------------------------------------------

    def ask(self, since: datetime | None = None) -> dict[str, int]:
        return mediation_papers.ask(self.hub, LADDER, self.papers, since)

    def turn(self, times_: int = 2) -> None:
        """The matter is swept, and time goes by."""
        for _ in range(times_):
            for report in sweep.sweep(self.hub, self.hub.site.matter("mediation-paper")):
                assert report.sick is None, report
            self.clock.skip(301)

    def seal(self) -> int:
        return self.books.answer("seal_document", "applied", SEALED)

    # --- what is so ----------------------------------------------------------------------------

    def cases(self) -> list[CaseRow]:
        with self.hub.store.read() as connection:
            return case_rows.list_cases(connection, "mediation-paper")

    def document(self, case: str, name: str) -> Mapping[str, Any]:
        with self.hub.store.read() as connection:
            identifier = case_rows.documents(connection, case)[name]
        return self.hub.archive.get(identifier).record

    def items(self, case: str) -> dict[str, str]:
        with self.hub.store.read() as connection:
            return {row.item: row.state for row in case_rows.items(connection, case)}

    def incidents(self) -> list[IncidentRow]:
        with self.hub.store.read() as connection:
            return incident_rows.still_open(connection, "paper")

    def close(self) -> None:
        found = audit.verify(self.hub.store, self.hub.signer.public, self.hub.site.name)
        self.hub.close()
        assert found.problems == []


@contextmanager
def installed() -> Iterator[None]:
    """Within it the seal platform and the desks are the office of ``paper_office``."""
    known: Any = hub.ADAPTERS
    real = {name: known[name] for name in ("desk", "seal")}
    known |= dict.fromkeys(real, "tests.zhida.paper_office")
    try:
        yield
    finally:
        known |= real
