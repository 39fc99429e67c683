"""Messages as the sandbox's hospital writes them, read by code that shares nothing with it."""

from __future__ import annotations

import pytest

from adapters import hospital
from exchange.errors import Invalid
from mappings import shapes
from sandbox.births import birth
from sandbox.hospital_message import message
from sandbox.hospital_sender import read_ack


@pytest.mark.parametrize("charset", ["UNICODE UTF-8", "GB 18030-2000"])
@pytest.mark.parametrize("number", [1, 2, 24])
def test_a_birth_is_read_as_it_was_written(number: int, charset: str) -> None:
    facts = birth(number).facts | {"charset": charset}
    facts["mother"]["name"] = "李|㛃^𬀩&达~\\"
    record = hospital.read_birth(message(facts, "C1"))
    shapes.validate("birth-record", record)
    assert record["mother"]["name"] == "李|㛃^𬀩&达~\\"
    assert record["mother"]["id_number"] == facts["mother"]["id_number"]
    assert record["father"]["name"] == facts["father"]["name"]
    assert record["certificate"]["number"] == birth(number).form["cszmbh"]
    assert record["child"]["sex"] == ("1" if number % 2 else "2")


def test_a_birth_without_a_father() -> None:
    record = hospital.read_birth(message(birth(3, father=False).facts, "C1"))
    assert "father" not in record


def test_the_hospital_s_system_understands_the_acknowledgement() -> None:
    facts = birth(1).facts
    facts["mother"]["ethnicity"] = "60"
    er7 = message(facts, "C1")
    with pytest.raises(Invalid) as caught:
        hospital.read_birth(er7)
    answer = hospital.acknowledge(er7, "AE", caught.value)
    assert read_ack(answer) == ("AE", "mapping.unknown-code NK1(MTH)-35")
    assert read_ack(hospital.acknowledge(er7, "AA")) == ("AA", "")


def test_a_certificate_that_is_not_signed_yet_has_no_day() -> None:
    record = hospital.read_birth(message(birth(5, signed=False).facts, "C1"))
    shapes.validate("birth-record", record)
    assert "issued_on" not in record["certificate"]
    assert record["certificate"]["number"] == "X320117005"


def test_what_leaves_the_fast_lane_is_told() -> None:
    more = {"born_in": "elsewhere", "replaces": "X320117004", "died": "202601051200"}
    record = hospital.read_birth(message(birth(5, **more).facts, "C1"))
    shapes.validate("birth-record", record)
    assert record["child"]["born_in"] == "elsewhere"
    assert record["child"]["died_on"] == "2026-01-05"
    assert record["certificate"]["replaces"] == "X320117004"


def test_what_is_not_told_is_absent() -> None:
    record = hospital.read_birth(message(birth(5).facts, "C1"))
    assert not {"born_in", "died_on"} & record["child"].keys()
    assert "replaces" not in record["certificate"]


def test_a_place_of_birth_that_was_never_agreed_is_no_guess() -> None:
    er7 = message(birth(5, born_in="institution").facts, "C1")
    assert hospital.read_birth(er7)["child"]["born_in"] == "institution"
    with pytest.raises(Invalid) as caught:
        hospital.read_birth(er7.replace(b"|320117||1\r", b"|320117||3\r"))
    assert caught.value.problems[0].facts["path"] == "ZCS-7"
