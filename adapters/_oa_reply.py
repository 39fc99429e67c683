"""The result of a matter, written into the very form that opened it."""

from __future__ import annotations

from collections.abc import Mapping as Named
from dataclasses import replace

from adapters import _oa_form, _question
from adapters._oa_desk import Desk
from exchange.errors import Invalid, Rejected
from exchange.ports import Answer, Inputs, Operation, Prepared
from mappings.compiler import Mapping

REPLY = Operation(
    "reply",
    "回写办理结果",
    needs={"result": "matter-result"},
    identity=("result/request_id",),
    idempotence="natural",
)


def operation(name: str, needs: Named[str, str]) -> Operation:
    """A form's own reply, which may tell more than what the items came to."""
    return replace(REPLY, name=name, needs={**REPLY.needs, **needs})


def prepared(operation: str, known: Mapping, inputs: Inputs, effect_key: str) -> Prepared:
    """The result in the form's fields, by the form's own mapping. Raises ``Invalid``."""
    result = inputs["result"]
    fields = known.apply(result if "" in known.file.inputs else dict(inputs))
    request = str(result.get("request_id", ""))
    if not _oa_form.is_request_id(request):
        raise Invalid("oa.no-request-id", path="/result/request_id")
    body = {"request": request, "fields": fields}
    return Prepared(operation, effect_key, body, known.digest)


def submit(desk: Desk, prepared: Prepared) -> Answer:
    """Submit the form with its result; that the OA did not take it may mean that it is done already."""
    request, fields = prepared.body["request"], prepared.body["fields"]
    accepted, raw = desk.submit(request, fields)
    if accepted:
        return Answer(raw, request, mapping_digest=prepared.mapping_digest)
    done = probe(desk, prepared)
    if done is None:
        raise Rejected("oa.submit-refused", request=request).answered(raw)
    return done


def probe(desk: Desk, prepared: Prepared) -> Answer | None:
    """Done when it left our to-do carrying what we wrote; not done while it waits for us.

    ``Unknown`` if the OA does not let us look: a form that was passed on may be closed to us.
    """
    request = prepared.body["request"]
    with _question.asking():
        form, raw = desk.request(request)
        waits = any(waiting.request_id == request for waiting in desk.todo())
    if waits:
        return None
    if not _oa_form.holds(form, prepared.body["fields"]):
        raise Rejected("oa.acted-by-another", request=request).answered(raw)
    return Answer(raw, request, mapping_digest=prepared.mapping_digest)
