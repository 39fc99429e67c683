"""The birth register of public security: one string of XML in, one string out, over SOAP.

Registering a birth gives a person the number of a lifetime, so it is irreversible and always
probed before it is repeated: the register does not recognise a repetition, a second call makes
a second row. ``postid`` carries our effect key, and ``csdjcx`` finds the row by it. Amending and
cancelling (``csdjbg``, ``csdjzx``) are inferred: they name the registration by its ``postid``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from adapters import _endpoint, _fact, _police_books, _police_record, _police_wire, _question
from adapters._police_wire import Row
from connectors.reading import Reading
from exchange.errors import Fatal, Invalid, Rejected, Unknown
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
from mappings import compiler

OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "公安出生登记",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "wsdl": {
            "title": "WSDL 文件",
            "description": "相对于站点目录的路径；只从文件读取，运行时不从网络下载。",
            "type": "string",
            "default": "wsdl/BirthRegisterService.wsdl",
        },
        "path": {
            "title": "服务路径",
            "type": "string",
            "pattern": "^/",
            "default": "/services/BirthRegister",
        },
        "timeout_s": {
            "title": "等待应答的秒数",
            "type": "number",
            "exclusiveMinimum": 0,
            "default": 30,
        },
        "settle_s": {
            "title": "失联后的等待秒数",
            "description": "应答丢失后，对方可能仍在处理；超过此时间才查询是否已登记。",
            "type": "number",
            "minimum": 0,
            "default": 30,
        },
    },
}

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
_CALLS = {"register_birth": "csdj", "amend_birth": "csdjbg", "revoke_birth": "csdjzx"}


READING = Reading(
    faults={"Server": Unknown, "Receiver": Unknown}, reads=frozenset({"csdjcx", "csdjdz"})
)
"""A fault of the server may come after its commit (SOAP 1.1, 4.4.1); asking changes nothing."""


def requests(_: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """Operation → the mapping that makes its request."""
    made = (_police_record.MAPPING,)
    return {"register_birth": made, "amend_birth": made, "revoke_birth": ()}


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> PublicSecurity:
    """The birth register at ``endpoint.address``. ``options`` have passed ``OPTIONS``."""
    known = _endpoint.completed(OPTIONS, options)
    wire = _endpoint.soap(known, endpoint, READING)
    return PublicSecurity(wire, timedelta(seconds=known["settle_s"]))


class PublicSecurity:
    """Adapter over one birth register."""

    def __init__(self, connector: Connector, settle: timedelta = REGISTER_BIRTH.settle) -> None:
        self._connector = connector
        known = (REGISTER_BIRTH, AMEND_BIRTH, REVOKE_BIRTH)
        self._operations = {each.name: replace(each, settle=settle) for each in known}

    @property
    def operations(self) -> Mapping[str, Operation]:
        """``register_birth``, and ``amend_birth`` and ``revoke_birth`` for what it registered."""
        return self._operations

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        """The register's XML for one child. Raises ``Invalid`` with everything that is wrong."""
        if operation not in self._operations:
            raise Fatal("police.no-such-operation", operation=operation)
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
        with _question.asking():
            reply = self._connector.call("csdjcx", {"arg0": asked})
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
            return _registered(row, raw, prepared)
        if row.code == "9":
            return None
        raise _refusal(row, raw)

    def fetch(self, prepared: Prepared) -> Answer:
        """The register is asked only about what we registered: by ``probe``."""
        raise Fatal("police.no-such-operation", operation=prepared.operation)

    @property
    def booked(self) -> frozenset[str]:
        """Registrations and refusals alike: ``csdjdz`` lists both."""
        return frozenset({"register_birth"})

    def books(self, operation: str, since: datetime, until: datetime) -> Iterator[BookEntry]:
        """What the register decided in the span. ``Retriable`` if its list is not whole."""
        if operation not in self.booked:
            raise Fatal("police.no-such-operation", operation=operation)
        return _police_books.read(self._connector, since, until)

    def close(self) -> None:
        """Close the wire."""
        self._connector.close()


def _registered(row: Row, raw: bytes, prepared: Prepared) -> Answer:
    """The child's number. The row exists, so what can't be read of it is ``Unknown``."""
    if row.fields.get("CSZMBH") != prepared.body["certificate"]:
        raise Unknown("police.answer-about-another", field="CSZMBH")
    mapping = compiler.load("police_answer_citizen_id")
    try:
        record = mapping.apply({**row.fields, "sid": row.serial})
    except Invalid as error:
        path = error.facts.get("path", "")
        raise Unknown("police.answer-not-understood", problem=error.code, path=path) from None
    return Answer(raw, row.serial, record, mapping_digest=mapping.digest)


def _refusal(row: Row, raw: bytes) -> Rejected | Unknown:
    """``1``: an officer said no, with a text for the family; ``-2``: bad data."""
    if row.code == "1":
        result = _fact.code(row.fields.get("KSTBSHJGDM", ""))
        reason = row.fields.get("BYLH_JYQK", "") or row.message
        return Rejected("police.refused", result=result).answered(raw, reason)
    if row.code == "-2":
        return Rejected("police.bad-data").answered(raw, row.message)
    return Unknown("police.unknown-code", code=_fact.code(row.code))
