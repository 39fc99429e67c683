"""What a birth message says, field by field, before any of it is mapped.

Segments as agreed with the hospital (HL7 v2.5): PID the child, NK1 its mother and father in any
order, OBX what was measured, ZCS (site-defined) the birth certificate. Twins are two messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from adapters._er7 import Message, Segment
from exchange.errors import Problem

Fields = Mapping[str, Mapping[str, str]]

MESSAGES = (("ADT", "A28"), ("ADT", "A08"))
"""A birth is told, or told anew: each is the whole of it (HL7 v2.5, 3.3.8 and 3.3.28)."""
DELETION = ("ADT", "A29")
"""What was told is taken back (HL7 v2.5, 3.3.29)."""
REQUIRED = ("PID", "MTH", "ZCS")
UNITS: Mapping[str, str] = {"8339-4": "g", "89269-5": "cm", "11884-4": "wk+d"}
"""LOINC code of OBX-3 → the unit agreed for it: weight, length, gestational age."""
_STAMP = re.compile(r"([0-9]{14})(\.[0-9]{1,4})?([+-][0-9]{4})?")
_PARENTS = ("MTH", "FTH")
_PID, _PID_REFERENCES = (7, 8, 23, 24, 25, 29), (3, 5, 21)
_ZCS = (1, 2, 3, 4, 5, 6, 7)


def fields(message: Message) -> Fields:
    """Stated fields by segment and number; what cannot be told goes to ``message.problems``."""
    if kind(message) not in MESSAGES:
        message.problems.append(Problem("hospital.unexpected-message", {"path": "MSH-9"}))
    found = {
        "PID": _stated(_pid(segment) for segment in _one(message, "PID")),
        "ZCS": _stated(_numbered(segment, _ZCS) for segment in _one(message, "ZCS")),
        "OBX": _observations(message),
        **_parents(message),
    }
    there = {name: content for name, content in found.items() if content}
    message.problems.extend(
        Problem("hospital.missing-segment", {"path": _name(name)})
        for name in REQUIRED
        if name not in there
    )
    return there


def kind(message: Message) -> tuple[str, str]:
    """Type and trigger event (MSH-9)."""
    return message.header.text(9), message.header.text(9, 2)


def recorded_at(message: Message) -> datetime | None:
    """When the hospital wrote it down (EVN-2, HL7 type TS): its own order of what it says.

    Without an offset it is China's time; None if it tells no second.
    """
    segments = message.named("EVN")
    found = _STAMP.fullmatch(segments[0].text(2)) if segments else None
    if found is None:
        return None
    second, fraction, offset = found.groups()
    text = f"{second}{(fraction or '.0').ljust(7, '0')}{offset or '+0800'}"
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S.%f%z")
    except ValueError:
        return None


def certificate(message: Message) -> str:
    """The number of the birth certificate that the message is about (ZCS-1)."""
    segments = message.named("ZCS")
    return segments[0].whole(1) if segments else ""


def place(path: str) -> str:
    """A mapping's path as the people of a hospital's system call the field.

    >>> place("/PID/7"), place("/MTH/33.1"), place("/OBX/8339-4"), place("/child/sex")
    ('PID-7', 'NK1(MTH)-33.1', 'OBX(8339-4)-5', '/child/sex')
    """
    _, segment, field = (*path.split("/"), "", "")[:3]
    if segment == "OBX" and field:
        return f"OBX({field})-5"
    if segment in {"PID", "ZCS", *_PARENTS}:
        return f"{_name(segment)}-{field}" if field else _name(segment)
    return path


def _name(segment: str) -> str:
    return f"NK1({segment})" if segment in _PARENTS else segment


def _one(message: Message, name: str) -> list[Segment]:
    found = message.named(name)
    if len(found) > 1:
        message.problems.append(Problem("hospital.repeated-segment", {"path": name}))
    return found[:1]


def _stated(pairs: Iterator[dict[str, str]]) -> dict[str, str]:
    return {name: text for content in pairs for name, text in content.items() if text}


def _pid(segment: Segment) -> dict[str, str]:
    references = {str(number): segment.first(number) for number in _PID_REFERENCES}
    return _numbered(segment, _PID) | references


def _numbered(segment: Segment, numbers: tuple[int, ...]) -> dict[str, str]:
    return {str(number): segment.whole(number) for number in numbers}


def _parents(message: Message) -> dict[str, dict[str, str]]:
    """NK1 by NK1-3; other relatives are none of a birth certificate's business."""
    found: dict[str, dict[str, str]] = {}
    for segment in message.named("NK1"):
        relation = segment.text(3)
        if relation in found:
            path = _name(relation)
            message.problems.append(Problem("hospital.repeated-segment", {"path": path}))
        elif relation in _PARENTS:
            found[relation] = _stated(iter([_parent(segment)]))
    return found


def _parent(segment: Segment) -> dict[str, str]:
    return {
        "2": segment.whole(2),
        "19": segment.text(19),
        "33.1": segment.text(33),
        "33.5": segment.text(33, 5),
        "35": segment.text(35),
    }


def _observations(message: Message) -> dict[str, str]:
    found: dict[str, str] = {}
    for segment in message.named("OBX"):
        code = segment.text(3)
        if code not in UNITS or not segment.text(5):
            continue
        path = place(f"/OBX/{code}")
        if code in found:
            message.problems.append(Problem("hospital.repeated-segment", {"path": path}))
        if segment.text(6) != UNITS[code]:
            facts = {"path": path, "unit": UNITS[code]}
            message.problems.append(Problem("hospital.unexpected-unit", facts))
        found[code] = segment.text(5)
    return found
