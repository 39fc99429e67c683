r"""The few header fields that MLLP itself needs, read as bytes whatever the character set.

MSH-1 is the field separator, so MSH-n is element n-1 of the split segment (HL7 v2.5, 2.15.9).
Digits, letters and separators are ASCII in UTF-8 and GB 18030; a separator cannot be the trail
byte of a GB 18030 character unless it is above 0x40 (``|`` 0x7C, ``^`` 0x5E, ``\`` 0x5C are), so only
the fields in front of any Chinese text, and MSA, are read here.
"""

from __future__ import annotations

from datetime import datetime


def control_id(message: bytes) -> bytes:
    r"""MSH-10, by which an acknowledgement names its message; empty if there is none.

    >>> control_id(b"MSH|^~\\&|HIS|H1|HUB|X|20260105||ADT^A28|42|P|2.5\rPID|1")
    b'42'
    """
    return _field(message, 10)


def trigger(message: bytes) -> str:
    r"""Message code and trigger event of MSH-9.

    >>> trigger(b"MSH|^~\\&|HIS|H1|HUB|X|20260105||ADT^A28^ADT_A05|42|P|2.5")
    'ADT^A28'
    """
    between = message[4:5]
    parts = _field(message, 9).split(between)[:2] if between else []
    return b"^".join(parts).decode("ascii", "replace")


def acknowledged(answer: bytes) -> bytes:
    r"""MSA-2: the control id of the message that this acknowledges; empty if none.

    >>> acknowledged(b"MSH|^~\\&|||||||ACK|1|P|2.5\rMSA|AA|42")
    b'42'
    """
    separator = answer[3:4]
    for segment in answer.replace(b"\n", b"\r").split(b"\r"):
        if segment.startswith(b"MSA" + separator) and answer.startswith(b"MSH"):
            return (segment.split(separator) + [b"", b""])[2].strip()
    return b""


def refusal(head: bytes, *, now: datetime, reason: str) -> bytes:
    r"""An acknowledgement AR (HL7 v2.5, 2.9.2.2) of a message of which only ``head`` is known.

    >>> from datetime import UTC
    >>> refusal(b"MSH|^~\\&|HIS|||||", now=datetime(2026, 1, 5, tzinfo=UTC), reason="too big")
    b'MSH|^~\\&|||||20260105000000+0000||ACK|20260105000000000000|P|2.5\rMSA|AR||too big\r'
    """
    stamp = now.strftime("%Y%m%d%H%M%S%z").encode()
    own = now.strftime("%Y%m%d%H%M%S%f").encode()
    header = b"MSH|^~\\&|||||" + stamp + b"||ACK|" + own + b"|P|2.5"
    return header + b"\rMSA|AR|" + control_id(head) + b"|" + reason.encode("ascii") + b"\r"


def _field(message: bytes, number: int) -> bytes:
    if not message.startswith(b"MSH") or len(message) < 8:
        return b""
    segment = message.replace(b"\n", b"\r").partition(b"\r")[0]
    fields = segment.split(message[3:4])
    return fields[number - 1].strip() if len(fields) >= number else b""
