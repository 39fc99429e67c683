"""A unit asks for data: the clock, the answer, the agreement that closes it; all of it in the ledger."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crypto import jws
from exchange.errors import Invalid, Rejected, Retriable
from exchange.ports import utc_now
from exchange.store import incident_rows, ledger_rows, schema
from matters.holiday_file import Year
from matters.working_days import Holidays
from sandbox.district import District
from zhida import (
    cli,
    data_request,
    data_request_wish,
    data_requests,
    incidents,
    objections,
    report_clocks_view,
    site,
    trust,
)
from zhida.data_request import PREFIX, Request
from zhida.hub import Hub
from zhida.operators import Signatory, signatory
from zhida.watch import Watch

BOTH = {year: Year(year, "", frozenset(), frozenset()) for year in (2026, 2027)}
NOW = datetime(2026, 3, 20, 2, tzinfo=UTC)  # a Friday in China


class Office:
    """A hub without any system: nobody is asked over a wire here."""

    def __init__(self, folder: Path) -> None:
        self.district = District(folder, systems=(), signer=False)
        self.district.prepare()
        self.now = NOW
        env = self.district.env
        Path(env["ZHIDA_VAR"]).mkdir(mode=0o700, exist_ok=True)
        self.folder = Path(env["ZHIDA_SITE"])
        self.hub = Hub(
            site.load(self.folder),
            var=Path(env["ZHIDA_VAR"]),
            secret=env["ZHIDA_KEY_PASSWORD"].encode(),
            clock=lambda: self.now,
        )
        schema.upgrade(self.hub.store)

    def who(self, name: str = "wang") -> Signatory:
        env = self.district.operator_env(name)
        key = Path(env["ZHIDA_OPERATOR_KEY"]).read_bytes()
        password = env["ZHIDA_OPERATOR_PASSWORD"].encode()
        return signatory(self.hub.site, name, (key, password), role="operate", now=utc_now())

    def ask(self, *fields: str, unit: str = "medical-insurance", **changed: str) -> Request:
        told = {
            "receiver": unit,
            "purpose": "newborn-registration",
            "basis": "社会保险法第五十七条",
        }
        wanted = fields or ("/child/weight_g",)
        found = data_request_wish.checked(
            self.hub, "hospital/birth-record", **(told | changed), fields=wanted
        )
        return data_requests.ask(self.hub, self.who(), found)

    def all(self) -> list[Request]:
        with self.hub.store.read() as connection:
            return data_request.load(connection, self.hub.site)

    def troubles(self) -> list[tuple[str, str]]:
        incidents.settle(self.hub)
        with self.hub.store.read() as connection:
            rows = incident_rows.still_open(connection, "request")
        return [(row.system, row.code) for row in rows]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A district with its keys and certificates, which take a while: made once, copied for each test."""
    folder = tmp_path_factory.mktemp("office")
    District(folder, systems=(), signer=False).prepare()
    return folder


@pytest.fixture
def office(made: Path, tmp_path: Path) -> Iterator[Office]:
    found = Office(Path(shutil.copytree(made, tmp_path / "district")))
    yield found
    found.hub.close()


def test_a_request_is_opened_agreed_to_and_closed_by_its_agreement(office: Office) -> None:
    asked = office.ask()
    assert (asked.state, asked.due_on) == ("open", "2026-04-03"), "ten working days"
    office.now += timedelta(days=3)
    agreed = data_requests.answer(office.hub, office.who(), asked.id[:8], refused="")
    assert (agreed.state, agreed.due_on) == ("agreed", "2026-04-21"), "twenty more, less Qingming"
    give = office.folder / "agreements" / "hospital-to-insurance.yaml"
    text = (office.folder / "agreements" / "hospital-to-police.yaml").read_text("utf-8")
    told = text.replace("hospital-to-police", "hospital-to-insurance")
    told = told.replace("receiver: public-security", "receiver: medical-insurance")
    give.write_text(told.replace("  - /child/sex\n", "  - /child/weight_g\n"), "utf-8")
    office.hub.site = site.load(office.folder)
    done = data_requests.give(office.hub, office.who(), asked.id, agreement="hospital-to-insurance")
    assert (done.state, done.agreement, done.due_on) == ("provided", "hospital-to-insurance", "")
    assert office.troubles() == []
    assert len(done.seqs) == 3


def test_every_step_is_signed_by_who_recorded_it_and_lies_in_the_ledger(office: Office) -> None:
    asked = office.ask()
    data_requests.answer(office.hub, office.who("li"), asked.id, refused="不属于履职需要")
    with office.hub.store.read() as connection:
        entries = ledger_rows.entries_about(connection, PREFIX)
    bodies = [json.loads(each.body) for each in entries]
    assert [body["operator"] for body in bodies] == ["wang", "li"]
    for body in bodies:
        key = trust.operator_certificate(
            office.hub.site, office.hub.site.operators[body["operator"]]
        ).public_key
        jws.verify(body["token"], key)
    [found] = office.all()
    assert (found.state, found.reason) == ("refused", "不属于履职需要")


def test_who_is_late_is_named(office: Office) -> None:
    office.ask()
    assert office.troubles() == [("his", "request.waiting")]
    office.now += timedelta(days=15)  # 4 April: the day after the last
    assert office.troubles() == [("his", "request.overdue")]
    watch = Watch(office.hub.site, office.hub.store, office.hub.clock)
    told = report_clocks_view.told(watch)
    assert "待办的共享申请 1 件，逾期 1" in told["headline"]
    assert "妇幼保健院" in told["todo"][0]["who"]


def test_unconditional_sharing_is_answered_the_next_working_day(office: Office) -> None:
    (office.folder / "catalogue.yaml").write_text(
        "resources:\n  - {document: birth-record, provider: hospital, share: unconditional}\n",
        "utf-8",
    )
    assert office.ask().due_on == "2026-03-23", "the Monday after a Friday"


