"""Civil affairs, tax and the expenses of a birth in a case of the hub: asked, paid, waited for, withheld.

The example of these units (``sandbox/newborn_site``) beside the example site, with a matter of this
test's own that has one item for each.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from exchange.ports import Bookkeeper
from sandbox import sharing_gate, tax_form
from sandbox.births import birth
from sandbox.district import District
from sandbox.layout import SYSTEMS
from tests.zhida.conftest import Town, configure
from zhida import reconcile, site_check
from zhida.keepers import BOOKED
from zhida.reconcile import Window

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "sandbox" / "newborn_site"
NUMBERS = count(1)
ITEMS = """
  marriage:
    title: 婚姻登记核验
    unit: civil-affairs
    do: civil_affairs.verify_marriage
    needs: [birth]
    gives: marriage
  note:
    title: 婚姻情况告知户政
    unit: public-security
    do: notes.note
    needs: [marriage]
  premium:
    title: 居民医保费缴纳
    unit: tax
    do: tax.pay_premium
    needs: [insurance]
    gives: premium
    irreversible: true
  expense:
    title: 生育医疗费用待遇核定
    unit: medical-insurance
    do: medical_insurance.settle_birth
    needs: [birth]
    gives: expense
    irreversible: true
"""
NOTES = """
system: notes
title: 户政告知目录
unit: public-security
adapter: generic
connection: notes
options:
  wire: files
  settings: {folders: {out: {folder: out}}}
  operations:
    note:
      title: 婚姻情况告知
      needs: {marriage: marriage-record}
      identity: [marriage/mother/id_number, marriage/father/id_number]
      idempotence: natural
      call: put out
      mapping: marriage_note
      effect_key: /name
      effect_key_as: "{key}.json"
      wrap: [{at: /content, as: json, encoding: utf-8}]
      answer: {written: applied}
"""
NOTE = """
mapping: marriage_note
title: 婚姻登记核验结果 → 告知
from: {marriage: marriage-record}
to: wire
fields:
  - {to: /content/married, from: /marriage/married}
ignore:
  - {fields: [/marriage/mother/id_number, /marriage/father/id_number, /marriage/registered_on], reason: not-needed}
"""


def _write(folder: Path) -> None:
    """The units' example, the test's matter, and a folder that reads who is married."""
    for file in EXAMPLE.rglob("*.yaml"):
        place = folder / file.relative_to(EXAMPLE)
        place.parent.mkdir(exist_ok=True)
        place.write_text(file.read_text("utf-8"), "utf-8")
    matter = (ROOT / "sandbox/site/matters/newborn.yaml").read_text("utf-8")
    before, after = matter.split("  reply:\n")
    for name, text in (
        ("matters/newborn.yaml", f"{before.rstrip()}{ITEMS}  reply:\n{after}"),
        ("systems/notes.yaml", NOTES),
        ("mappings/marriage_note.yaml", NOTE),
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    out = tmp_path_factory.mktemp("notes")
    (out / "out").mkdir()
    district = District(tmp_path_factory.mktemp("town"), systems=(*SYSTEMS, "civil", "tax"))
    district.prepare()
    configure(district.directory, "police", timeout_s=3, settle_s=5)
    _write(district.directory / "site")
    with district:
        found = Town(district)
        found.connections = {
            "civil": _at(district, "civil", sharing_gate.SID, sharing_gate.APP_KEY),
            "tax": _at(district, "tax", tax_form.APP_KEY, tax_form.SECRET),
            "notes": {"host": str(out)},
        }
        yield found
        found.close()


def _at(district: District, system: str, login: str, password: str) -> dict[str, Any]:
    place = {"schema": "http", "host": "127.0.0.1", "port": district.system(system).port}
    return place | {"login": login, "password": password}


@pytest.fixture
def number() -> int:
    return next(NUMBERS)


def _bear(town: Town, number: int, *, is_settled: bool = True, **form: str) -> str:
    """A birth of a couple that the register knows; the mother's stay perhaps in the books."""
    facts = birth(number).facts
    mother, father = facts["mother"], facts["father"]
    couple = {"cert_num_man": father["id_number"], "cert_num_woman": mother["id_number"]}
    town.district.system("civil").ask("POST", "/act", couple)
    if is_settled:
        _stay(town, number)
    town.record(facts)
    certificate = town.declare(number, **form)
    town.take_in()
    return certificate


