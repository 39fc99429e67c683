"""The district's OA (Weaver e-cology): forms come in, replies and to-dos go out.

Operators and clerks stay in their OA: a joint matter starts with a form that a clerk sends to
the hub's account, and ends with the result written into that same form. Which workflows are
forms, and how their fields map, is configuration, so another form needs no code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from adapters import (
    _endpoint,
    _notice_template,
    _oa_books,
    _oa_form,
    _oa_form_mistakes,
    _oa_intake,
    _oa_message,
    _oa_reply,
    _oa_todo,
    _oa_wire,
    _question,
)
from adapters._notice_template import Template
from adapters._oa_desk import Desk
from adapters._oa_intake import FormKind
from adapters._oa_message import MESSAGE
from adapters._oa_options import OPTIONS
from adapters._oa_todo import TODO
from exchange.errors import Fatal, Problem
from exchange.ports import (
    Answer,
    Arrival,
    BookEntry,
    Endpoint,
    Inputs,
    Operation,
    Prepared,
)
from mappings import site_files

__all__ = ["OPTIONS", "FormKind", "Oa", "Settings", "open_system", "streams"]


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


def streams(options: Mapping[str, Any]) -> Mapping[str, str]:
    """Stream → the kind of document that its forms give."""
    return {f"form:{number}": form["kind"] for number, form in options["forms"].items()}


def requests(options: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """Operation → the mapping that makes its request: of replies only, people read the others."""
    forms = (FormKind(**form) for form in options["forms"].values())
    return {form.reply_operation: (form.reply,) for form in forms if form.reply}


def _operations(forms: Iterable[FormKind], messages: str) -> dict[str, Operation]:
    replies = {form.reply_operation: form.reply_needs for form in forms if form.reply}
    made = {"todo": TODO} | ({"message": MESSAGE} if messages else {})
    return {**made, **{name: _oa_reply.operation(name, more) for name, more in replies.items()}}


def wire(options: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Alias and settings of the wire that these options mean."""
    return _oa_wire.wire(_endpoint.completed(OPTIONS, options))


def mistakes(options: Mapping[str, Any], site: Path) -> list[tuple[str, Problem]]:
    """What a schema can't tell, each with its place: mappings and templates that can't be used."""
    names = options.get("message_templates", ())
    found = _notice_template.mistakes(site, names, "/message_templates")
    return [*_oa_form_mistakes.find(options["forms"], site), *found]


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> Oa:
    """An OA at ``endpoint.address``. ``options`` have passed ``OPTIONS``."""
    known = _endpoint.completed(OPTIONS, options)
    site = endpoint.site if endpoint.site != Path() else None
    forms = {number: FormKind(**form, site=site) for number, form in known["forms"].items()}
    templates = _oa_message.templates(endpoint.site, known["message_templates"])
    plain = {n: known[n] for n in Settings.__dataclass_fields__ if n in known and n != "forms"}
    settings = Settings(forms=forms, templates=templates, **plain)
    return Oa(_oa_wire.opened(known, endpoint), settings)


class Oa:
    """Adapter and source over the hub's desk in one OA. Owns the desk."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self._desk, self._settings = desk, settings
        self._replies = {f.reply_operation: f for f in settings.forms.values() if f.reply}
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
        form, number = self._form(stream), stream.removeprefix("form:")
        seen = set(cursor.split(","))
        waiting = [each for each in self._desk.todo() if each.workflow_id == number]
        marks = {each.request_id: _oa_form.mark(each) for each in waiting}
        unread = [request for request, mark in marks.items() if mark not in seen]
        most = self._settings.most_per_poll
        arrivals = _oa_intake.arrivals(self._desk, form, unread[:most])
        read = {arrival.key for arrival in arrivals}
        return arrivals, ",".join(m for r, m in marks.items() if m in seen or r in read)

    def read_again(self, stream: str, key: str, raw: bytes) -> Arrival:
        """A form that was kept, as its mapping reads it now; the OA is not asked."""
        return _oa_intake.again(self._desk, self._form(stream), key, raw)

    def _form(self, stream: str) -> FormKind:
        number = stream.removeprefix("form:")
        if number not in self._settings.forms:
            raise Fatal("oa.unknown-form", form=number)
        return self._settings.forms[number]

    # --- effects -----------------------------------------------------------------------------

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        """Map the result or the task onto the form's fields. Raises ``Invalid``."""
        if operation not in self._operations:
            raise Fatal("oa.no-such-operation", operation=operation)
        if operation == "todo":
            return _oa_todo.prepared(inputs["task"], effect_key)
        if operation == "message":
            return _oa_message.prepared(self._settings.templates, inputs["notice"], effect_key)
        form = self._replies[operation]
        mapping = site_files.load(form.reply, form.site)
        return _oa_reply.prepared(operation, mapping, inputs, effect_key)

    def submit(self, prepared: Prepared) -> Answer:
        """Act in the OA. ``Rejected`` when the OA says no, ``Unknown`` when it cannot be told."""
        if prepared.operation in self._replies:
            return _oa_reply.submit(self._desk, prepared)
        known, body, todo = self._settings, prepared.body, prepared.operation == "todo"
        workflow = known.todo_workflow if todo else known.message_workflow
        request, raw = self._desk.create(workflow, body["title"], body["fields"])
        return Answer(raw, request, waiting=todo)

    def probe(self, prepared: Prepared) -> Answer | None:
        """Whether it was done, told from the OA's own state."""
        if prepared.operation in self._replies:
            return _oa_reply.probe(self._desk, prepared)
        with _question.asking():
            found = _oa_todo.find(self._desk, prepared)
        if found is None:
            return None
        form, raw = found
        if prepared.operation == "message":  # being there is all that is asked of it
            return Answer(raw, form.request_id)
        return _oa_todo.decision(form, raw, self._settings.done_nodes)

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
