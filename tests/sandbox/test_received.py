"""What was received and withheld, told from captured bytes of a small case sent by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox import mllp, received
from sandbox.births import birth
from sandbox.books import Books, read_wire
from sandbox.clerk import Clerk, Person
from sandbox.district import District
from sandbox.hospital_message import message
from sandbox.oa_workflow import HUB

Births = Any
"""The ``BirthClient`` of conftest, which has no import path."""


REGISTER = {
    *("postid", "cszmbh", "xm", "xb", "mz", "csrq", "cssj", "csdssxq", "csdxz", "lhsfz"),
    *("mqxm", "mqgmsfhm", "fqxm", "fqgmsfhm", "sbrxm", "sbrsfz", "sbrlxdh"),
    *("jhryxm", "jhrygmsfhm", "jhryjhgx"),
}


@pytest.fixture
def case(
    district: District, births: Births, acceptor: Any, wait_until: Callable[..., None]
) -> Path:
    newborn = birth(41)
    number = district.birth(newborn.facts)["birth"]
    oa = district.system("oa").address
    request = Clerk(oa).fill_in(newborn.form)
    births.register("received-1")
    Person(oa, HUB).submit(request, {"jghk": "办结", "jgyb": "办结"})
    births_known = district.system("hospital").books
    wait_until(20, lambda: births_known()[number - 1]["ack"] == "AA", births_known)
    return district.directory


def test_police_received_the_register_s_fields_with_chinese_names(case: Path) -> None:
    fields = {field.wire: field for field in received.received(case)["public-security"]}
    assert fields["mqxm"].zh == "母亲姓名"
    assert fields["csrq"].facts == ("birth-record:/child/birth_date",)
    assert fields["mz"].facts == ("birth-declaration:/child/ethnicity",)
    assert set(fields) == REGISTER


def test_weight_and_record_numbers_were_withheld_from_the_police(case: Path) -> None:
    kept = {fact.zh for fact in received.withheld(case)["public-security"]}
    assert {"出生体重", "出生身长", "出生孕周", "母亲病案号", "新生儿临时姓名", "参保地"} <= kept
    assert not kept & {"母亲姓名", "出生时间", "新生儿性别", "申报人联系电话"}


def test_a_value_that_came_under_another_name_was_not_withheld(tmp_path: Path) -> None:
    """The mother applied, so the insurance knows her name as the guardian's."""
    facts = birth(41).facts
    _capture(tmp_path, "hospital", mllp.frame(message(facts, "C1")), direction="out")
    before = {fact.zh for fact in received.withheld(tmp_path)["medical-insurance"]}
    assert {"母亲姓名", "母亲民族", "父亲姓名"} <= before
    data = {"grd_psn_name": facts["mother"]["name"], "psn_cert_type": "01"}
    _capture(tmp_path, "insurance", json.dumps({"input": {"data": data}}).encode())
    after = {fact.zh for fact in received.withheld(tmp_path)["medical-insurance"]}
    assert before - after == {"母亲姓名"}


def _capture(directory: Path, system: str, body: bytes, direction: str = "in") -> None:
    books = Books(directory / system / "books.sqlite", "", effects="wire")
    books.capture(direction, body, peer="", operation="")
    books.close()


def test_a_field_that_reached_the_police_is_no_longer_withheld(case: Path, births: Births) -> None:
    """The positive control: the table answers to the wire."""
    assert "tz" not in {field.wire for field in received.received(case)["public-security"]}
    births.register("received-2", tz="3350")
    stray = received.received(case)["public-security"][-1]
    assert (stray.wire, stray.zh, stray.facts) == ("tz", "tz", ())


def test_the_clerk_s_own_form_was_not_received_from_the_hub(case: Path) -> None:
    wires = {field.wire for field in received.received(case)["service-window"]}
    assert {"jghk", "jgyb"} <= wires
    assert "xsexm" not in wires
    kept = {fact.zh for fact in received.withheld(case)["service-window"]}
    assert "出生体重" in kept
    assert "申报人联系电话" not in kept


def test_effects_count_rows_and_carry_no_personal_value(case: Path) -> None:
    found = received.effects(case)
    assert set(found) >= {"birth", "household", "insurance", "reply"}
    assert found["household"]["rows"] >= 1
    assert found["reply"]["rows"] >= 1
    said = str(found) + str(received.received(case)) + str(received.withheld(case))
    form = birth(41).form
    personal = [form[name] for name in ("cszmbh", "xsexm", "sbrxm", "sbrsfz", "sbrlxdh")]
    assert not [value for value in [*personal, "王小直", "3350"] if value in said]


def test_bytes_that_nobody_could_read_carry_no_field(district: District, births: Births) -> None:
    births.send(b"no envelope at all")
    wire = read_wire(district.directory / "police" / "books.sqlite")
    assert any(row["body"] == b"no envelope at all" for row in wire)
    assert "public-security" in received.received(district.directory)


@pytest.mark.parametrize("system", ["bank", "civil", "health", "social_security", "tax"])
@pytest.mark.parametrize("body", [b"", b"no XML at all", b"<cut", b"{", b"<?xml?>", b"\xff\x00"])
def test_what_a_unit_could_not_read_carried_nothing(
    tmp_path: Path, system: str, body: bytes
) -> None:
    _capture(tmp_path, system, body)
    assert received._received(tmp_path, system) == {}


def test_every_fact_of_the_field_table_has_a_name() -> None:
    named = {row["fact"] for row in received._rows("facts.csv")}
    told = {
        f for row in received._rows("fields.csv") for f in row["facts"].replace("|", " ").split()
    }
    assert told - named == {"citizen-id:/citizen_id", "insurance-enrolment:/person_number"}
