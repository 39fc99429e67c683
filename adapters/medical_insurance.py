"""The medical-insurance platform: one JSON envelope for everything, told apart by ``infno``.

Enrolling a person is not in the published interfaces (it is internal to the insurance centres,
dossier C6): numbers ``9101`` (enrol), ``9102`` (change) and ``9103`` (end) and their fields are this
project's own, in the published style, and are to be replaced by what the centre gives; ``evtsn`` in
``9101`` carries our effect key, and ``9104`` lists enrolments by it, in the manner of the published
``3202`` (对明细账). ``1101`` (person query) is published. The platform
does not recognise a repetition, so an enrolment is probed by ``1101`` before it is repeated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from adapters import _endpoint, _insurance_books, _insurance_person, _question
from adapters._insurance_envelope import (
    Outcome,
    Question,
    Sender,
    UnreadableAnswerError,
    envelope,
    outcome,
)
from adapters._insurance_options import OPTIONS
from adapters._insurance_settings import Settings
from connectors.reading import Reading
from exchange.errors import Fatal, Rejected, Retriable, Unknown
from exchange.ports import (
    Answer,
    BookEntry,
    Clock,
    Connector,
    Endpoint,
    Inputs,
    Operation,
    Prepared,
    Reply,
)
from mappings import compiler

__all__ = ["ENROL", "OPTIONS", "MedicalInsurance", "Settings", "open_system"]

CALL = "POST /fsi/api/rsfComIfsService/callService/"
ENROLMENT, DETAILS, PERSON = "9101", "9104", _insurance_person.QUERY

MAPPING = "citizen_declaration_insurance_input"
ENROL = Operation(
    "enrol",
    "城乡居民参保登记",
    needs={"citizen": "citizen-id", "declaration": "birth-declaration"},
    gives="insurance-enrolment",
    identity=("citizen/citizen_id",),
    idempotence="probe",
)
AMEND = replace(ENROL, name="amend_enrolment", title="参保信息变更", amends="enrol")
REVOKE = replace(
    ENROL,
    name="revoke_enrolment",
    title="参保登记撤销",
    needs={"citizen": "citizen-id"},
    gives="",
    revokes="enrol",
    idempotence="none",
)
_KNOWN: Mapping[str, tuple[Operation, str]] = {
    "enrol": (ENROL, ENROLMENT),
    "amend_enrolment": (AMEND, "9102"),
    "revoke_enrolment": (REVOKE, "9103"),
}
"""Operation → what the core knows of it, and the number of its interface."""


def requests(_: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """Operation → the mapping that makes its request."""
    return {"enrol": (MAPPING,), "amend_enrolment": (MAPPING,), "revoke_enrolment": ()}


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> MedicalInsurance:
    """The platform at ``endpoint.address``; ``endpoint.extra["secret"]`` is the signing key."""
    if not endpoint.extra.get("secret"):
        raise Fatal("insurance.no-secret", extra="secret")
    known = _endpoint.completed(OPTIONS, options)
    sender = Sender(**{name: known[name] for name in Sender.__dataclass_fields__})
    texts = {name: known[name] for name in Settings.__dataclass_fields__ if name.endswith("_texts")}
    wire = _endpoint.rest(
        known, endpoint, Reading(reads=frozenset({CALL + PERSON, CALL + DETAILS}))
    )
    settings = Settings(sender, endpoint.extra["secret"], **texts)
    return MedicalInsurance(wire, settings, endpoint.clock)


class MedicalInsurance:
    """Adapter over one insurance platform."""

    def __init__(self, connector: Connector, settings: Settings, clock: Clock) -> None:
        self._connector, self._settings, self._clock = connector, settings, clock

    @property
    def operations(self) -> Mapping[str, Operation]:
        """``enrol``, and ``amend_enrolment`` and ``revoke_enrolment`` for what it enrolled."""
        return {name: operation for name, (operation, _) in _KNOWN.items()}

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        """The data of an enrolment; the envelope is made when it is sent, since it tells the time.

        Raises ``Invalid`` with everything that is wrong.
        """
        if operation not in _KNOWN:
            raise Fatal("insurance.no-such-operation", operation=operation)
        if operation == "revoke_enrolment":
            return Prepared(operation, effect_key, _insurance_person.only_identity(inputs))
        mapping = compiler.load(MAPPING)
        source = {"citizen": inputs["citizen"], "declaration": inputs["declaration"]}
        return Prepared(operation, effect_key, dict(mapping.apply(source)), mapping.digest)

    def submit(self, prepared: Prepared) -> Answer:
        """Enrol, amend or end. ``Rejected`` carries the platform's text."""
        data, number = prepared.body, _KNOWN[prepared.operation][1]
        if number == ENROLMENT:
            data = data | {"evtsn": prepared.effect_key}
        place = data.get("insuplc_admdvs", "")
        reply, told = self._call(Question(number, data, place), prepared)
        if not told.accepted:
            raise self._refusal(told, reply)
        if prepared.operation == "revoke_enrolment":
            return Answer(reply.raw, told.reference)
        return _insurance_person.enrolled(reply, told.output, prepared)

    def probe(self, prepared: Prepared) -> Answer | None:
        """The person's enrolment of this kind at this place, if the platform has one.

        An amendment has been made if the platform says of the person what we say. Whether an
        insurance was ended can't be asked by number alone: a person finds out (class ``none``).
        """
        data = prepared.body
        asked = {name: data[name] for name in ("psn_cert_type", "certno", "psn_name")}
        with _question.asking():
            reply, told = self._call(Question(PERSON, asked), prepared)
        if not told.accepted:
            self._unanswered(told)
            return None
        if prepared.operation == "amend_enrolment" and not _insurance_person.is_amended(
            told.output, data
        ):
            return None
        wanted = {name: data[name] for name in ("insutype", "insuplc_admdvs")}
        for row in _insurance_person.rows(told.output):
            if all(str(row.get(name)) == value for name, value in wanted.items()):
                found = {"certno": data["certno"], **row}
                return _insurance_person.enrolled(reply, found, prepared)
        return None

    def _call(self, question: Question, prepared: Prepared) -> tuple[Reply, Outcome]:
        body = envelope(
            question,
            self._settings.sender,
            at=self._clock(),
            effect_key=prepared.effect_key,
            secret=self._settings.secret,
        )
        reply = self._connector.call(CALL + question.number, body)
        try:
            return reply, outcome(reply.value)
        except UnreadableAnswerError:
            raise Unknown("insurance.unreadable-answer", infno=question.number) from None

    def _refusal(self, told: Outcome, reply: Reply) -> Rejected | Retriable | Unknown | Fatal:
        rejected = Rejected("insurance.refused").answered(reply.raw, told.text)
        return self._settings.trouble(told.text) or rejected

    def _unanswered(self, told: Outcome) -> None:
        """The query was answered with −1: only words that are agreed upon mean "not enrolled".

        Anything else is about the question (no such institution, no such interface, a name that
        differs): taken for "not there" it would enrol twice, for "refused" it would lose an effect.
        """
        trouble = self._settings.trouble(told.text)
        if trouble is None and not self._settings.says_absent(told.text):
            trouble = Unknown("insurance.query-refused", infno=PERSON)
        if trouble is not None:
            raise trouble

    def fetch(self, prepared: Prepared) -> Answer:
        """The platform is asked only about what we enrolled: by ``probe``."""
        raise Fatal("insurance.no-such-operation", operation=prepared.operation)

    @property
    def booked(self) -> frozenset[str]:
        """Enrolments; the platform keeps no refusals."""
        return frozenset({"enrol"})

    def books(self, operation: str, since: datetime, until: datetime) -> Iterator[BookEntry]:
        """The enrolments of the span. ``Retriable`` if the list is not whole."""
        if operation != "enrol":
            raise Fatal("insurance.no-such-operation", operation=operation)
        return _insurance_books.read(self._page, since, until)

    def _page(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        _, told = self._call(Question(DETAILS, data), Prepared(DETAILS, "", data))
        if not told.accepted:
            raise self._settings.trouble(told.text) or Retriable("insurance.unreadable-books")
        return told.output

    def close(self) -> None:
        """Close the wire."""
        self._connector.close()
