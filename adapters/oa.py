"""The district's OA (Weaver e-cology): forms come in, replies and to-dos go out.

Operators and clerks stay in their OA: a joint matter starts with a form that a clerk sends to
the hub's account, and ends with the result written into that same form. Which workflows are
forms, and how their fields map, is configuration, so another form needs no code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from adapters import _endpoint, _oa_books, _oa_form, _oa_intake, _oa_message, _oa_wire, _question
from adapters._notice_template import Template
from adapters._oa_desk import Desk
from adapters._oa_intake import FormKind
from adapters._oa_message import MESSAGE
from adapters._oa_options import OPTIONS
from exchange.errors import Fatal, Invalid, Problem, Rejected
from exchange.ports import (
    Answer,
    Arrival,
    BookEntry,
    Endpoint,
    Inputs,
    Operation,
    Prepared,
    Record,
)
from mappings import compiler

__all__ = ["OPTIONS", "FormKind", "Oa", "Settings", "open_system"]

REPLY = Operation(
    "reply",
    "回写办理结果",
    needs={"result": "matter-result"},
    identity=("result/request_id",),
    idempotence="natural",
)
TODO = Operation(
    "todo",
    "部门协同待办",
    needs={"task": "oa-task"},
    identity=("task/case", "task/item"),
    idempotence="probe",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """``OPTIONS``, read."""

    hub_user: int
    forms: Mapping[str, FormKind]
    todo_workflow: str = "620"
    done_nodes: Sequence[str] = field(default=("办结", "归档"))
    page_size: int = 50
    most_per_poll: int = 200
    message_workflow: str = ""
    templates: Mapping[str, Template] = field(default_factory=dict)
    """Of messages, by name; loaded from the site."""


def declared(options: Mapping[str, Any]) -> Mapping[str, Operation]:
    """What an OA with these options can be told to do: ``todo``, messages, its forms' replies."""
    forms = (FormKind(**form) for form in options["forms"].values())
    return _operations(forms, options.get("message_workflow", ""))


def _operations(forms: Iterable[FormKind], messages: str) -> dict[str, Operation]:
    replies = [form.reply_operation for form in forms if form.reply]
    made = {"todo": TODO} | ({"message": MESSAGE} if messages else {})
    return {**made, **{name: replace(REPLY, name=name) for name in replies}}


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> Oa:
    """An OA at ``endpoint.address``. ``options`` have passed ``OPTIONS``."""
    known = _endpoint.completed(OPTIONS, options)
    forms = {number: FormKind(**form) for number, form in known["forms"].items()}
    templates = _oa_message.templates(endpoint.site, known["message_templates"])
    plain = {n: known[n] for n in Settings.__dataclass_fields__ if n in known and n != "forms"}
    settings = Settings(forms=forms, templates=templates, **plain)
    return Oa(_oa_wire.opened(known, endpoint), settings)


