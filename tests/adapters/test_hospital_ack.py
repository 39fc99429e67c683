"""Acknowledgements: whose message, yes or no, why, and never a value of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import hospital
from exchange.errors import Invalid, Problem

AT = datetime(2026, 1, 5, 16, 30, tzinfo=UTC)


def test_an_accept_names_the_message_and_swaps_the_parties(er7: str) -> None:
    assert hospital.acknowledge(er7.encode(), "AA", at=AT).decode() == (
        "MSH|^~\\&|SIGNER|FRONTEND|HIS|HOSPITAL|20260106003000+0800||ACK^A28^ACK|"
        "20260106003000000000|P|2.5||||||UNICODE UTF-8\r"
        "MSA|AA|C0001|\r"
    )


def test_an_error_tells_code_place_and_remedy_of_every_problem(er7: str) -> None:
    problems = [
        Problem("mapping.unknown-code", {"path": "PID-8", "mask": "A", "scheme": "hl7_0001"}),
        Problem("hospital.missing-segment", {"path": "ZCS"}),
    ]
    text = hospital.acknowledge(er7.encode(), "AE", Invalid.of(problems), at=AT).decode()
    lines = text.split("\r")
    assert lines[1] == "MSA|AE|C0001|mapping.unknown-code PID-8"
    assert lines[2].startswith(
        "ERR|||103^Table value not found^HL70357|E|mapping.unknown-code||PID-8|"
    )
    assert lines[3].startswith(
        "ERR|||100^Segment sequence error^HL70357|E|hospital.missing-segment||ZCS|"
    )
    assert "ZCS 段" in lines[3]


def test_no_value_of_the_message_stands_in_the_answer_to_it(er7: str) -> None:
    bad = er7.replace("|M|", "|Q|").replace("^^^^01||02", "^^^^77||88").replace("39.3", "3x9")
    with pytest.raises(Invalid) as caught:
        hospital.read_birth(bad.encode())
    answer = hospital.acknowledge(bad.encode(), "AE", caught.value, at=AT).decode()
    for value in (
        "李小达",
        "张大直",
        "320117199303120025",
        "N0001",
        "3x9",
        "202601050130",
        "X320117001",
    ):
        assert value not in answer


def test_the_answer_is_in_the_message_s_character_set(er7: str) -> None:
    raw = er7.replace("UNICODE UTF-8", "GB 18030-2000").replace("|HIS|", "|医院|").encode("gb18030")
    problem = Invalid("hospital.missing-segment", path="ZCS")
    answer = hospital.acknowledge(raw, "AE", problem, at=AT).decode("gb18030")
    assert "|SIGNER|FRONTEND|医院|" in answer
    assert "消息缺少 ZCS 段" in answer


def test_an_ascii_peer_is_told_in_english(er7: str) -> None:
    raw = er7.split("\r", maxsplit=1)[0].replace("UNICODE UTF-8", "").encode() + b"\r"
    answer = hospital.acknowledge(raw, "AE", Invalid("hospital.missing-segment", path="ZCS"), at=AT)
    assert b"The message lacks segment ZCS." in answer


def test_the_message_s_own_delimiters_are_used_and_escaped(er7: str) -> None:
    raw = b"MSH#*~\\&#A#B#C#D#1##ADT*A28#42#P#2.5\r"
    answer = hospital.acknowledge(raw, "AE", Invalid("hospital.not-hl7", path="#"), at=AT).decode()
    assert answer.split("\r")[1] == "MSA#AE#42#hospital.not-hl7 \\F\\"
    assert answer.startswith("MSH#*~\\&#C#D#A#B#")


def test_what_is_not_hl7_is_answered_too() -> None:
    answer = hospital.acknowledge(b"rubbish", "AR", Invalid("hospital.not-hl7", path="MSH"), at=AT)
    assert answer.startswith(b"MSH|^~\\&|||||20260106003000+0800||ACK|")
    assert b"\rMSA|AR||hospital.not-hl7 MSH\r" in answer


@given(st.binary(max_size=120), st.booleans())
def test_an_answer_can_always_be_given_and_never_breaks_its_frame(raw: bytes, headed: bool) -> None:
    message = (b"MSH|^~\\&|" if headed else b"") + raw
    answer = hospital.acknowledge(message, "AR", Invalid("hospital.not-hl7", path="MSH"), at=AT)
    assert not {0x0B, 0x1C} & set(answer)
    assert answer.count(b"\r") == 3
