"""Each situation of ``zhida.refusals`` is made to happen: nothing leaves, and it is said why (G8)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crypto import certificates, keys
from exchange import canonical, document, transfer
from exchange.bookkeeping import Order
from exchange.document import Origin
from exchange.errors import Invalid, Problem, ZhidaError
from exchange.outcome import Outcome
from exchange.ports import Answer, Inputs, Operation, Prepared
from exchange.problems import describe
from exchange.store import case_rows
from exchange.store.case_rows import CaseRow, ItemRow
from exchange.withheld import told as missing
from tests.keys.key_office import DAY, HOUR, KeyOffice
from zhida import refusals
from zhida.key_book import IMPORT
from zhida.refusals import Refusal

pytestmark = pytest.mark.guarantee("G8")

RECORD: Mapping[str, Any] = {
    "certificate": {"number": "X320117001"},
    "mother": {"name": "李小直", "phone": "025-00000000"},
    "consent": False,
}
VALUES = ("X320117", "李小直", "025-00000000")
UNITS = ("public-security", "medical-insurance", "service-window")
PURPOSES = ("newborn-registration", "statistics")
FIELDS = (None, ("/certificate/number",), ("/mother/phone",), ("/mother/*",))


class Target:
    """The police's system: everything that leaves the hub for it is kept here."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.needs: tuple[str, ...] = ()
        self.operation = Operation(
            "register",
            "登记",
            needs={"birth": "birth-record"},
            identity=("birth/certificate/number",),
        )
        self.operations = {"register": self.operation}

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        lacking = [
            path for path in self.needs if path.split("/")[2] not in inputs["birth"]["mother"]
        ]
        if lacking:
            raise Invalid.of(Problem("mapping.missing", {"path": path}) for path in lacking)
        return Prepared(operation, effect_key, canonical.dumps(dict(inputs)).decode())

    def submit(self, prepared: Prepared) -> Answer:
        self.heard.append(str(prepared.body))
        return Answer(b"ok", reference="1")

    def probe(self, prepared: Prepared) -> Answer | None:
        return None

    def fetch(self, prepared: Prepared) -> Answer:
        raise AssertionError("nothing is asked")

    def close(self) -> None:
        pass


class Way:
    """A birth record on its way from the hospital to the police, as the hub really brings it."""

    def __init__(self, office: KeyOffice) -> None:
        self.office, self.target = office, Target()
        self.key: Any = office.hospital_key()
        self.kind, self.issuer, self.provider = "birth-record", "hospital", "hospital"
        self.receiver, self.purpose = UNITS[0], PURPOSES[0]
        self.only: tuple[str, ...] | None = None
        self.signed_at, self.token = office.now, ""
        self.is_filling = False
        self.between: Callable[[], None] = lambda: None
        self.agreements = list(office.hub.site.agreements)
        self._cases, self._births = iter(range(10_000)), iter(range(10_000))

    def agreement(self, **changed: Any) -> None:
        """The hospital's with the police is another one."""
        self.agreements = [
            replace(each, **changed) if each.id == "hospital-to-police" else each
            for each in self.agreements
        ]

    def issue(self) -> str:
        where = self.issuer, self.provider, "unit"
        origin = Origin(self.kind, *where, "his", self.signed_at)
        number = {"number": f"X320117{next(self._births):05}"}  # another birth each time
        return document.issue(
            RECORD | {"certificate": number}, origin, self.key, now=self.signed_at
        )

    def go(self) -> Outcome:
        """Taken in, kept, read again, cut down, sent. Raises what refuses it."""
        office = self.office
        kept = office.keep(self.token or self.issue())
        self.between()
        moved = transfer.plan(
            office.hub.archive.get(kept.id),
            self.agreements,
            receiver=self.receiver,
            purpose=self.purpose,
            now=office.now,
            only=self.only,
        )
        order = self._order({"birth": moved})
        with missing({"birth": moved}):
            self.target.prepare("register", order.inputs, "")
        return office.hub.delivery.deliver(order, self.target, lambda *_: [])

    def _order(self, moved: dict[str, Any]) -> Order:
        case, at = f"case-{next(self._cases)}", "2026-01-01T00:00:00.000000Z"
        item = ItemRow(case, "household", "newborn", "ready", "", "{}", "", "", "", at)
        with self.office.hub.store.write() as connection:
            row = CaseRow(case, "newborn", case, at, "", "open", "")
            case_rows.open_case(connection, row, [item])
            case_rows.add_document(connection, case, "birth", moved["birth"].document.id)
        where = (case, "household", "police", self.target.operation)
        return Order(*where, moved, "t-2031-12", may_leave=lambda _: True)


