"""The tax office's front-end for social premiums: one person's premium of one year, paid once.

It is spoken with by the generic adapter's own means, after a plan that is shipped (``tax_plan.yaml``):
a form with JSON and a signature over it. No tax interface is published, so all of that is inferred. Money
leaves the family's account and comes back only by refund: our serial number is asked after before
anything is repeated, and what was paid must be, to the fen, what was due.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from adapters import _coded_wire, _endpoint, _tax_options
from adapters._generic_mapping_mistakes import unknown
from adapters._generic_plan import Message, Plan, Reading
from adapters._generic_system import Generic
from adapters._tax_options import CODES, OPTIONS, PRESET, STATES
from exchange import pointer
from exchange.errors import Fatal, Invalid, Problem, Unknown
from exchange.ports import Answer, Endpoint, Inputs, Operation, Prepared
from mappings import numbers

__all__ = ["OPTIONS", "PAY", "Tax", "declared", "open_system"]

PAY = Operation(
    "pay_premium",
    "居民医保费缴纳",
    needs={"enrolment": "insurance-enrolment", "declaration": "birth-declaration"},
    gives="premium-payment",
    identity=("enrolment/person_number",),
    occurrence=("enrolment/premium/year",),
    idempotence="probe",
    irreversible=True,
)
_DUE, _SENT = "/premium/amount_fen", "/data/jfje"
_IN_FEN = ("元", "分")


def declared(options: Mapping[str, Any]) -> Mapping[str, Operation]:
    """``pay_premium``, with the office's time to settle."""
    known = _endpoint.completed(OPTIONS, options)
    return {PAY.name: replace(PAY, settle=timedelta(seconds=known["settle_s"]))}


def wire(options: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Alias and settings of the wire that these options mean."""
    return "rest", _coded_wire.settings(PRESET, options.get("settings", {}))


def mistakes(options: Mapping[str, Any], site: Path) -> list[tuple[str, Problem]]:
    """What a schema can't tell, each with its place."""
    found = _coded_wire.mistakes(PRESET, options.get("settings", {}))
    for name in ("mapping", "record"):
        if name in options:
            found += unknown(options[name], f"/{name}", site)
    for part, usual in (("codes", CODES), ("states", STATES)):
        found += [(f"/{part}", each) for each in _twice({**usual, **options.get(part, {})})]
    return found


def requests(options: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """Operation → the mapping that makes its request."""
    return {PAY.name: (_endpoint.completed(OPTIONS, options)["mapping"],)}


def _twice(listed: Mapping[str, list[str]]) -> list[Problem]:
    """A code with two meanings would be believed in neither."""
    named = Counter(value for values in listed.values() for value in set(values))
    return [Problem("tax.code-twice", {"value": v}) for v, count in named.items() if count > 1]


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> Tax:
    """The front-end at ``endpoint.address``. Nothing is sent."""
    known, operation = _endpoint.completed(OPTIONS, options), declared(options)[PAY.name]
    told, site = _tax_options.plan(known), endpoint.site
    asked, listed = told["probe"], told["books"]
    made = Plan(
        operation,
        Message.of(told, endpoint),
        Reading.of(told["answer"], site),
        (Message.of(asked, endpoint), Reading.of(asked, site)),
        (Message.of(listed, endpoint), listed),
    )
    reads = (asked["call"], listed["call"])
    line = _coded_wire.opened(PRESET, known["settings"], endpoint, reads)
    return Tax(line, {PAY.name: made})


class Tax(Generic):
    """Adapter over one front-end. Owns the wire. Thread-safe."""

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        """The payment. ``Invalid tax.no-premium`` where nothing is due: nothing is sent then."""
        if operation != PAY.name:
            raise Fatal("tax.no-such-operation", operation=operation)
        if not pointer.get(inputs["enrolment"], _DUE):
            raise Invalid("tax.no-premium", path=f"/enrolment{_DUE}")
        return super().prepare(operation, inputs, effect_key)

    def submit(self, prepared: Prepared) -> Answer:
        """Pay. ``Rejected`` carries the office's words; a serial number used before is ``Unknown``."""
        return _exactly(super().submit(prepared), prepared)

    def probe(self, prepared: Prepared) -> Answer | None:
        """What became of our serial number; None only where the office says that it has none."""
        found = super().probe(prepared)
        return None if found is None else _exactly(found, prepared)

    def fetch(self, prepared: Prepared) -> Answer:
        """A payment is asked after by ``probe`` only."""
        raise Fatal("tax.no-such-operation", operation=prepared.operation)


def _exactly(answer: Answer, prepared: Prepared) -> Answer:
    """What was paid is what was due; another sum is for people to look into, not a payment of ours."""
    if answer.record is None:
        return answer
    sent = pointer.get(prepared.body.request.fields, _SENT)
    if answer.record["amount_fen"] != numbers.converter(*_IN_FEN)(sent):
        raise Unknown("tax.another-amount", field=_SENT)
    return answer
