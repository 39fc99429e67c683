"""The hospital: birth messages read and acknowledged, and signed birth records fetched.

Two sides of one system. On the hospital's own front-end machine the signer receives the HL7
message (``read_birth``, ``acknowledge``) and signs what it read with the hospital's key. The hub
asks the signer for the signed record by the number of the birth certificate (``birth_record``);
it never sees the message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from adapters import _endpoint, _er7, _hospital_birth
from adapters._hospital_ack import acknowledge
from connectors.reading import Reading
from exchange import document, pointer
from exchange.errors import Fatal, Invalid, Problem, Rejected, Retriable
from exchange.ports import (
    Answer,
    Arrival,
    Connector,
    Endpoint,
    Inputs,
    Operation,
    Prepared,
    Record,
)
from mappings import compiler
from mappings.identifiers import birth_certificate

__all__ = [
    "BIRTH_MAPPING",
    "BIRTH_RECORD",
    "OPTIONS",
    "Hospital",
    "acknowledge",
    "open_system",
    "read_birth",
    "read_message",
]

BIRTH_MAPPING = "hospital_adt_birth_record"

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "医院（院内签名机）",
    "description": "通过医院前置机上的签名机取得医院签名的出生记录。",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "timeout_s": {
            "title": "等待应答的秒数",
            "type": "number",
            "exclusiveMinimum": 0,
            "default": 30,
        },
    },
}

_TOLD = ("document", "kind")

BIRTH_RECORD = Operation(
    "birth_record",
    "出生医学记录核验",
    needs={"declaration": "birth-declaration"},
    gives="birth-record",
    effect=False,
    identity=("declaration/certificate/number",),
    idempotence="natural",
)
_QUERY, _CHANGES = "POST /query", "POST /changes"


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


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> Hospital:
    """The signer at ``endpoint.address``. ``options`` have passed ``OPTIONS``."""
    known = _endpoint.completed(OPTIONS, options)
    return Hospital(_endpoint.rest(known, endpoint, Reading(reads=frozenset({_QUERY, _CHANGES}))))


class Hospital:
    """Adapter over one hospital's signer."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    @property
    def operations(self) -> Mapping[str, Operation]:
        """``birth_record``."""
        return {"birth_record": BIRTH_RECORD}

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        """A question that carries the certificate's number and nothing else."""
        if operation != "birth_record":
            raise Fatal("hospital.no-such-operation", operation=operation)
        number = pointer.get(inputs["declaration"], "/certificate/number")
        if not number:
            raise Invalid("hospital.withheld", path="/declaration/certificate/number")
        identity = {"/certificate/number": number}
        return Prepared(operation, effect_key, {"kind": "birth-record", "identity": identity})

    def fetch(self, prepared: Prepared) -> Answer:
        """The hospital's signed document, as it signed it.

        A birth that is not recorded yet is neither a refusal nor a failure of the hospital's
        system: the message may come tomorrow, so the answer is ``waiting``.
        """
        try:
            reply = self._connector.call(_QUERY, prepared.body)
        except Rejected as error:
            if _says(error, 404, "no-such-document"):
                return Answer(error.raw, waiting=True)
            if _says(error, 410, "revoked"):
                raise Rejected("hospital.revoked").answered(error.raw) from None
            raise
        document = reply.value.get("document") if isinstance(reply.value, Mapping) else None
        if not isinstance(document, str) or not document:
            raise Retriable("hospital.unreadable-answer")
        return Answer(reply.raw, signed=document)

    def poll(self, stream: str, cursor: str) -> tuple[Sequence[Arrival], str]:
        """New versions, and revocations, of records that this hub has got; in the signer's order.

        ``stream`` is ``changes``.
        """
        if stream != "changes":
            raise Fatal("hospital.no-such-operation", operation=stream)
        reply = self._connector.call(_CHANGES, {"after": cursor or "0"})
        told = reply.value if isinstance(reply.value, Mapping) else {}
        found, after = told.get("documents"), told.get("next")
        if not isinstance(found, list) or not isinstance(after, str):
            raise Retriable("hospital.unreadable-answer")
        return [_change(each) for each in found], after

    def submit(self, prepared: Prepared) -> Answer:
        """Nothing is done in a hospital's system."""
        raise Fatal("hospital.no-such-operation", operation=prepared.operation)

    def probe(self, prepared: Prepared) -> Answer | None:
        """Nothing is done there, so nothing is to be asked after."""
        raise Fatal("hospital.no-such-operation", operation=prepared.operation)

    def close(self) -> None:
        """Close the wire."""
        self._connector.close()


def _change(each: Any) -> Arrival:
    signed, kind = (each.get(name) if isinstance(each, Mapping) else None for name in _TOLD)
    if not isinstance(signed, str) or not isinstance(kind, str):
        raise Retriable("hospital.unreadable-answer")
    key = document.digest(signed)
    raw = signed.encode()
    return Arrival(key, raw, kind, signed=signed, revoked=kind == "revocation")


def _says(error: Rejected, status: int, code: str) -> bool:
    """The signer's own word; a 404 of a wrong path or of a proxy says something else."""
    if error.facts.get("status") != status:
        return False
    try:
        told = orjson.loads(error.raw)
    except orjson.JSONDecodeError:
        return False
    return isinstance(told, Mapping) and told.get("code") == code
