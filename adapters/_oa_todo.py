"""Work for a person in the OA: a request that carries our key, and the person's yes or no in it."""

from __future__ import annotations

from collections.abc import Collection

from adapters._oa_desk import Desk
from adapters._oa_form import Form
from exchange.errors import Invalid, Problem, Rejected
from exchange.ports import Answer, Operation, Prepared, Record

KEY = 16
"""So much of an effect key stands in a title."""

TODO = Operation(
    "todo",
    "部门协同待办",
    needs={"task": "oa-task"},
    identity=("task/case", "task/item"),
    idempotence="probe",
)


def titled(text: str, effect_key: str) -> str:
    """The title of a request of ours: so much of the key stands in it that few others do.

    >>> titled("核验", "0123456789abcdef0123")
    '核验-0123456789abcdef'
    """
    return f"{text}-{marked(effect_key)}"


def marked(effect_key: str) -> str:
    """What stands of a key in a title."""
    return effect_key[:KEY]


def prepared(task: Record, effect_key: str) -> Prepared:
    """Title and fields of the request. Raises ``Invalid``."""
    columns = {"sxmc": "title", "sxnr": "content", "blr": "assignee"}
    missing = [name for name in columns.values() if not task.get(name)]
    if missing:
        raise Invalid.of(Problem("oa.missing", {"path": f"/task/{n}"}) for n in missing)
    fields = {"ywlsh": effect_key} | {c: str(task[name]) for c, name in columns.items()}
    return Prepared(
        TODO.name, effect_key, {"title": titled(str(task["title"]), effect_key), "fields": fields}
    )


def find(desk: Desk, prepared: Prepared) -> tuple[Form, bytes] | None:
    """The request of ours (to-do or message) that carries the effect key.

    The title is asked only whether it has our key: an OA that escapes or adds to titles in its lists
    must not make us create the request again. The form decides.
    """
    for listed in desk.mine():
        if marked(prepared.effect_key) in listed.title:
            form, raw = desk.request(listed.request_id)
            if form.fields.get("ywlsh") == prepared.effect_key:
                return form, raw
    return None


def decision(form: Form, raw: bytes, done: Collection[str]) -> Answer:
    """The person's answer: waiting until the flow is at a node that is ``done``, then yes or no."""
    if form.node not in done:
        return Answer(raw, form.request_id, waiting=True)
    if form.fields.get("bljg", "") == "1":
        return Answer(raw, form.request_id)
    reason = form.fields.get("blyj", "")
    raise Rejected("oa.person-refused", request=form.request_id).answered(raw, reason)
