"""The hospital corrects or takes back a birth record: whoever got the old version is told (G3).

Effects are counted in the police's and the insurance's own books.
"""

from __future__ import annotations

import json
from itertools import count
from typing import Any

import pytest

from exchange import evidence_trust, evidence_verify
from exchange.errors import Fatal, Retriable
from exchange.evidence import Exporter
from exchange.evidence_verify import Checker
from exchange.keyring import Keyring
from exchange.ports import BookEntry
from exchange.store import delivery_rows, ledger_rows
from sandbox.births import birth
from sandbox.books import read_effects
from zhida import changes as changes_in
from zhida import sweep, trust
from zhida.replay import replay
from zhida.settle import settle as settle_by_books


def born(town: Any, number: int) -> str:
    certificate: str = town.bear(number)
    town.take_in()
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)
    return certificate


def settle(town: Any, certificate: str) -> None:
    """Look at the hospital's changes, and work until the case is over again."""
    town.clock.skip(61)
    town.sweep("intake")
    town.finish(certificate)


def changes(town: Any, certificate: str) -> list[dict[str, Any]]:
    """What the police's books tell of amendments and cancellations, oldest first."""
    rows = read_effects(town.district.directory / "police" / "books.sqlite", "amendments")
    known = {row["postid"] for row in town.registered(certificate)}
    return [row | json.loads(row["record"]) for row in rows if row["ypostid"] in known]


def entries(town: Any, certificate: str, kind: str) -> list[Any]:
    with town.hub.store.read() as connection:
        rows = ledger_rows.entries_of_case(connection, town.case(certificate).id)
    return [json.loads(row.body) for row in rows if row.kind == kind]


@pytest.mark.guarantee("G3")
def test_the_police_are_told_of_a_corrected_name_once(town: Any, ward: Any) -> None:
    certificate = born(town, 301)
    ward.tells(301, name="李小知")
    settle(town, certificate)
    (changed,) = changes(town, certificate)
    assert (changed["kind"], changed["mqxm"]) == ("csdjbg", "李小知")
    (registered,) = town.registered(certificate)
    assert json.loads(registered["record"])["mqxm"] == "李小知"
    assert town.states(certificate)["household#1"] == "applied"
    assert town.effects(certificate) == (1, 1, 1), "the insurance got no mother's name"
    assert town.case(certificate).state == "done", town.states(certificate)
    for _ in range(2):
        settle(town, certificate)
    assert len(changes(town, certificate)) == 1


def test_the_correction_has_a_receipt_and_the_evidence_verifies(town: Any, ward: Any) -> None:
    certificate = born(town, 302)
    ward.tells(302, name="李小知")
    settle(town, certificate)
    hub, case = town.hub, town.case(certificate).id
    with hub.store.read() as connection:
        rows = {row.item: row for row in delivery_rows.deliveries(connection, case)}
        assert delivery_rows.get_receipt(connection, rows["household#1"].receipt) is not None
    anchors = evidence_trust.load(town.district.directory / "trust")
    told = evidence_verify.verify(exported(town, case), Checker(anchors, hub.clock(), "hub"))
    assert {t.item for t in told.transfers} >= {"household", "household#1"}
    assert [d.kind for d in told.documents].count("birth-record") == 2


def exported(town: Any, case: str) -> bytes:
    hub = town.hub
    return Exporter(
        store=hub.store,
        archive=hub.archive,
        keyring=Keyring(trust.unit_certificates(hub.site)),
        signer=hub.signer,
        origin=hub.site.name,
        hub=hub.site.unit,
        clock=hub.clock,
    ).export(case)


def test_nobody_is_called_for_a_field_that_nobody_got(town: Any, ward: Any) -> None:
    certificate = born(town, 303)
    facts = birth(303).facts
    facts["child"]["weight_g"] = "3111"
    ward.tells_facts(facts)
    before = len(town.police.wire())
    settle(town, certificate)
    assert len(town.police.wire()) == before
    assert town.states(certificate)["household#1"] == "superseded"
    assert town.item(certificate, "household#1").code == "amend.no-change"
    assert town.case(certificate).state == "done", town.states(certificate)
    told = [entry["code"] for entry in entries(town, certificate, "superseded")]
    assert told == ["amend.no-change"]


@pytest.mark.guarantee("G3")
def test_a_correction_that_comes_late_changes_nothing(town: Any, ward: Any) -> None:
    certificate = born(town, 304)
    ward.tells(304, name="李后来")
    ward.tells(304, name="李先前", late_s=600)
    settle(town, certificate)
    assert [row["mqxm"] for row in changes(town, certificate)] == ["李后来"]


