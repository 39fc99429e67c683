"""Which wire names carry what, in the captured bytes of each kind of message.

Each function takes one captured body and gives its fields that are not empty: name, value.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from sandbox import mllp, police_wire, soap
from sandbox.oa_wire import arguments, read_draft

Pair = tuple[str, str]


def police(body: bytes) -> Iterator[Pair]:
    """Elements of the RECORD in a ``csdj``, whether or not the register took it.

    The inner declaration is cut off: a string that GBK cannot hold has been received as well.
    """
    call = soap.payload(body)
    if soap.local_name(call) == "csdj":
        text = police_wire.argument(call)
        record = soap.parse(text[text.find("?>") + 2 if "?>" in text else 0 :].encode())
        for field in record.iterfind("RECORD/*"):
            if value := (field.text or "").strip():
                yield soap.local_name(field), value


def insurance(body: bytes) -> Iterator[Pair]:
    """Members of ``input.data``, of enrolments and queries alike; comparing books names nobody.

    In 9105 they are the mother's, so there they have its number before them.
    """
    envelope = orjson.loads(body)
    number, data = envelope.get("infno"), envelope["input"]["data"]
    before = f"{number}." if number == "9105" else ""
    if number not in ("9104", "9106", "9107"):
        told = ((f"{before}{name}", value) for name, value in data.items())
        yield from ((name, str(value)) for name, value in told if value not in ("", None))


def oa(body: bytes, *, user: int) -> Iterator[Pair]:
    """Form fields in what ``user`` created or submitted."""
    call = soap.payload(body)
    who = {"doCreateWorkflowRequest": 1, "submitWorkflowRequest": 2}
    given, place = arguments(call), who.get(soap.local_name(call))
    if place is not None and given[place].text == str(user):
        yield from (pair for pair in read_draft(given[0]).fields.items() if pair[1])


def hospital(body: bytes) -> Iterator[Pair]:
    """``PID-7``, ``MTH-33.1`` (an NK1 by its relationship), ``8339-4`` (an OBX by its code)…"""
    for segment in filter(None, _decoded(mllp.unframe(body)).split("\r")):
        fields = segment.split("|")
        if fields[0] == "OBX":
            found = [(fields[3].split("^")[0], fields[5])]
        elif fields[0] in ("PID", "NK1", "ZCS"):
            found = list(_numbered(fields))
        else:
            continue
        yield from ((name, value) for name, value in found if value not in ("", "/"))


def _numbered(fields: list[str]) -> Iterator[Pair]:
    """Fields by number; those with further components than the first, by these."""
    name = fields[3].split("^")[0] if fields[0] == "NK1" else fields[0]
    for number, field in enumerate(fields[1:], 1):
        parts = field.split("^")
        if number == 33:  # NK1-33: number^^^^type
            yield from ((f"{name}-{number}.{at}", part) for at, part in enumerate(parts, 1))
        else:
            yield f"{name}-{number}", parts[0]


def _decoded(message: bytes) -> str:
    charset = message.split(b"\r")[0].split(b"|")[17:18]
    return message.decode("gb18030" if charset == [b"GB 18030-2000"] else "utf-8")
