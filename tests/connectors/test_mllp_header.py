from datetime import UTC, datetime

from connectors.mllp_header import acknowledged, control_id, refusal, trigger

MESSAGE = b"MSH|^~\\&|HIS|H1|HUB|X|20260105||ADT^A28^ADT_A05|42|P|2.5\rPID|1\r"


def test_the_header_is_read_with_the_message_s_own_separators():
    other = MESSAGE.replace(b"|", b"#").replace(b"^", b"!")
    assert (control_id(MESSAGE), trigger(MESSAGE)) == (b"42", "ADT^A28")
    assert (control_id(other), trigger(other)) == (b"42", "ADT^A28")


def test_line_feeds_between_segments_are_understood():
    assert control_id(MESSAGE.replace(b"\r", b"\n")) == b"42"
    assert acknowledged(b"MSH|^~\\&|\nMSA|AA|42\n") == b"42"


def test_what_is_no_hl7_has_no_control_id():
    for junk in (b"", b"MSH", b"GET / HTTP/1.1", b"PID|1|2|3|4|5|6|7|8|9|10"):
        assert (control_id(junk), trigger(junk), acknowledged(junk)) == (b"", "", b"")


def test_a_refusal_names_the_message_when_its_head_is_known():
    answer = refusal(MESSAGE[:70], now=datetime(2026, 1, 5, tzinfo=UTC), reason="too big")
    assert acknowledged(answer) == b"42"
    assert b"\rMSA|AR|42|too big\r" in answer
