"""The medical-insurance platform: one JSON envelope for everything, told apart by ``infno``.

Enrolling a person is not in the published interfaces (it is internal to the insurance centres,
dossier C6): numbers ``9101`` (enrol), ``9102`` (change) and ``9103`` (end) and their fields are this
project's own, in the published style, and are to be replaced by what the centre gives; ``evtsn`` in
``9101`` carries our effect key, and ``9104`` lists enrolments by it, in the manner of the published
``3202`` (对明细账). So are ``9105`` to ``9107``, by which the expenses of a birth are assessed, asked
after and listed. ``1101`` (person query) is published. The platform
does not recognise a repetition, so an enrolment is probed by ``1101`` before it is repeated, and a
settlement by ``9106``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from adapters import (
    _endpoint,
    _insurance_books,
    _insurance_operations,
    _insurance_person,
    _insurance_settlement,
    _question,
)
from adapters._insurance_envelope import Outcome, Question, Sender
from adapters._insurance_line import CALL, Line
from adapters._insurance_operations import AMEND, ENROL, KNOWN, PERSON, REVOKE, SETTLE_BIRTH
from adapters._insurance_options import OPTIONS
from adapters._insurance_settings import Settings
from connectors.reading import Reading
from exchange.errors import Fatal, Retriable
from exchange.ports import (
    Answer,
    BookEntry,
    Clock,
    Connector,
    Endpoint,
    Inputs,
    Operation,
    Prepared,
)
from mappings import compiler

__all__ = [
    "AMEND",
    "CALL",
    "ENROL",
    "OPTIONS",
    "REVOKE",
    "SETTLE_BIRTH",
    "MedicalInsurance",
    "Settings",
    "open_system",
]

MAPPING = "citizen_declaration_insurance_input"
_BOOKS: Mapping[str, tuple[str, _insurance_books.Entry]] = {
    "enrol": (_insurance_operations.ENROLMENTS, _insurance_books.enrolment),
    "settle_birth": (_insurance_operations.SETTLEMENTS, _insurance_books.settlement),
}
_QUESTIONS = (PERSON, _insurance_operations.SETTLEMENT, *(number for number, _ in _BOOKS.values()))


def requests(_: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """Operation → the mapping that makes its request."""
    enrolment, settlement = (MAPPING,), (_insurance_settlement.REQUEST,)
    made = {ENROL.name: enrolment, AMEND.name: enrolment, REVOKE.name: ()}
    return {**made, SETTLE_BIRTH.name: settlement}


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> MedicalInsurance:
    """The platform at ``endpoint.address``; ``endpoint.extra["secret"]`` is the signing key."""
    if not endpoint.extra.get("secret"):
        raise Fatal("insurance.no-secret", extra="secret")
    known = _endpoint.completed(OPTIONS, options)
    sender = Sender(**{name: known[name] for name in Sender.__dataclass_fields__})
    texts = {name: known[name] for name in Settings.__dataclass_fields__ if name.endswith("_texts")}
    reads = frozenset(CALL + number for number in _QUESTIONS)
    wire = _endpoint.rest(known, endpoint, Reading(reads=reads))
    settings = Settings(sender, endpoint.extra["secret"], **texts)
    return MedicalInsurance(wire, settings, endpoint.clock)


class MedicalInsurance:
    """Adapter over one insurance platform."""

    def __init__(self, connector: Connector, settings: Settings, clock: Clock) -> None:
        self._line = Line(connector, settings, clock)

    @property
    def operations(self) -> Mapping[str, Operation]:
        """``enrol``, what corrects it, and ``settle_birth``."""
        return {name: operation for name, (operation, _) in KNOWN.items()}

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        """The data of a request; the envelope is made when it is sent, since it tells the time.

        Raises ``Invalid`` with everything that is wrong.
        """
        if operation not in KNOWN:
            raise Fatal("insurance.no-such-operation", operation=operation)
        if operation == SETTLE_BIRTH.name:
            return _insurance_settlement.prepare(inputs, effect_key)
        if operation == REVOKE.name:
            return Prepared(operation, effect_key, _insurance_person.only_identity(inputs))
        mapping = compiler.load(MAPPING)
        source = {"citizen": inputs["citizen"], "declaration": inputs["declaration"]}
        return Prepared(operation, effect_key, dict(mapping.apply(source)), mapping.digest)

    def submit(self, prepared: Prepared) -> Answer:
        """Enrol, amend, end or assess. ``Rejected`` carries the platform's text."""
        data, number = prepared.body, KNOWN[prepared.operation][1]
        if prepared.operation == SETTLE_BIRTH.name:
            return _insurance_settlement.submit(self._line, prepared, number)
        if prepared.operation == ENROL.name:
            data = data | {"evtsn": prepared.effect_key}
        place = data.get("insuplc_admdvs", "")
        reply, told = self._line.ask(Question(number, data, place), prepared.effect_key)
        if not told.accepted:
            raise self._line.refusal(told, reply, number)
        if prepared.operation == REVOKE.name:
            return Answer(reply.raw, told.reference)
        return _insurance_person.enrolled(reply, told.output, prepared)

    def probe(self, prepared: Prepared) -> Answer | None:
        """The person's enrolment of this kind at this place, if the platform has one.

        An amendment has been made if the platform says of the person what we say. Whether an
        insurance was ended can't be asked by number alone: a person finds out (class ``none``).
        A settlement is asked after by our own serial number.
        """
        if prepared.operation == SETTLE_BIRTH.name:
            return _insurance_settlement.probe(self._line, prepared)
        data = prepared.body
        asked = {name: data[name] for name in ("psn_cert_type", "certno", "psn_name")}
        with _question.asking():
            reply, told = self._line.ask(Question(PERSON, asked), prepared.effect_key)
        if not told.accepted:
            self._unanswered(told)
            return None
        is_amendment = prepared.operation == AMEND.name
        if is_amendment and not _insurance_person.is_amended(told.output, data):
            return None
        row = _insurance_person.enrolment(told.output, data)
        return None if row is None else _insurance_person.enrolled(reply, row, prepared)

    def _unanswered(self, told: Outcome) -> None:
        """The query was answered with −1: only words that are agreed upon mean "not enrolled".

        Anything else is about the question (no such institution, no such interface, a name that
        differs): taken for "not there" it would enrol twice, for "refused" it would lose an effect.
        """
        settings = self._line.settings
        if settings.trouble(told.text, PERSON) is not None or not settings.says_absent(told.text):
            raise self._line.no_answer(told, PERSON)

    def fetch(self, prepared: Prepared) -> Answer:
        """The platform is asked only about what we did there: by ``probe``."""
        raise Fatal("insurance.no-such-operation", operation=prepared.operation)

    @property
    def booked(self) -> frozenset[str]:
        """Enrolments and settlements; the platform keeps no refusals at once."""
        return frozenset(_BOOKS)

    def books(self, operation: str, since: datetime, until: datetime) -> Iterator[BookEntry]:
        """The enrolments or settlements of the span. ``Retriable`` if the list is not whole."""
        if operation not in _BOOKS:
            raise Fatal("insurance.no-such-operation", operation=operation)
        number, entry = _BOOKS[operation]
        return _insurance_books.read(partial(self._page, number), entry, since, until)

    def _page(self, number: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
        _, told = self._line.ask(Question(number, data))
        if not told.accepted:
            trouble = self._line.settings.trouble(told.text, number)
            raise trouble or Retriable("insurance.unreadable-books")
        return told.output

    def close(self) -> None:
        """Close the wire."""
        self._line.connector.close()