def test_the_same_is_not_asked_twice_and_nothing_is_asked_that_is_given(office: Office) -> None:
    first = office.ask()
    with pytest.raises(Rejected, match=r"request\.open-already") as error:
        office.ask("/child/length_mm")
    assert error.value.facts["request"] == first.id[:12]
    with pytest.raises(Invalid, match=r"request\.given-already"):
        office.ask("/child/sex", unit="public-security")
    office.ask("/child/sex", "/child/weight_g", unit="public-security")
    (office.folder / "catalogue.yaml").write_text("clocks: {check: soon}\n", "utf-8")
    assert len(office.all()) == 2, "a file that is not right stops no sweep"


def test_every_mistake_of_a_request_is_told(office: Office) -> None:
    with pytest.raises(Invalid) as error:
        office.ask("/child/weight", unit="medical-insurence", basis=" ")
    codes = {each.code for each in error.value.problems}
    assert codes == {"request.no-unit", "request.no-field", "request.no-basis"}
    with pytest.raises(Invalid, match=r"operator\.reason-personal"):
        office.ask(basis="电话 13800001234")
    assert office.all() == []


def test_what_is_over_stays_over(office: Office) -> None:
    asked = office.ask()
    data_requests.answer(office.hub, office.who(), asked.id, refused="另有规定")
    for refused in ("", "再次"):
        with pytest.raises(Rejected, match=r"request\.closed"):
            data_requests.answer(office.hub, office.who(), asked.id, refused=refused)
    with pytest.raises(Rejected, match=r"request\.unknown"):
        data_requests.answer(office.hub, office.who(), "", refused="")


def test_an_agreement_of_others_or_with_less_closes_nothing(office: Office) -> None:
    asked = office.ask()
    with pytest.raises(Invalid, match=r"request\.no-agreement"):
        data_requests.give(office.hub, office.who(), asked.id, agreement="hospital-to-polise")
    with pytest.raises(Invalid, match=r"request\.other-agreement") as error:
        data_requests.give(office.hub, office.who(), asked.id, agreement="hospital-to-police")
    assert error.value.facts["lacks"] == "receiver, /child/weight_g"


def test_two_at_once_the_second_is_told_to_try_again(office: Office) -> None:
    with office.hub.locks.hold(PREFIX) as mine:
        assert mine
        with pytest.raises(Retriable, match=r"request\.busy"):
            office.ask()
    office.ask()


def test_of_two_answers_in_the_ledger_the_first_counts(office: Office) -> None:
    asked = office.ask()
    agreed = data_requests.answer(office.hub, office.who(), asked.id, refused="")
    late = replace(agreed, state="refused")
    with office.hub.store.read() as connection:
        entries = ledger_rows.entries_about(connection, PREFIX)
    told = {"agreed": False, "reason": "x", "at": "2026-03-20T02:00:00.000000Z"}
    assert data_request.after(agreed, entries[-1], told).state == "agreed"
    assert data_request.after(late, entries[-1], told) == late


def test_a_request_for_what_several_units_give_names_them(office: Office) -> None:
    (office.folder / "catalogue.yaml").write_text(
        "resources:\n  - {document: birth-record, provider: public-security}\n", "utf-8"
    )
    with pytest.raises(Invalid, match=r"request\.which"):
        data_request_wish.checked(
            office.hub, "birth-record", receiver="x", purpose="y", basis="z", fields=["/a"]
        )


def test_at_the_terminal(office: Office) -> None:
    env = office.district.env | office.district.operator_env("wang")
    base = ["catalogue", "request"]
    options = [
        "--unit",
        "medical-insurance",
        "--purpose",
        "newborn-registration",
        "--basis",
        "社会保险法",
    ]
    asked = [*base, "open", "hospital/birth-record", *options, "--field", "/child/weight_g"]
    done = CliRunner().invoke(cli.app, [*asked, "--json"], env=env)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["fields"] == ["/child/weight_g"] and told["state"] == "open"
    assert "该谁办" in CliRunner().invoke(cli.app, [*base, "list"], env=env).stdout
    done = CliRunner().invoke(cli.app, [*base, "answer", told["id"]], env=env)
    assert done.exit_code == 64
    done = CliRunner().invoke(cli.app, [*base, "answer", told["id"], "--agree"], env=env)
    assert "已同意" in done.stdout
    assert "已同意" in CliRunner().invoke(cli.app, [*base, "show", told["id"][:6]], env=env).stdout


# --- the clocks ---------------------------------------------------------------------------------


def test_a_day_that_nobody_can_count_is_unknown_until_the_holidays_are_known(
    office: Office,
) -> None:
    office.now = datetime(2026, 12, 30, 2, tzinfo=UTC)
    office.hub.site = replace(office.hub.site, holidays=Holidays({2026: BOTH[2026]}))
    assert office.ask().due_on == ""
    assert office.troubles() == [("his", "request.waiting")]
    assert objections.term(office.hub, office.now) == timedelta(days=15)
    office.hub.site = replace(office.hub.site, holidays=Holidays(BOTH))
    assert office.all()[0].due_on == "2027-01-13"


def test_a_doubt_is_answered_within_the_site_s_days(office: Office) -> None:
    found = objections.term(office.hub, NOW)
    assert NOW + found == datetime(2026, 4, 3, 15, 59, 59, tzinfo=UTC)
    (office.folder / "catalogue.yaml").write_text(
        "clocks: {check: {within: 5 days, article: 区办法第一条}}\n", "utf-8"
    )
    assert NOW + objections.term(office.hub, NOW) == datetime(2026, 3, 25, 15, 59, 59, tzinfo=UTC)
