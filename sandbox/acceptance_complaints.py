"""What the platform of the owners takes and lets them write, field by field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox import uscc
from sandbox.moments import is_date

ABOUT = {
    "plan": "acceptanceNo",
    "verdict": "eventNo",
    "paper": "paperNo",
    "collected": "paperNo",
}
"""What each kind of doing is about, by the field that says it."""
_SERIAL, _ACCEPTANCE, _SM3 = "[0-9a-f]{32}", "YS-[0-9]{8}-[0-9A-F]{12}", "[0-9a-f]{64}"
_CODE = "[0-9]{4}-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6}"
_BUILDING = {"projectCode": _CODE, "buildingNo": "[0-9A-Za-z-]{1,32}"}
_PAPER = {
    "serialNo": _SERIAL,
    "paperNo": ".{1,128}",
    "acceptanceNo": _ACCEPTANCE,
    "title": ".{1,100}",
    "receiptNo": ".{1,64}",
    "sm3": _SM3,
    **_BUILDING,
}
_FORMS: Mapping[str, Mapping[str, str]] = {
    "plan": {
        "serialNo": _SERIAL,
        "acceptanceNo": _ACCEPTANCE,
        "items": "(?s).+",
        "materials": "(?s).+",
        **_BUILDING,
    },
    "verdict": {
        "serialNo": _SERIAL,
        "eventNo": ".{1,64}",
        "acceptanceNo": _ACCEPTANCE,
        "accepted": "0|1",
        "status": "(?s).{1,1000}",
    },
    "paper": _PAPER,
    "collected": _PAPER,
    "project": {
        "registerNo": "[0-9A-Za-z_-]{1,64}",
        "constructionPermitNo": ".{1,100}",
        **_BUILDING,
    },
    "event": {
        "eventNo": "[0-9A-Za-z_-]{1,64}",
        "acceptanceNo": ".{1,64}",
        "eventCode": "submitted|fixed|withdrawn",
    },
}
_TIMES = {
    "time": "%Y-%m-%d %H:%M:%S",
    "sealTime": "%Y-%m-%d %H:%M:%S",
    "date": "%Y-%m-%d",
}
_PARTIES = ("owner", "builder", "designer", "supervisor")
_FURTHER = ("tester", "fireInstaller", "defenceInstaller")


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
    if kind == "project":
        yield from _parties(given)
    for each in given.get("materials", ()) if kind == "event" else ():
        if not each.get("code") or not re.fullmatch(_SM3, str(each.get("sm3", ""))):
            yield "materials不符合要求"


def _parties(given: Mapping[str, Any]) -> Iterator[str]:
    """Whoever must answer for a building is named, with a number that can be right."""
    for name in (*_PARTIES, *(each for each in _FURTHER if each in given)):
        party = dict(given.get(name, {}))
        if not party.get("name") or not uscc.is_valid(str(party.get("uscc", ""))):
            yield f"{name}不符合要求"
