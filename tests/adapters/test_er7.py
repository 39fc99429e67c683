"""Bytes of an HL7 message to segments: character sets, line ends, escapes, and honest refusals."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters import _er7
from exchange.errors import Invalid


def test_line_feeds_are_taken_for_carriage_returns(er7: str) -> None:
    for end in ("\n", "\r\n"):
        message = _er7.parse(er7.replace("\r", end).encode())
        assert [s.name for s in message.segments][:4] == ["MSH", "EVN", "PID", "NK1"]


@pytest.mark.parametrize("label", ["GB 18030-2000", "GBK", "GB2312"])
def test_every_gb_label_is_read_as_gb18030(er7: str, label: str) -> None:
    text = er7.replace("UNICODE UTF-8", label).replace("李小达", "李㛃𬀩")
    message = _er7.parse(text.encode("gb18030"))
    assert message.named("NK1")[0].text(2) == "李㛃𬀩"


def test_a_gbk_character_whose_second_byte_is_a_delimiter_does_not_split_the_field(
    er7: str,
) -> None:
    name = b"\xd5\x7c\xd5\x5e".decode("gb18030")  # two characters ending in | and ^
    text = er7.replace("UNICODE UTF-8", "GB 18030-2000").replace("李小达", name)
    text = text.replace("|HOSPITAL|", f"|{name}|")
    assert _er7.parse(text.encode("gb18030")).named("NK1")[0].text(2) == name


def test_characters_that_gb18030_2022_moved_come_in_their_new_form(er7: str) -> None:
    raw = er7.replace("UNICODE UTF-8", "GBK").encode("gb18030")
    raw = raw.replace("李小达".encode("gbk"), b"\xc0\xee\xfe\x59")
    assert _er7.parse(raw).named("NK1")[0].text(2) == "李\u9fb4"


def test_a_byte_order_mark_is_no_part_of_the_message(er7: str) -> None:
    assert _er7.parse(b"\xef\xbb\xbf" + er7.encode()).header.text(10) == "C0001"


def test_without_a_label_only_ascii_is_taken(er7: str) -> None:
    with pytest.raises(Invalid) as caught:
        _er7.parse(er7.replace("UNICODE UTF-8", "").encode())
    assert caught.value.code == "hospital.undecodable"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "hospital.not-hl7"),
        (b"MSH", "hospital.not-hl7"),
        (b"MSH|^~^&|", "hospital.not-hl7"),
        (b"PID|1\rMSH|^~\\&|", "hospital.not-hl7"),
        (b"<?xml version='1.0'?><!DOCTYPE a><a/>", "hospital.not-hl7"),
        (b"MSH|^~\\&|" + b"|" * 15 + b"EBCDIC\r", "hospital.unknown-charset"),
        (b"MSH|^~\\&|" + b"|" * 15 + b"UNICODE UTF-8\rPID|\xd5\xc5\r", "hospital.undecodable"),
        (b"MSH|^~\\&|" + b"A" * 1_000_000, "hospital.too-long"),
    ],
)
def test_what_cannot_be_read_faithfully_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        _er7.parse(raw)
    assert caught.value.code == code


def test_the_byte_that_is_told_is_counted_as_a_person_counts() -> None:
    with pytest.raises(Invalid, match=r"hospital\.undecodable") as caught:
        _er7.parse(b"MSH|^~\\&|\xff")
    assert caught.value.facts["offset"] == 10


def test_escapes_become_characters(er7: str) -> None:
    text = er7.replace("溧水某医院|", r"A\T\B\F\C\S\D\R\E\E\F\XE6BAA7\|")
    assert _er7.parse(text.encode()).named("ZCS")[0].text(3) == "A&B|C^D~E\\F溧"


@pytest.mark.parametrize("bad", ["\\H\\", "\\.br\\", "\\X\\", "\\XZZ\\", "\\XD5\\", "\\"])
def test_other_escapes_are_a_problem_and_never_dropped(er7: str, bad: str) -> None:
    message = _er7.parse(er7.replace("李小达", f"李{bad}达").encode())
    message.named("NK1")[0].text(2)
    assert [p.code for p in message.problems] == ["hospital.unknown-escape"]


def test_a_slash_and_an_explicit_null_mean_not_stated(er7: str) -> None:
    message = _er7.parse(er7.replace("^^^^01||02", "^^^^01||/").replace("|P|", '|""|').encode())
    assert message.named("NK1")[1].text(35) == ""
    assert message.header.text(11) == ""


def test_a_repeated_field_is_a_problem_since_one_value_would_be_lost(er7: str) -> None:
    message = _er7.parse(er7.replace("李小达", "李小达~李小直").encode())
    message.named("NK1")[0].text(2)
    (problem,) = message.problems
    assert (problem.code, problem.facts) == ("hospital.repeated-field", {"path": "NK1-2"})


@example(b"MSH", True)
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_give_a_message_or_an_invalid(raw: bytes, headed: bool) -> None:
    head = b"MSH|^~\\&|HIS|||||||1|P|2.5||||||GB18030\r" if headed else b""
    try:
        message = _er7.parse(head + raw)
    except Invalid:
        return
    assert message.segments[0].name == "MSH"
    for segment in message.segments:
        for number in range(1, 40):
            told = segment.text(number, 2), segment.whole(number), segment.first(number)
            assert all(isinstance(each, str) and each not in ("/", '""') for each in told)
