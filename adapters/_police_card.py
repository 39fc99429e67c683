"""A first identity card, applied for at the register: voluntary for a child (Identity Card Law art. 2).

``sfzsl`` applies, ``sfzslcx`` asks by ``postid``, ``sfzsldz`` lists: inferred, in the style of the birth register. Who
has said that no card is wanted gets none, whatever a matter's file says.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters import _police_wire
from adapters._police_wire import Row
from exchange import pointer
from exchange.errors import Invalid, Problem, Unknown
from exchange.ports import Answer, Inputs, Operation, Prepared
from mappings import compiler

APPLY_IDENTITY_CARD = Operation(
    "apply_identity_card",
    "首次申领居民身份证",
    needs={"citizen": "citizen-id", "declaration": "birth-declaration"},
    gives="identity-card-application",
    identity=("citizen/citizen_id",),
    idempotence="probe",
)
CALL, QUESTION, LIST = "sfzsl", "sfzslcx", "sfzsldz"
REQUEST = "citizen_declaration_identity_card"


def prepared(inputs: Inputs, effect_key: str) -> Prepared:
    """The application. Raises ``Invalid`` with everything that is wrong."""
    mapping = compiler.load(REQUEST)
    source = {name: inputs[name] for name in ("citizen", "declaration")}
    problems = list(_mistakes(source))
    try:
        fields = mapping.apply(source)
    except Invalid as error:
        raise (Invalid.of([*problems, *error.problems]) if problems else error) from None
    if problems:
        raise Invalid.of(problems)
    body = {"arg0": _police_wire.request({"postid": effect_key, **fields})}
    body |= {"citizen": fields["gmsfhm"]}
    return Prepared(APPLY_IDENTITY_CARD.name, effect_key, body, mapping.digest)


def _mistakes(source: Inputs) -> Iterator[Problem]:
    wanted = "/declaration/identity_card/wanted"
    if pointer.get(source, wanted) is False:
        yield Problem("police.card-not-wanted", {"path": wanted})
    path = "/declaration/certificate/number"
    stated, known = pointer.get(source, path), pointer.get(source, "/citizen/certificate/number")
    if stated is not None and known is not None and stated != known:
        yield Problem("police.another-certificate", {"path": path})


def accepted(row: Row, raw: bytes, prepared: Prepared) -> Answer:
    """The application's number. It is taken, so what can't be read of it is ``Unknown``."""
    if row.fields.get("GMSFHM") != prepared.body["citizen"]:
        raise Unknown("police.answer-about-another", field="GMSFHM")
    mapping = compiler.load("police_answer_identity_card")
    try:
        record = mapping.apply({**row.fields, "sid": row.serial})
    except Invalid as error:
        path = error.facts.get("path", "")
        raise Unknown("police.answer-not-understood", problem=error.code, path=path) from None
    return Answer(raw, row.serial, record, mapping_digest=mapping.digest)