@pytest.fixture
def way(office: KeyOffice) -> Way:
    return Way(office)


def test_without_any_of_it_the_record_arrives_with_what_the_agreement_names(way: Way) -> None:
    assert way.go().state == "applied"
    [heard] = way.target.heard
    assert [value in heard for value in VALUES] == [True, True, False]


# --- how each situation is made -----------------------------------------------------------------


def _unit(way: Way) -> None:
    way.receiver = "medical-insurance"


def _document(way: Way) -> None:
    way.kind = "marriage"


def _purpose(way: Way) -> None:
    way.purpose = "statistics"


def _expired(way: Way) -> None:
    way.agreement(valid_until=(way.office.now - 2 * DAY).date())


def _not_yet(way: Way) -> None:
    way.agreement(valid_from=(way.office.now + 2 * DAY).date())


def _no_field(way: Way) -> None:
    way.only = ("/mother/phone",)


def _extra_field(way: Way) -> None:
    way.target.needs = ("/birth/mother/phone",)


def _consent(way: Way) -> None:
    way.agreement(requires="/consent")


def _flipped(way: Way) -> None:
    head, body, rest = way.issue().split(".", 2)
    other = "A" if rest[9] != "A" else "B"
    way.token = ".".join([head, body, rest[:9] + other + rest[10:]])


def _speaks_for(way: Way) -> None:
    way.provider = "public-security"


def _unknown(way: Way) -> None:
    way.key = keys.generate(way.office.suite)


def _other_unit(way: Way) -> None:
    way.key = keys.generate(way.office.suite)
    certificate = way.office.certificate("public-security", way.key.public)
    way.office.two(IMPORT, way.office.handed(certificate))


def _certificate_expired(way: Way) -> None:
    _reissued(way, -9 * HOUR, -HOUR)


def _certificate_not_yet(way: Way) -> None:
    _reissued(way, HOUR, DAY)


def _reissued(way: Way, start: timedelta, end: timedelta) -> None:
    made = way.office.certificate("hospital", way.key.public, start=start, end=end)
    (way.office.folder / "site/keys/hospital.crt").write_bytes(made.pem)
    way.office.reopen()


def _revoked(way: Way) -> None:
    way.office.want_lists()
    way.office.publish(way.office.crl(way.office.hospital()))
    assert way.office.look() == ""


def _authority_revoked(way: Way) -> None:
    office, own = way.office, keys.generate(way.office.suite)
    dates = {"valid_from": office.now - HOUR, "valid_until": office.now + 99 * DAY}
    usages = ("key_cert_sign", "crl_sign")
    above = (office.root, office.root_key)
    ca = certificates.issue("区 CA", own.public, *above, usages=usages, **dates)
    leaf = certificates.issue("hospital", way.key.public, ca, own, organization="x", **dates)
    folder = Path(office.hub.site.trust) / "intermediate"
    folder.mkdir()
    (folder / "ca.crt").write_bytes(ca.pem)
    (office.folder / "site/keys/hospital.crt").write_bytes(leaf.pem)
    office.want_lists()
    office.publish(office.crl(ca))
    assert office.look() == ""


def _withdrawn(way: Way) -> None:
    way.office.withdraw(way.key.kid)


