"""What one row of the birth register's answer means: a child's number, or a no."""

from __future__ import annotations

from adapters import _fact
from adapters._police_wire import Row
from exchange.errors import Invalid, Rejected, Unknown
from exchange.ports import Answer, Prepared
from mappings import compiler


def registered(row: Row, raw: bytes, prepared: Prepared) -> Answer:
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


def refusal(row: Row, raw: bytes) -> Rejected | Unknown:
    """``1``: an officer said no, with a text for the family; ``-2``: bad data."""
    if row.code == "1":
        result = _fact.code(row.fields.get("KSTBSHJGDM", ""))
        reason = row.fields.get("BYLH_JYQK", "") or row.message
        return Rejected("police.refused", result=result).answered(raw, reason)
    if row.code == "-2":
        return Rejected("police.bad-data").answered(raw, row.message)
    return Unknown("police.unknown-code", code=_fact.code(row.code))