class Oa:
    """Adapter and source over the hub's desk in one OA. Owns the desk."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self._desk, self._settings = desk, settings
        self._replies = {f.reply_operation: f.reply for f in settings.forms.values() if f.reply}
        self._operations = _operations(settings.forms.values(), settings.message_workflow)

    @property
    def operations(self) -> Mapping[str, Operation]:
        """``todo``, ``message`` if there is a workflow for it, and each form's reply."""
        return self._operations

    # --- source ------------------------------------------------------------------------------

    def poll(self, stream: str, cursor: str) -> tuple[Sequence[Arrival], str]:
        """Forms in the hub's to-do list that ``cursor`` has not seen; ``stream`` is ``form:615``.

        The cursor lists what is in the to-do and was read, each with a mark of when it came there:
        what was sent back and submitted again is read again, be it between two polls, and an old
        draft sent late is not missed (a highest id would miss it). A form that cannot be read is
        an ``Arrival`` with its error; one that cannot be fetched now is left for the next poll.
        """
        number = stream.removeprefix("form:")
        if number not in self._settings.forms:
            raise Fatal("oa.unknown-form", form=number)
        seen = set(cursor.split(","))
        waiting = [form for form in self._desk.todo() if form.workflow_id == number]
        marks = {form.request_id: _oa_form.mark(form) for form in waiting}
        unread = [request for request, mark in marks.items() if mark not in seen]
        arrivals = _oa_intake.arrivals(
            self._desk, self._settings.forms[number], unread[: self._settings.most_per_poll]
        )
        read = {arrival.key for arrival in arrivals}
        return arrivals, ",".join(m for r, m in marks.items() if m in seen or r in read)

    # --- effects -----------------------------------------------------------------------------

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        """Map the result or the task onto the form's fields. Raises ``Invalid``."""
        if operation not in self._operations:
            raise Fatal("oa.no-such-operation", operation=operation)
        if operation == "todo":
            return self._prepare_todo(inputs["task"], effect_key)
        if operation == "message":
            return _oa_message.prepared(self._settings.templates, inputs["notice"], effect_key)
        result = inputs["result"]
        mapping = compiler.load(self._replies[operation])
        fields = mapping.apply(result)
        request = str(result.get("request_id", ""))
        if not _oa_form.is_request_id(request):
            raise Invalid("oa.no-request-id", path="/result/request_id")
        body = {"request": request, "fields": fields}
        return Prepared(operation, effect_key, body, mapping.digest)

    def _prepare_todo(self, task: Record, effect_key: str) -> Prepared:
        columns = {"sxmc": "title", "sxnr": "content", "blr": "assignee"}
        missing = [name for name in columns.values() if not task.get(name)]
        if missing:
            raise Invalid.of(Problem("oa.missing", {"path": f"/task/{n}"}) for n in missing)
        fields = {"ywlsh": effect_key} | {c: str(task[name]) for c, name in columns.items()}
        title = f"{task['title']}-{effect_key[:16]}"
        return Prepared("todo", effect_key, {"title": title, "fields": fields})

    def submit(self, prepared: Prepared) -> Answer:
        """Act in the OA. ``Rejected`` when the OA says no, ``Unknown`` when it cannot be told."""
        if prepared.operation in self._replies:
            return self._submit_reply(prepared)
        known, body, todo = self._settings, prepared.body, prepared.operation == "todo"
        workflow = known.todo_workflow if todo else known.message_workflow
        request, raw = self._desk.create(workflow, body["title"], body["fields"])
        return Answer(raw, request, waiting=todo)

    def _submit_reply(self, prepared: Prepared) -> Answer:
        """Submit the form with its result; ``failed`` may mean that it is done already."""
        request, fields = prepared.body["request"], prepared.body["fields"]
        accepted, raw = self._desk.submit(request, fields)
        if accepted:
            return Answer(raw, request, mapping_digest=prepared.mapping_digest)
        done = self.probe(prepared)
        if done is None:
            raise Rejected("oa.submit-refused", request=request).answered(raw)
        return done

    def probe(self, prepared: Prepared) -> Answer | None:
        """Whether it was done, told from the OA's own state."""
        if prepared.operation in self._replies:
            return self._probe_reply(prepared)
        with _question.asking():
            found = self._find(prepared)
        if found is None:
            return None
        form, raw = found
        if prepared.operation == "message":  # being there is all that is asked of it
            return Answer(raw, form.request_id)
        return self._decision(form, raw)

    def _find(self, prepared: Prepared) -> tuple[_oa_form.Form, bytes] | None:
        """The task or message that carries our effect key."""
        for listed in self._desk.mine():
            if listed.title == prepared.body["title"]:
                form, raw = self._desk.request(listed.request_id)
                if form.fields.get("ywlsh") == prepared.effect_key:
                    return form, raw
        return None

    def _probe_reply(self, prepared: Prepared) -> Answer | None:
        """Done when it left our to-do carrying what we wrote; not done while it waits for us."""
        request = prepared.body["request"]
        form, raw = self._desk.request(request)
        if any(waiting.request_id == request for waiting in self._desk.todo()):
            return None
        if not _oa_form.holds(form, prepared.body["fields"]):
            raise Rejected("oa.acted-by-another", request=request).answered(raw)
        return Answer(raw, request, mapping_digest=prepared.mapping_digest)

    def _decision(self, form: _oa_form.Form, raw: bytes) -> Answer:
        """The person's answer: waiting until the flow is finished, then yes or no."""
        decided = form.fields.get("bljg", "")
        if form.node not in self._settings.done_nodes:
            return Answer(raw, form.request_id, waiting=True)
        if decided == "1":
            return Answer(raw, form.request_id)
        reason = form.fields.get("blyj", "")
        raise Rejected("oa.person-refused", request=form.request_id).answered(raw, reason)

    def fetch(self, prepared: Prepared) -> Answer:
        """The OA has no reads of its own: forms come by ``poll``."""
        raise Fatal("oa.no-such-operation", operation=prepared.operation)

    @property
    def booked(self) -> frozenset[str]:
        """``todo``: a reply leaves no key of ours in its form."""
        return frozenset({"todo"})

    def books(self, operation: str, since: datetime, until: datetime) -> Iterator[BookEntry]:
        """The to-dos that were created in the span."""
        if operation != "todo":
            raise Fatal("oa.no-such-operation", operation=operation)
        known = self._settings
        return _oa_books.read(
            self._desk, known.todo_workflow, known.done_nodes, since=since, until=until
        )

    def close(self) -> None:
        """Close the wire."""
        self._desk.close()