def _stay(town: Town, number: int) -> None:
    mother = birth(number).facts["mother"]
    stay = {"certno": mother["id_number"], "psn_name": mother["name"]}
    town.district.system("insurance").ask("POST", "/stay", stay | {"fund_pay_sumamt": "3200.50"})


def _heard(town: Town, system: str, operation: str) -> list[str]:
    wire = town.district.system(system).wire()
    mine = [r for r in wire if (r["direction"], r["operation"]) == ("in", operation)]
    return [row["body"].decode("utf-8") for row in mine]


def _records(town: Town, certificate: str) -> dict[str, Any]:
    """What the case holds now, by kind."""
    kinds = frozenset({"marriage-record", "premium-payment", "birth-expense-settlement"})
    found = town.hub.archive.of_case(town.case(certificate).id, kinds)
    return {each.origin.kind: each.record for each in found}


def test_the_site_with_these_units_is_right(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in town.env.items():
        monkeypatch.setenv(name, value)
    assert [row for row in site_check.check_site() if not row["ok"]] == []


@pytest.mark.guarantee("G2")
def test_each_unit_does_its_part_once_and_its_document_comes_back(town: Town, number: int) -> None:
    certificate = _bear(town, number, skzh="6225880000000001")
    town.finish(certificate)
    assert set(town.states(certificate).values()) == {"applied"}
    told = _records(town, certificate)
    assert told["marriage-record"]["married"] is True
    assert told["premium-payment"]["amount_fen"] == 40000
    assert told["birth-expense-settlement"]["amount_fen"] == 320050
    settled = town.district.system("insurance").ask("GET", "/settlements")
    mine = [row for row in settled if row["brth_cert_no"] == certificate]
    assert [row["bankacct"] for row in mine] == ["6225880000000001"]
    (enrolled,) = town.enrolled(certificate)
    paid = town.district.system("tax").books()
    assert [r["jfje"] for r in paid if r["grbh"] == enrolled["psn_no"]] == ["400.00"]
    town.audit()


@pytest.mark.guarantee("G8")
def test_each_unit_got_what_it_may_see_and_nothing_else(town: Town, number: int) -> None:
    certificate = _bear(town, number)
    town.finish(certificate)
    facts = birth(number).facts
    marriage = json.loads(_heard(town, "civil", "service/marriage")[-1])
    assert marriage == {
        "cert_num_man": facts["father"]["id_number"],
        "cert_num_woman": facts["mother"]["id_number"],
    }
    form = dict(parse_qsl(_heard(town, "tax", "sbf/jf")[-1]))
    assert set(json.loads(form["data"])) == {"jylsh", "grbh", "jfnd", "jfje", "jfrxm", "jfrzjhm"}
    settled = json.loads(_heard(town, "insurance", "9105")[-1])["input"]["data"]
    assert set(settled) == {"evtsn", "certno", "psn_name", "brth_cert_no"}
    for system, operation in (("civil", "service/marriage"), ("tax", "sbf/jf")):
        told = _heard(town, system, operation)[-1]
        assert certificate not in told
        assert facts["child"]["weight_g"] not in told


def test_a_couple_that_is_not_married_is_an_answer_and_the_case_goes_on(
    town: Town, number: int
) -> None:
    facts = birth(number).facts
    _stay(town, number)
    town.record(facts)
    certificate = town.declare(number)
    town.take_in()
    town.finish(certificate)
    assert town.states(certificate)["marriage"] == "applied"
    assert _records(town, certificate)["marriage-record"]["married"] is False


@pytest.mark.guarantee("G2")
def test_a_payment_whose_answer_is_lost_is_asked_after_and_not_repeated(
    town: Town, number: int
) -> None:
    office = town.district.system("tax")
    office.fault("reset", operation="sbf/jf", stage="after", times=1)
    certificate = _bear(town, number)
    before = len(office.books())
    town.finish(certificate)
    assert town.states(certificate)["premium"] == "applied"
    assert len(office.books()) == before + 1


def test_a_payment_in_process_is_waited_for_by_this_case_alone(town: Town, number: int) -> None:
    office = town.district.system("tax")
    office.ask("POST", "/slow")
    certificate = _bear(town, number)
    for _ in range(2):
        town.sweep()
        town.clock.skip(61)
    assert town.states(certificate)["premium"] == "stored"
    office.ask("POST", "/slow", {"slow": False})
    office.ask("POST", "/finish", {"state": "paid"})
    town.finish(certificate, skip=61)
    assert town.states(certificate)["premium"] == "applied"


def test_a_mother_who_has_not_gone_home_yet_makes_no_system_sick(town: Town, number: int) -> None:
    insurance = town.district.system("insurance")
    insurance.ask("POST", "/no-stay", {"says": "not-yet"})
    certificate = _bear(town, number, is_settled=False)
    for _ in range(3):
        reports = town.sweep()
        assert reports["expense"].sick is None
        town.clock.skip(61)
    assert town.states(certificate)["expense"] == "ready"
    assert town.item(certificate, "expense").code == "insurance.not-yet"
    insurance.ask("POST", "/no-stay", {"says": "refuse"})
    _stay(town, number)
    town.finish(certificate, skip=3601)
    assert town.states(certificate)["expense"] == "applied"


def test_a_child_insured_before_its_birth_owes_nothing_and_nothing_is_sent(
    town: Town, number: int
) -> None:
    mother = birth(number).facts["mother"]["id_number"]
    town.district.system("insurance").ask("POST", "/expect", {"grd_certno": mother})
    certificate = _bear(town, number)
    before = len(town.district.system("tax").books())
    for _ in range(4):
        town.sweep()
        town.clock.skip(61)
    assert town.states(certificate)["insurance"] == "applied"
    assert town.states(certificate)["premium"] == "invalid"
    assert len(town.district.system("tax").books()) == before


def test_all_that_keep_books_are_known_to(town: Town) -> None:
    systems = [each for each in town.hub.site.systems.values() if each.adapter != "generic"]
    found = {s.adapter for s in systems if isinstance(town.hub.adapter(s), Bookkeeper)}
    assert found == BOOKED & {each.adapter for each in systems}
    assert "tax" in found


def test_the_books_of_tax_and_insurance_agree_with_ours(town: Town, number: int) -> None:
    town.finish(_bear(town, number))
    window = Window(town.clock() - timedelta(days=2), town.clock() + timedelta(days=2))
    for name in ("tax", "insurance"):
        report = reconcile.reconcile(town.hub, town.hub.site.systems[name], window)
        assert (report.problems, report.missing, report.foreign) == ([], 0, 0)
        assert report.agreed + report.settled == report.ours > 0


def _change(town: Town, file: str, old: str, new: str) -> None:
    place = town.district.directory / "site" / file
    text = place.read_text("utf-8")
    assert old in text
    place.write_text(text.replace(old, new), "utf-8")
    town.hub.close()
    town.hub = town.open_hub()


def test_names_go_along_only_where_they_are_demanded_and_agreed(town: Town, number: int) -> None:
    agreement, ids = "agreements/hospital-to-civil-affairs.yaml", "[/mother/id_number, "
    town.district.system("civil").ask("POST", "/demand", {"names": True})
    _change(
        town,
        "systems/civil.yaml",
        "  rid: r-marriage-both",
        "  rid: r-marriage-both\n  names: true",
    )
    certificate = _bear(town, number)
    asked = len(_heard(town, "civil", "service/marriage"))
    town.sweep()
    assert town.states(certificate)["marriage"] == "invalid", "no agreement gives the names"
    assert len(_heard(town, "civil", "service/marriage")) == asked
    _change(town, agreement, ids, "[/mother/name, /father/name, /mother/id_number, ")
    certificate = _bear(town, next(NUMBERS))
    town.finish(certificate)
    assert town.states(certificate)["marriage"] == "applied"
    told = json.loads(_heard(town, "civil", "service/marriage")[-1])
    assert (told["name_man"], told["name_woman"]) == ("王知达", "李小直")
