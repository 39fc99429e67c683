"""Messages of a hospital's system, read: a birth, the same told anew, or taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters import _er7, _hospital_birth
from exchange.errors import Invalid, Problem
from exchange.ports import Record
from mappings import compiler
from mappings.identifiers import birth_certificate

BIRTH_MAPPING = "hospital_adt_birth_record"


@dataclass(frozen=True, slots=True)
class Told:
    """What a message says: a birth record, new or corrected, or that one is taken back."""

    kind: str
    record: Record
    recorded_at: datetime | None
    """By the hospital's clock; its versions of one record are in this order."""


def read_message(er7: bytes) -> Told:
    """A birth (ADT^A28), a correction (A08) or a deletion (A29). Raises ``Invalid``."""
    message = _er7.parse(er7)
    at = _hospital_birth.recorded_at(message)
    if _hospital_birth.kind(message) != _hospital_birth.DELETION:
        return Told("birth-record", read_birth(er7), at)
    number = _hospital_birth.certificate(message)
    if not birth_certificate.is_valid(number):
        raise Invalid("hospital.missing-segment", path="ZCS")
    record = {"kind": "birth-record", "certificate": {"number": number}}
    return Told("revocation", record, at)


def read_birth(er7: bytes) -> Record:
    """The birth record in a message ADT^A28 or A08. Raises ``Invalid`` with every problem at once.

    Line feeds are taken for carriage returns; MSH-18 says the character set, and GB labels are
    read as GB 18030; ``/`` and ``""`` mean not stated; without a father there is no ``father``.
    """
    message = _er7.parse(er7)
    fields = _hospital_birth.fields(message)
    problems = message.problems
    record: Record = {}
    try:
        record = compiler.load(BIRTH_MAPPING).apply(fields)
    except Invalid as error:
        problems += (
            _told(problem) for problem in error.problems if not _of_absent(problem, fields)
        )
    if problems:
        raise Invalid.of(problems)
    return record


def _of_absent(problem: Problem, fields: Mapping[str, Any]) -> bool:
    """A missing field of a missing segment: the segment has been told already."""
    segment = str(problem.facts.get("path", "")).split("/")[1:2]
    return problem.code == "mapping.missing" and segment[0] not in fields


def _told(problem: Problem) -> Problem:
    path = _hospital_birth.place(str(problem.facts.get("path", "")))
    return Problem(problem.code, {**problem.facts, "path": path})
