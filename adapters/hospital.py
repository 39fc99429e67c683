"""The hospital: birth messages read and acknowledged, and signed birth records fetched.

Two sides of one system. On the hospital's own front-end machine the signer receives the HL7
message (``read_birth``, ``acknowledge``) and signs what it read with the hospital's key. The hub
asks the signer for the signed record by the number of the birth certificate (``birth_record``);
it never sees the message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapters import _endpoint, _hospital_answer, _hospital_gate
from adapters._hospital_ack import acknowledge
from adapters._hospital_gate import GateLine
from adapters._hospital_reading import BIRTH_MAPPING, Told, read_birth, read_message
from connectors.reading import Reading
from exchange import pointer
from exchange.errors import Fatal, Forbidden, Invalid, Rejected, Retriable
from exchange.ports import (
    Answer,
    Arrival,
    Connector,
    Endpoint,
    Inputs,
    Operation,
    Prepared,
)

__all__ = [
    "BIRTH_MAPPING",
    "BIRTH_RECORD",
    "OPTIONS",
    "Hospital",
    "Told",
    "acknowledge",
    "open_system",
    "read_birth",
    "read_message",
]

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
        "gate": _hospital_gate.OPTIONS,
    },
}

BIRTH_RECORD = Operation(
    "birth_record",
    "出生医学记录核验",
    needs={"declaration": "birth-declaration"},
    gives="birth-record",
    effect=False,
    identity=("declaration/certificate/number",),
    idempotence="natural",
)
_QUERY = "POST /query"
_LISTS = {"changes": "POST /changes", "births": "POST /births"}
"""Stream → call."""


def streams(_: Mapping[str, Any]) -> Mapping[str, str]:
    """Stream → the kind of document that its messages give."""
    return dict.fromkeys(_LISTS, BIRTH_RECORD.gives)


def requests(_: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """A query carries what identifies the birth and nothing else."""
    return {BIRTH_RECORD.name: ()}


def wire(options: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Alias and settings of the wire that these options mean."""
    if "gate" in options:
        return "gate", _hospital_gate.settings(options["gate"])
    return "rest", _endpoint.completed(OPTIONS, options)


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> Hospital:
    """The signer at ``endpoint.address``. ``options`` have passed ``OPTIONS``."""
    if "gate" in options:
        return AcrossGate(GateLine(options["gate"], endpoint))
    known = _endpoint.completed(OPTIONS, options)
    return Hospital(
        _endpoint.rest(known, endpoint, Reading(reads=frozenset({_QUERY, *_LISTS.values()})))
    )


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
            if _hospital_answer.says(error, 404, "no-such-document"):
                return Answer(error.raw, waiting=True)
            if _hospital_answer.says(error, 410, "revoked"):
                raise Rejected("hospital.revoked").answered(error.raw) from None
            raise
        document = reply.value.get("document") if isinstance(reply.value, Mapping) else None
        if not isinstance(document, str) or not document:
            raise Retriable("hospital.unreadable-answer")
        return Answer(reply.raw, signed=document)

    def poll(self, stream: str, cursor: str) -> tuple[Sequence[Arrival], str]:
        """``changes``: new versions, and revocations, of records that this hub has got; ``births``: new
        records, if the hospital's signer announces them to this hub. In the signer's order.
        """
        if stream not in _LISTS:
            raise Fatal("hospital.no-such-operation", operation=stream)
        try:
            reply = self._connector.call(_LISTS[stream], {"after": cursor or "0"})
        except Rejected as error:
            if _hospital_answer.says(error, 403, "not-announced"):
                raise Forbidden("hospital.not-announced") from None
            if _hospital_answer.says(error, 409, "beyond"):
                raise Rejected("hospital.log-shorter") from None
            raise
        return _hospital_answer.arrivals(reply.value)

    def submit(self, prepared: Prepared) -> Answer:
        """Nothing is done in a hospital's system."""
        raise Fatal("hospital.no-such-operation", operation=prepared.operation)

    def probe(self, prepared: Prepared) -> Answer | None:
        """Nothing is done there, so nothing is to be asked after."""
        raise Fatal("hospital.no-such-operation", operation=prepared.operation)

    def close(self) -> None:
        """Close the wire."""
        self._connector.close()


class AcrossGate(Hospital):
    """The same where only files come through (``adapters._hospital_gate``)."""

    def __init__(self, line: GateLine) -> None:
        self._line = line

    def fetch(self, prepared: Prepared) -> Answer:
        """Nothing can be asked: a birth comes by itself, if the hospital announces it to us."""
        return Answer(b"", waiting=True)

    def poll(self, stream: str, cursor: str) -> tuple[Sequence[Arrival], str]:
        """The same documents as the signer answers to whom it hears."""
        if stream not in _LISTS:
            raise Fatal("hospital.no-such-operation", operation=stream)
        return self._line.poll(stream, cursor)

    def settle(self, stream: str, keys: Sequence[str]) -> None:
        """These are ours: the signer gets its receipt."""
        self._line.settle(stream, keys)

    def close(self) -> None:
        """Close the wire."""
        self._line.close()
