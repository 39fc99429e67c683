"""Which fields of a birth message are looked at, and what is wrong with its segments."""

from __future__ import annotations

import pytest

from adapters import _er7, _hospital_birth


def _codes(text: str) -> list[tuple[str, object]]:
    message = _er7.parse(text.encode())
    _hospital_birth.fields(message)
    return [(p.code, p.facts["path"]) for p in message.problems]


def test_parents_are_told_by_their_relation_and_not_by_their_order(er7: str) -> None:
    lines = er7.split("\r")
    lines[3], lines[4] = lines[4], lines[3]
    fields = _hospital_birth.fields(_er7.parse("\r".join(lines).encode()))
    assert (fields["MTH"]["2"], fields["FTH"]["2"]) == ("李小达", "张大直")


def test_other_relatives_are_left_alone(er7: str) -> None:
    fields = _hospital_birth.fields(_er7.parse(er7.replace("FTH^", "GRP^").encode()))
    assert "FTH" not in fields
    assert "GRP" not in fields


@pytest.mark.parametrize(
    ("before", "after", "code", "path"),
    [
        ("ADT^A28", "ADT^A01", "hospital.unexpected-message", "MSH-9"),
        ("ZCS|", "ZZZ|", "hospital.missing-segment", "ZCS"),
        ("PID|", "PIX|", "hospital.missing-segment", "PID"),
        ("MTH^", "SIS^", "hospital.missing-segment", "NK1(MTH)"),
        ("FTH^", "MTH^", "hospital.repeated-segment", "NK1(MTH)"),
        ("EVN|", "ZCS|", "hospital.repeated-segment", "ZCS"),
        ("89269-5", "8339-4", "hospital.repeated-segment", "OBX(8339-4)-5"),
        ("3350|g", "3.35|kg", "hospital.unexpected-unit", "OBX(8339-4)-5"),
        ("|李小达|", "|李^小达|", "hospital.name-in-parts", "NK1-2"),
    ],
)
def test_what_is_wrong_with_a_segment_is_told_by_its_name(
    er7: str, before: str, after: str, code: str, path: str
) -> None:
    assert (code, path) in _codes(er7.replace(before, after))
