"""The birth message's mapping as somebody would write it by hand: the reference of S4.

The same fields, code lists, check digits, conditions and limits as
``mappings/files/hospital_adt_birth_record.yaml``, all problems of a record collected, and the
same shape checked at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from exchange.errors import Invalid
from mappings import codes, shapes
from mappings.identifiers import birth_certificate, gb32100

_SEX = codes.crosswalk("hl7_0001__gb_t_2261_1").pairs
_DIVISION = codes.scheme("gb_t_2260").spellings
_ID_TYPE = codes.scheme("cv02_01_101").spellings
_ETHNICITY = codes.scheme("gb_t_3304").spellings
_YES = {"Y": True, "N": False}

Problems = list[tuple[str, str]]
Segment = Mapping[str, str]
Convert = Callable[[str], Any]


def birth_record(message: Mapping[str, Segment], problems: Problems) -> dict[str, Any]:
    """The record; what is wrong goes into ``problems`` as code and path."""
    pid, zcs = message.get("PID", {}), message.get("ZCS", {})
    record: dict[str, Any] = {
        "certificate": _certificate(zcs, problems),
        "child": _child(pid, zcs, message.get("OBX", {}), problems),
        "mother": _parent(message.get("MTH", {}), "MTH", problems),
        "facility": {},
    }
    facility = record["facility"]
    _put(facility, "name", zcs, "3", ("ZCS", problems), _text)
    _put(facility, "uscc", zcs, "4", ("ZCS", problems), gb32100.validate)
    father = message.get("FTH", {})
    if father.get("2") or father.get("33.1"):
        record["father"] = _parent(father, "FTH", problems)
    if not problems:
        shapes.validate("birth-record", record)
    return record


def _certificate(zcs: Segment, problems: Problems) -> dict[str, Any]:
    told: dict[str, Any] = {}
    where = ("ZCS", problems)
    _put(told, "number", zcs, "1", where, birth_certificate.validate)
    _put(told, "issued_on", zcs, "2", where, _day)
    _put(told, "issuer", zcs, "3", where, _text)
    return told


def _child(pid: Segment, zcs: Segment, obx: Segment, problems: Problems) -> dict[str, Any]:
    told: dict[str, Any] = {}
    where = ("PID", problems)
    _put(told, "sex", pid, "8", where, _SEX.__getitem__)
    _put(told, "birth_date", pid, "7", where, _day)
    _put(told, "birth_time", pid, "7", where, _minute)
    _put(told, "order", pid, "25", where, _whole)
    _put(told, "multiple", pid, "24", where, _YES.__getitem__)
    place = told["birth_place"] = {}
    _put(place, "division", zcs, "5", ("ZCS", problems), _DIVISION.__getitem__)
    _put(place, "text", pid, "23", where, _text)
    measured = ("OBX", problems)
    _may(told, "weight_g", obx, "8339-4", measured, _whole)
    _may(told, "length_mm", obx, "89269-5", measured, _millimetres)
    _may(told, "gestation_days", obx, "11884-4", measured, _days)
    return told


def _parent(segment: Segment, name: str, problems: Problems) -> dict[str, Any]:
    told: dict[str, Any] = {}
    where = (name, problems)
    _put(told, "name", segment, "2", where, _text)
    _put(told, "id_type", segment, "33.5", where, _ID_TYPE.__getitem__)
    _put(told, "id_number", segment, "33.1", where, _text)
    _put(told, "nationality", segment, "19", where, _text)
    _may(told, "ethnicity", segment, "35", where, _ETHNICITY.__getitem__)
    return told


def _put(
    told: dict[str, Any],
    name: str,
    segment: Segment,
    number: str,
    where: tuple[str, Problems],
    convert: Convert,
) -> None:
    text = segment.get(number)
    if text is None or not text.strip():
        where[1].append(("missing", f"/{where[0]}/{number}"))
        return
    try:
        told[name] = convert(text)
    except (KeyError, ValueError, Invalid):
        where[1].append(("wrong", f"/{where[0]}/{number}"))


def _may(
    told: dict[str, Any],
    name: str,
    segment: Segment,
    number: str,
    where: tuple[str, Problems],
    convert: Convert,
) -> None:
    if (segment.get(number) or "").strip():
        _put(told, name, segment, number, where, convert)


def _text(text: str) -> str:
    clean = text.strip()
    if not clean.isprintable() or "\ufffd" in clean:
        raise ValueError
    return clean


def _day(text: str) -> str:
    return date(int(text[:4]), int(text[4:6]), int(text[6:8])).isoformat()


def _minute(text: str) -> str:
    hour, minute = text[8:10], text[10:12]
    if not ("00" <= hour <= "23" and "00" <= minute <= "59"):
        raise ValueError
    return f"{hour}:{minute}"


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError
    return int(text)


def _millimetres(text: str) -> int:
    whole, _, tenth = text.partition(".")
    if len(tenth) > 1:
        raise ValueError
    return _whole(whole) * 10 + _whole(tenth or "0")


def _days(text: str) -> int:
    weeks, _, days = text.partition(".")
    if days and days not in "0123456":
        raise ValueError
    return _whole(weeks) * 7 + _whole(days or "0")
