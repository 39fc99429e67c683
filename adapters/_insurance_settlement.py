"""What medical insurance pays for a birth: assessed once for a certificate, and found by our number.

``9105`` (assess), ``9106`` (ask by ``evtsn``) and ``9107`` (list) and their fields are this project's
own; names of sums and times are those of the published ``2304``. The platform needs the settlement of
the mother's stay in its own books: without it, it refuses, or takes the application and waits, or says
"not yet" (the site tells the words), which is no refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters import _fact, _insurance_operations, _question
from adapters._insurance_envelope import Question
from adapters._insurance_line import Line
from exchange import pointer
from exchange.errors import Invalid, NotYet, Rejected, Unknown
from exchange.ports import Answer, Inputs, Prepared, Reply
from mappings import compiler

REQUEST, ANSWER = "birth_declaration_insurance_settlement", "insurance_settlement_birth_expense"
STATES: Mapping[str, str] = {"1": "applied", "0": "waiting", "2": "refused"}
"""``stt`` of an application: assessed, taken and not assessed yet, not payable."""
AGAIN_S = 3600
"""A mother's stay is settled when she goes home: asked again after an hour, not after seconds."""


def prepare(inputs: Inputs, effect_key: str) -> Prepared:
    """The application's data. ``Invalid`` with everything that is wrong."""
    source = {name: dict(inputs[name]) for name in ("birth", "declaration")}
    path = "/declaration/certificate/number"
    stated = pointer.get(source, path)
    if stated is not None and stated != pointer.get(source, "/birth/certificate/number"):
        raise Invalid("insurance.another-certificate", path=path)
    mapping = compiler.load(REQUEST)
    body = dict(mapping.apply(source))
    return Prepared("settle_birth", effect_key, body, mapping.digest)


def submit(line: Line, prepared: Prepared, number: str) -> Answer:
    """Apply. ``NotYet`` where the platform only wants the stay settled first."""
    data = {**prepared.body, "evtsn": prepared.effect_key}
    reply, told = line.ask(Question(number, data), prepared.effect_key)
    if told.accepted:
        return _read(told.output, reply, prepared)
    if line.settings.says_not_yet(told.text):
        raise NotYet("insurance.not-yet", retry_after=AGAIN_S)
    raise line.refusal(told, reply, number)


def probe(line: Line, prepared: Prepared) -> Answer | None:
    """What the platform has under our serial number; None only for a list with nothing in it."""
    number = _insurance_operations.SETTLEMENT
    with _question.asking():
        asked = Question(number, {"evtsn": prepared.effect_key})
        reply, told = line.ask(asked, prepared.effect_key)
    if not told.accepted:
        raise line.no_answer(told, number)
    rows = told.output.get("setlinfo")
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise Unknown("insurance.unreadable-answer", infno=number)
    return _read(rows[0], reply, prepared) if rows else None


def _read(row: Mapping[str, Any], reply: Reply, prepared: Prepared) -> Answer:
    for field, asked in (
        ("evtsn", prepared.effect_key),
        ("brth_cert_no", prepared.body["brth_cert_no"]),
    ):
        if row.get(field) != asked:
            raise Unknown("insurance.answer-about-another", field=field)
    told = str(row.get("stt", ""))
    state = STATES.get(told, "")
    if state == "refused":
        refused = Rejected("insurance.refused", infno=_insurance_operations.SETTLEMENT)
        raise refused.answered(reply.raw, str(row.get("memo") or ""))
    if state == "waiting":
        return Answer(reply.raw, str(row.get("setl_id") or ""), waiting=True)
    if state != "applied":
        raise Unknown("insurance.unclear-state", state=_fact.code(told))
    return _assessed(row, reply)


def _assessed(row: Mapping[str, Any], reply: Reply) -> Answer:
    """The document. The money is on its way, so what can't be read of it is ``Unknown``."""
    mapping = compiler.load(ANSWER)
    try:
        record = mapping.apply(row)
    except Invalid as error:
        path = error.facts.get("path", "")
        raise Unknown("insurance.answer-not-understood", problem=error.code, path=path) from None
    return Answer(reply.raw, str(record["number"]), record, mapping_digest=mapping.digest)
