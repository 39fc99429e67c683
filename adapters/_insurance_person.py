"""What the platform says of a person and of an enrolment, and what names one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters._insurance_envelope import UnreadableAnswerError, insurances
from adapters._insurance_operations import PERSON
from exchange import pointer
from exchange.errors import Invalid, Unknown
from exchange.ports import Answer, Inputs, Prepared, Reply
from mappings import compiler


def only_identity(inputs: Inputs) -> dict[str, Any]:
    """What ends an insurance: the person's number and the kind of insurance."""
    number = pointer.get(inputs["citizen"], "/citizen_id")
    if not isinstance(number, str):
        raise Invalid("mapping.missing", path="/citizen/citizen_id")
    return {"certno": number, "insutype": "390"}


def is_amended(output: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    """Does the platform say of the person what we say? It writes a day with spaces.

    It does not tell the guardian, which no correction changes.
    """
    person = output.get("baseinfo")
    told = person if isinstance(person, Mapping) else {}
    names = ("psn_name", "gend", "naty", "brdy")
    return all(str(told.get(name, "")).replace(" ", "") == data.get(name) for name in names)


def rows(output: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """An answer about something else is no word that the person is not insured."""
    try:
        if output and not {"baseinfo", "insuinfo"} & set(output):
            raise UnreadableAnswerError
        return insurances(output)
    except UnreadableAnswerError:
        raise Unknown("insurance.unreadable-answer", infno=PERSON) from None


def enrolment(output: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any] | None:
    """The person's insurance of the kind and at the place that ``data`` asks for, if there is one."""
    wanted = {name: data[name] for name in ("insutype", "insuplc_admdvs")}
    for row in rows(output):
        if all(str(row.get(name)) == value for name, value in wanted.items()):
            return {"certno": data["certno"], **row}
    return None


def enrolled(reply: Reply, output: Mapping[str, Any], prepared: Prepared) -> Answer:
    """The enrolment's document. It exists, so what can't be read of it is ``Unknown``.

    Its reference is the person's number, as in the platform's books (``9104``): whether the answer
    came at once or by a question, it is the same.
    """
    if output.get("certno") != prepared.body["certno"]:
        raise Unknown("insurance.answer-about-another", field="certno")
    mapping = compiler.load("insurance_output_enrolment")
    try:
        record = mapping.apply(output)
    except Invalid as error:
        path = error.facts.get("path", "")
        raise Unknown("insurance.answer-not-understood", problem=error.code, path=path) from None
    number = pointer.get(record, "/person_number")
    return Answer(reply.raw, str(number), record, mapping_digest=mapping.digest)
