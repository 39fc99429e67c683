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
