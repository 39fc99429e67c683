"""The birth register of public security: one string of XML in, one string out, over SOAP.

Registering a birth gives a person the number of a lifetime, so it is irreversible and always
probed before it is repeated: the register does not recognise a repetition, a second call makes
a second row. ``postid`` carries our effect key, and ``csdjcx`` finds the row by it. Amending and
cancelling (``csdjbg``, ``csdjzx``) are inferred: they name the registration by its ``postid``. A first
identity card is applied for in the same style (``_police_card``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from adapters import (
    _endpoint,
    _police_answer,
    _police_books,
    _police_card,
    _police_record,
    _police_wire,
    _question,
)
from adapters._police_card import APPLY_IDENTITY_CARD
from adapters._police_options import OPTIONS
from connectors.reading import Reading
from exchange.errors import Fatal, Rejected, Unknown
from exchange.ports import (
    ROOT,
    Answer,
    BookEntry,
    Connector,
    Endpoint,
    Inputs,
    Operation,
    Prepared,
)

__all__ = [
    "AMEND_BIRTH", "APPLY_IDENTITY_CARD", "OPTIONS", "REGISTER_BIRTH", "REVOKE_BIRTH",
    "PublicSecurity", "declared", "open_system",
]  # fmt: skip

REGISTER_BIRTH = Operation(
    "register_birth",
    "出生登记",
    needs={"birth": "birth-record", "declaration": "birth-declaration"},
    gives="citizen-id",
    identity=("birth/certificate/number",),
    idempotence="probe",
    irreversible=True,
)
AMEND_BIRTH = replace(
    REGISTER_BIRTH,
    name="amend_birth",
    title="出生登记变更",
    amends="register_birth",
)
REVOKE_BIRTH = replace(
    REGISTER_BIRTH,
    needs={"birth": "birth-record"},
    name="revoke_birth",
    title="出生登记注销",
    gives="",
    revokes="register_birth",
)
_CALLS = {
    "register_birth": "csdj",
    "amend_birth": "csdjbg",
    "revoke_birth": "csdjzx",
    APPLY_IDENTITY_CARD.name: _police_card.CALL,
}
_QUESTIONS = {APPLY_IDENTITY_CARD.name: _police_card.QUESTION}
"""Operation → how it is asked after, if not as a registration (``csdjcx``)."""
_LISTS = {"register_birth": "csdjdz", APPLY_IDENTITY_CARD.name: _police_card.LIST}
_ASKS = frozenset({"csdjcx", _police_card.QUESTION, *_LISTS.values()})

READING = Reading(faults={"Server": Unknown, "Receiver": Unknown}, reads=_ASKS)
"""A fault of the server may come after its commit (SOAP 1.1, 4.4.1); asking changes nothing."""


def declared(options: Mapping[str, Any]) -> dict[str, Operation]:
    """What this register does, with its time to settle."""
    known = _endpoint.completed(OPTIONS, options)
    births = (REGISTER_BIRTH, AMEND_BIRTH, REVOKE_BIRTH)
    all_of_it = (*births, APPLY_IDENTITY_CARD) if known["identity_cards"] else births
    settle = timedelta(seconds=known["settle_s"])
    return {each.name: replace(each, settle=settle) for each in all_of_it}


def requests(_: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """Operation → the mapping that makes its request."""
    made = (_police_record.MAPPING,)
    births = {"register_birth": made, "amend_birth": made, "revoke_birth": ()}
    return {**births, APPLY_IDENTITY_CARD.name: (_police_card.REQUEST,)}


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> PublicSecurity:
    """The birth register at ``endpoint.address``. ``options`` have passed ``OPTIONS``."""
    known = _endpoint.completed(OPTIONS, options)
    wire = _endpoint.soap(known, endpoint, READING)
    return PublicSecurity(wire, declared(options))


class PublicSecurity:
    """Adapter over one birth register."""

    def __init__(
        self, connector: Connector, operations: Mapping[str, Operation] | None = None
    ) -> None:
        self._connector = connector
        self._operations = dict(declared({}) if operations is None else operations)

    @property
    def operations(self) -> Mapping[str, Operation]:
        """Registering a birth, amending and revoking it; and a first identity card."""
        return self._operations

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        """The register's XML for one child. Raises ``Invalid`` with everything that is wrong."""
        if operation not in self._operations:
            raise Fatal("police.no-such-operation", operation=operation)
        if operation == APPLY_IDENTITY_CARD.name:
            return _police_card.prepared(inputs, effect_key)
        if operation == "revoke_birth":
            fields, digest = _police_record.only_identity(inputs, effect_key), ""
        else:
            fields, digest = _police_record.of(inputs, effect_key)
        if self._operations[operation].corrects:
            fields["ypostid"] = inputs[ROOT]["effect"]
        body = {"arg0": _police_wire.request(fields), "certificate": fields["cszmbh"]}
        return Prepared(operation, effect_key, body, digest)

    def submit(self, prepared: Prepared) -> Answer:
        """Register, amend or cancel. ``Rejected`` carries the register's reason for the window."""
        call = _CALLS[prepared.operation]
        reply = self._connector.call(call, {"arg0": prepared.body["arg0"]})
        answer = self._read(reply.value, reply.raw, prepared)
        if answer is None:
            raise Unknown("police.unreadable-answer", operation=call)
        return answer

    def probe(self, prepared: Prepared) -> Answer | None:
        """What the register has under our ``postid``; None when it has nothing.

        That the question's own data is bad (code −2) says nothing about the birth.
        """
        asked = _police_wire.request({"postid": prepared.effect_key})
        question = _QUESTIONS.get(prepared.operation, "csdjcx")
        with _question.asking():
            reply = self._connector.call(question, {"arg0": asked})
        try:
            return self._read(reply.value, reply.raw, prepared)
        except Rejected as error:
            if error.code != "police.bad-data":
                raise
            raise Unknown("police.query-refused") from None

    def _read(self, value: Any, raw: bytes, prepared: Prepared) -> Answer | None:
        try:
            rows = _police_wire.answer(value)
        except _police_wire.UnreadableAnswerError:
            raise Unknown("police.unreadable-answer", operation=prepared.operation) from None
        row = next((row for row in rows if row.code == "0"), rows[0])
        if row.code == "0":
            is_card = prepared.operation == APPLY_IDENTITY_CARD.name
            return (_police_card.accepted if is_card else _police_answer.registered)(
                row, raw, prepared
            )
        if row.code == "9":
            return None
        raise _police_answer.refusal(row, raw)

    def fetch(self, prepared: Prepared) -> Answer:
        """The register is asked only about what we registered: by ``probe``."""
        raise Fatal("police.no-such-operation", operation=prepared.operation)

    @property
    def booked(self) -> frozenset[str]:
        """Registrations and refusals alike (``csdjdz``), and applications for a card (``sfzsldz``)."""
        return frozenset(_LISTS) & self._operations.keys()

    def books(self, operation: str, since: datetime, until: datetime) -> Iterator[BookEntry]:
        """What the register decided in the span. ``Retriable`` if its list is not whole."""
        if operation not in self.booked:
            raise Fatal("police.no-such-operation", operation=operation)
        return _police_books.read(self._connector, since, until, _LISTS[operation])

    def close(self) -> None:
        """Close the wire."""
        self._connector.close()