def _no_list(way: Way) -> None:
    way.office.want_lists()


def _list_over(way: Way) -> None:
    way.office.want_lists(budget_days=0)
    way.office.publish(way.office.crl())
    way.office.look()
    way.office.now += DAY + HOUR
    way.signed_at = way.office.now


def _list_over_later(way: Way) -> None:
    way.office.want_lists(budget_days=0)

    def fresh_then_over() -> None:
        way.office.now += DAY + HOUR
        way.signed_at = way.office.now

    way.office.publish(way.office.crl())
    way.office.look()
    way.between = fresh_then_over


def _hub_lapsed(way: Way) -> None:
    fresh = way.office.certificate("hospital", way.key.public, end=999 * DAY)
    way.office.two(IMPORT, way.office.handed(fresh))
    way.office.now += 740 * DAY
    way.signed_at = way.office.now
    way.agreement(valid_until=(way.office.now + DAY).date())


def _ledger_gone(way: Way) -> None:
    file = way.office.var / "store.db"
    way.between = lambda: _break(way, lambda: file.rename(file.with_suffix(".away")), file)


def _break(way: Way, run: Callable[[], Any], file: Path) -> None:
    """The database's file becomes something that can't be opened."""
    way.office.hub.store.close()
    if file.exists():
        run()
        file.mkdir()


def _disk_full(way: Way) -> None:
    """No page more for the database, as when nothing is left on the disk."""
    from sqlalchemy import event

    way.is_filling = True
    way.office.hub.store.close()

    @event.listens_for(way.office.hub.store.engine, "connect")
    def limit(connection: sqlite3.Connection, _: Any) -> None:
        [pages] = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages}")


def _bucket_gone(way: Way) -> None:
    way.between = lambda: way.office.hub.vault.destroy("t-2031-12")


MAKE = {
    name.removeprefix("_").replace("_", "-"): made
    for name, made in list(globals().items())
    if name.startswith("_") and getattr(made, "__module__", "") == __name__
}


@pytest.mark.parametrize("row", refusals.ROWS, ids=[row.name for row in refusals.ROWS])
def test_nothing_leaves_and_the_refusal_says_why(
    way: Way, row: Refusal, record_property: Callable[[str, object], None]
) -> None:
    MAKE[row.name](way)
    with pytest.raises(ZhidaError) as caught:
        _until_refused(way)
    assert caught.value.code == row.code
    _tells(caught.value)
    rounds = 1
    if row.dimension in ("签名", "证书", "吊销列表", "账本"):  # whoever asks, for whatever
        rounds += _whoever_asks(way)
    assert way.target.heard == []
    record_property("rounds", rounds)


def _until_refused(way: Way) -> None:
    """A full disk is met after a while: what fits into the last page still does."""
    for _ in range(100 if way.is_filling else 1):
        way.go()
        if way.is_filling:  # what the record had room for did arrive, and rightly
            way.target.heard.clear()
    raise AssertionError("it was not refused")


def _tells(error: ZhidaError) -> None:
    for problem in error.problems:
        what, remedy = describe(problem.code, problem.facts)
        assert remedy
        assert "?" not in what
        told = canonical.dumps(dict(problem.facts)).decode() + what + remedy
        assert all(value not in told for value in VALUES)


def _whoever_asks(way: Way) -> int:
    tried = 0
    for receiver in UNITS:
        for purpose in PURPOSES:
            for only in FIELDS:
                way.receiver, way.purpose, way.only = receiver, purpose, only
                with pytest.raises(ZhidaError):
                    way.go()
                tried += 1
    return tried


def test_every_row_of_the_table_is_made_and_the_page_has_them_all() -> None:
    assert {row.name for row in refusals.ROWS} <= set(MAKE)
    page = "\n".join(refusals.parts())
    assert all(f"`{row.code}`" in page and row.zh in page for row in refusals.ROWS)
