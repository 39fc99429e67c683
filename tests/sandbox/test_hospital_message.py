"""The hospital's ADT^A28 as bytes."""

from typing import Any

import pytest

from sandbox.births import birth
from sandbox.hospital_message import message


def _segments(facts: dict[str, Any], codec: str = "utf-8") -> dict[str, list[str]]:
    lines = message(facts, "C1").decode(codec).split("\r")
    return {
        line[:3] + line.split("|")[1][:1] * (line[:3] in ("NK1", "OBX")): line.split("|")
        for line in lines
        if line
    }


def test_fields_stand_where_hl7_puts_them() -> None:
    found = _segments(birth(1).facts)
    assert found["MSH"][8] == "ADT^A28^ADT_A05"
    assert (found["MSH"][9], found["MSH"][11], found["MSH"][17]) == ("C1", "2.5", "UNICODE UTF-8")
    pid = found["PID"]
    assert (pid[5], pid[7], pid[8], pid[24], pid[25]) == ("李某之子", "202601050130", "M", "N", "1")
    mother, father = found["NK11"], found["NK12"]
    assert (mother[2], mother[3].split("^")[0], mother[19], mother[35]) == (
        "李小直",
        "MTH",
        "156",
        "01",
    )
    assert mother[33].split("^")[4] == "01"
    assert father[3].split("^")[0] == "FTH"
    assert found["OBX3"][3:7] == ["11884-4^GESTATIONAL AGE^LN", "", "39.3", "wk+d"]
    assert found["ZCS"][1:] == [
        "X320117001",
        "20260106",
        "溧水区示例妇幼保健院",
        "12320117MB00000191",
        "320117",
    ]


def test_no_father_is_no_segment() -> None:
    assert "NK12" not in _segments(birth(2, father=False).facts)


def test_segments_end_with_cr_alone() -> None:
    sent = message(birth(1).facts, "C1")
    assert sent.endswith(b"\r")
    assert b"\n" not in sent


def test_gb18030_is_said_and_done() -> None:
    facts = birth(1).facts | {"charset": "GB 18030-2000"}
    facts["mother"] = facts["mother"] | {"name": "李𬀩"}
    assert _segments(facts, "gb18030")["NK11"][2] == "李𬀩"


def test_delimiters_in_a_name_are_escaped() -> None:
    facts = birth(1).facts
    facts["mother"] = facts["mother"] | {"name": "a|b^c&d~e\\f"}
    assert _segments(facts)["NK11"][2] == "a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f"


@pytest.mark.parametrize("missing", ["child", "mother", "certificate", "facility"])
def test_a_missing_fact_is_an_error(missing: str) -> None:
    facts = {name: value for name, value in birth(1).facts.items() if name != missing}
    with pytest.raises(KeyError):
        message(facts, "C1")


def test_death_replacement_and_place_stand_where_they_were_agreed() -> None:
    more = {"born_in": "elsewhere", "replaces": "X320117004", "died": "202601051200"}
    found = _segments(birth(1, **more).facts)  # type: ignore[arg-type]
    assert found["PID"][29] == "202601051200"
    assert found["ZCS"][6:] == ["X320117004", "2"]


def test_a_certificate_that_is_not_signed_has_an_empty_day() -> None:
    found = _segments(birth(1, signed=False).facts)
    assert found["ZCS"][1:3] == ["X320117001", ""]
    assert len(found["ZCS"]) == 6
