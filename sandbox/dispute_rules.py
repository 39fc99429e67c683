"""What a dispute platform takes and lets its people write, field by field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox import resident_id, uscc
from sandbox.moments import is_date

TYPES = {
    "01": "劳动报酬",
    "02": "加班",
    "03": "解除终止",
    "04": "工伤",
    "05": "社会保险",
    "06": "劳动合同",
    "99": "其他",
}
"""Kinds of dispute, by the platform's code."""
ABOUT = {"dispute": "referralNo", "stop": "referralNo", "triage": "regNo", "verdict": "eventNo"}
"""What each kind of doing is about, by the field that says it."""
_SERIAL, _DISPUTE = "[0-9a-f]{32}", "LT-[0-9]{8}-[0-9A-F]{12}"
_FORMS: Mapping[str, Mapping[str, str]] = {
    "dispute": {
        "serialNo": _SERIAL,
        "referralNo": ".{1,64}",
        "disputeNo": _DISPUTE,
        "fromUnit": ".{1,64}",
        "eventCode": "[a-z-]{1,64}",
        "disputeType": "|".join(TYPES),
    },
    "stop": {"serialNo": _SERIAL, "orgSerialNo": _SERIAL, "referralNo": ".{1,64}"},
    "triage": {
        "serialNo": _SERIAL,
        "regNo": ".{1,64}",
        "disputeNo": _DISPUTE,
        "goesTo": "[a-z-]{1,64}",
    },
    "verdict": {
        "serialNo": _SERIAL,
        "eventNo": ".{1,64}",
        "disputeNo": _DISPUTE,
        "accepted": "0|1",
        "status": ".{1,400}",
    },
    "registration": {"regNo": "[0-9A-Za-z_-]{1,64}", "disputeType": "|".join(TYPES)},
    "event": {"eventNo": "[0-9A-Za-z_-]{1,64}", "eventCode": ".{1,64}", "disputeNo": ".{1,64}"},
}
_TIMES = {"referTime": "%Y-%m-%d %H:%M:%S", "time": "%Y-%m-%d %H:%M:%S", "regDate": "%Y-%m-%d"}
_PARTIES = ("worker", "employer")


def complaint(kind: str, given: Mapping[str, Any]) -> str:
    """Why it is not taken; empty if nothing is wrong."""
    return next(_complaints(kind, given), "")


def about(kind: str, given: Mapping[str, Any]) -> str:
    """The number of what it is about."""
    return str(given[ABOUT[kind]])


def _complaints(kind: str, given: Mapping[str, Any]) -> Iterator[str]:
    for name, form in _FORMS[kind].items():
        if not re.fullmatch(form, str(given.get(name, ""))):
            yield f"{name}不符合要求"
    for name in _TIMES.keys() & given.keys():
        if not is_date(str(given[name]), _TIMES[name]):
            yield f"{name}不符合要求"
    if kind == "registration":
        yield from _people(given)
    if kind == "dispute":
        yield from _people(given["material"]) if "material" in given else ()
        yield from _offers(given.get("offers", ()))


def _people(given: Mapping[str, Any]) -> Iterator[str]:
    """Both parties have names, and numbers that can be right."""
    for party in _PARTIES:
        if not dict(given.get(party, {})).get("name"):
            yield f"{party}.name不符合要求"
    number, code = (
        dict(given.get(p, {})).get(n) for p, n in zip(_PARTIES, ("idNo", "uscc"), strict=True)
    )
    if number is not None and not resident_id.is_valid(str(number)):
        yield "worker.idNo不符合要求"
    if code is not None and not uscc.is_valid(str(code)):
        yield "employer.uscc不符合要求"


def _offers(given: Any) -> Iterator[str]:
    if not all(each.get("by") in ("1", "2") and each.get("text") for each in given):
        yield "offers不符合要求"