@pytest.mark.guarantee("G3")
@pytest.mark.parametrize(("event", "then"), [("A08", "ready"), ("A29", "waiting")])
def test_a_leg_that_has_no_connection_does_not_hold_up_a_correction_for_the_others(
    town: Any, ward: Any, event: str, then: str
) -> None:
    """Who got the old version is told by the modules; nobody is called in the transaction."""
    number = 318 if event == "A08" else 319
    certificate = born(town, number)
    ward.tells(number, event, name="李甲")
    town.clock.skip(61)
    other, opened = town.open_hub(), []
    real = other.open_adapter

    def only_sources(system: Any) -> Any:
        opened.append(system.name)
        if system.name in ("police", "insurance"):
            raise Fatal("site.no-connection", connection=system.connection)
        return real(system)

    other.open_adapter = only_sources
    found = sweep.take_in(other, town.matter)
    other.close()
    assert (dict(found.states), opened, found.sick) == ({"changed": 1}, ["oa", "his"], None)
    assert town.states(certificate)["household#1"] == then
    settle(town, certificate)


@pytest.mark.guarantee("G3")
def test_a_correction_that_cannot_be_kept_now_is_not_overtaken_by_the_one_that_takes_it_back(
    town: Any, ward: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = born(town, 320)
    was = birth(320).facts["mother"]["name"]
    ward.tells(320, name="李错")
    ward.tells(320, name=was)
    take, asked = changes_in.take, count(1)

    def away_at_first(stream: Any, arrival: Any) -> str:
        if next(asked) == 1:
            raise Retriable("store.unavailable", reason="-")
        return take(stream, arrival)

    with monkeypatch.context() as broken:
        broken.setattr(changes_in, "take", away_at_first)
        settle(town, certificate)
    settle(town, certificate)
    (registered,) = town.registered(certificate)
    assert json.loads(registered["record"])["mqxm"] == was
    assert [row["mqxm"] for row in changes(town, certificate)] in ([], ["李错", was])


@pytest.mark.guarantee("G3")
def test_of_two_corrections_before_the_first_was_sent_the_police_hear_the_last(
    town: Any, ward: Any
) -> None:
    certificate = born(town, 305)
    ward.tells(305, name="李甲")
    ward.tells(305, name="李乙")
    settle(town, certificate)
    assert [row["mqxm"] for row in changes(town, certificate)] == ["李乙"]
    assert town.states(certificate)["household#1"] == "superseded"
    assert town.states(certificate)["household#2"] == "applied"


@pytest.mark.guarantee("G3")
def test_a_correction_waits_while_the_police_are_down(town: Any, ward: Any, police: Any) -> None:
    certificate = born(town, 306)
    police.fault("down")
    ward.tells(306, name="李甲")
    town.clock.skip(61)
    town.sweep()
    assert town.case(certificate).state == "open"
    assert changes(town, certificate) == []
    police.clear()
    town.clock.skip(600)
    settle(town, certificate)
    assert [row["mqxm"] for row in changes(town, certificate)] == ["李甲"]


@pytest.mark.guarantee("G2")
def test_a_correction_whose_answer_is_lost_is_asked_after_and_not_repeated(
    town: Any, ward: Any, police: Any
) -> None:
    certificate = born(town, 307)
    police.fault("reset", operation="csdjbg", stage="after", times=1)
    ward.tells(307, name="李甲")
    settle(town, certificate)
    assert len(changes(town, certificate)) == 1
    assert town.states(certificate)["household#1"] == "applied"


def test_a_line_of_their_books_about_a_correction_settles_the_correction(
    town: Any, ward: Any, police: Any
) -> None:
    """Not its item: the register is asked for the correction's own key."""
    certificate = born(town, 317)
    police.fault("reset", operation="csdjbg", stage="after", times=1)
    ward.tells(317, name="李甲")
    town.clock.skip(61)
    town.sweep("intake household")
    assert town.states(certificate)["household#1"] == "unknown"
    with town.hub.store.read() as connection:
        rows = delivery_rows.deliveries(connection, town.case(certificate).id)
    (row,) = [each for each in rows if each.item == "household#1"]
    line = BookEntry(row.effect, "", "applied", town.clock())
    assert settle_by_books(town.hub, line).state == "applied"
    assert town.states(certificate)["household#1"] == "applied"
    assert len(changes(town, certificate)) == 1
    settle(town, certificate)


def test_what_was_not_sent_yet_is_sent_in_its_newest_version(town: Any, ward: Any) -> None:
    certificate = town.bear(308)
    town.take_in()
    town.sweep("birth")
    ward.tells(308, name="李甲")
    settle(town, certificate)
    (registered,) = town.registered(certificate)
    assert json.loads(registered["record"])["mqxm"] == "李甲"
    assert changes(town, certificate) == []


def test_who_refused_the_old_version_is_asked_again(town: Any, ward: Any, police: Any) -> None:
    certificate = town.bear(309)
    police.fault("refuse", operation="csdj", reason="母亲姓名与户籍不符", times=1)
    town.take_in()
    town.finish(certificate)
    assert town.case(certificate).state == "partial"
    ward.tells(309, name="李甲")
    settle(town, certificate)
    assert town.effects(certificate)[:2] == (1, 1)
    assert town.case(certificate).state == "done", town.states(certificate)


def test_a_birth_that_nobody_here_asked_for_is_none_of_the_hub_s_business(
    town: Any, ward: Any
) -> None:
    town.record(birth(310).facts)
    ward.tells(310, name="李甲")
    town.clock.skip(61)
    assert town.sweep("intake")["intake"].worked == 0


@pytest.mark.guarantee("G3")
def test_what_the_police_correct_then_reaches_the_insurance(town: Any, ward: Any) -> None:
    certificate = born(town, 313)
    facts = birth(313).facts
    facts["child"]["sex"] = "F"
    ward.tells_facts(facts)
    settle(town, certificate)
    (enrolled,) = town.enrolled(certificate)
    assert enrolled["gend"] == "2"
    assert [row["infno"] for row in insured_changes(town, certificate)] == ["9102"]
    assert town.effects(certificate) == (1, 1, 1)


@pytest.mark.guarantee("G2")
def test_an_insurance_s_lost_answer_is_asked_after(town: Any, ward: Any) -> None:
    certificate = born(town, 315)
    insurance = town.district.system("insurance")
    insurance.fault("reset", operation="9102", stage="after", times=1)
    facts = birth(315).facts
    facts["child"]["sex"] = "F"
    ward.tells_facts(facts)
    settle(town, certificate)
    insurance.clear()
    assert len(insured_changes(town, certificate)) == 1
    assert town.states(certificate)["insurance#1"] == "applied"


@pytest.mark.guarantee("G3")
def test_a_birth_that_is_taken_back_is_undone_at_the_insurance_and_then_at_the_police(
    town: Any, ward: Any, police: Any
) -> None:
    certificate = born(town, 311)
    ward.tells(311, "A29")
    town.clock.skip(61)
    town.sweep("intake household")
    assert town.states(certificate)["household#1"] == "waiting", "first who built on it"
    assert changes(town, certificate) == []
    town.finish(certificate)
    assert [row["infno"] for row in insured_changes(town, certificate)] == ["9103"]
    assert [row["kind"] for row in changes(town, certificate)] == ["csdjzx"]
    assert [row["state"] for row in town.registered(certificate)] == ["cancelled"]
    assert [row["state"] for row in town.enrolled(certificate)] == ["ended"]


def insured_changes(town: Any, certificate: str) -> list[dict[str, Any]]:
    rows = read_effects(town.district.directory / "insurance" / "books.sqlite", "amendments")
    numbers = {row["gmsfhm"] for row in town.registered(certificate)}
    return [row for row in rows if row["certno"] in numbers]


def test_who_cannot_be_told_by_machine_is_told_by_a_person(
    town: Any, ward: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = born(town, 314)
    system = town.hub.site.system_of(town.matter.items["household"])
    adapter = town.hub.adapter(system)
    only = {"register_birth": adapter.operations["register_birth"]}
    with monkeypatch.context() as poorer:
        poorer.setattr(type(adapter), "operations", property(lambda _: only))
        ward.tells(314, name="李甲")
        town.clock.skip(61)
        town.sweep()
    item = town.item(certificate, "household#1")
    assert (item.state, item.code) == ("parked", "amend.no-operation")
    replay(town.hub, town.operator("wang"), town.case(certificate).id, "household#1")
    town.finish(certificate)
    assert [row["mqxm"] for row in changes(town, certificate)] == ["李甲"]


def test_a_birth_that_is_taken_back_before_it_was_sent_is_not_sent(town: Any, ward: Any) -> None:
    certificate = town.bear(312)
    town.take_in()
    town.sweep("birth")
    ward.tells(312, "A29")
    settle(town, certificate)
    assert town.effects(certificate)[:2] == (0, 0)
    assert town.states(certificate)["household"] == "superseded"
    assert town.case(certificate).state == "done", town.states(certificate)
