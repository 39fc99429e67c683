"""Work that people do in their own OA: each operation is a workflow there, filled in by the hub.

For units that have no interface, and for what no interface may decide. The hub creates a request
with the material in its fields; a person does the work, writes down the result, and passes it on;
the hub reads the result back. So an operation here does what the unit's own interface would do, and
gives the same document, read from the form.

Where the flow has a node at which the hub receives (``check_node``), a result that can't be
understood goes back to the person with the reasons, as often as it takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from adapters import (
    _desk_mistakes,
    _desk_plan,
    _desk_result,
    _endpoint,
    _oa_books,
    _oa_wire,
    _question,
)
from adapters._desk_finder import Finder
from adapters._desk_options import OPTIONS
from adapters._desk_plan import Plan
from adapters._oa_desk import Desk
from adapters._oa_form import Form
from exchange.errors import Fatal, Invalid, Problem, Rejected, Unknown
from exchange.names import nearest
from exchange.ports import Answer, BookEntry, Endpoint, Inputs, Needed, Operation, Prepared

__all__ = ["OPTIONS", "People", "declared", "mistakes", "needed", "open_system", "wire"]


def declared(options: Mapping[str, Any]) -> Mapping[str, Operation]:
    """What these options say that people do."""
    return {name: _desk_plan.operation(name, told) for name, told in options["operations"].items()}


def wire(options: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Alias and settings of the wire that these options mean."""
    return _oa_wire.wire(_endpoint.completed(OPTIONS, options))


def mistakes(options: Mapping[str, Any], site: Path) -> list[tuple[str, Problem]]:
    """What a schema can't tell, each with its place: mappings that are missing or do not fit."""
    return list(_desk_mistakes.find(options, site))


def needed(options: Mapping[str, Any], site: Path) -> dict[str, tuple[Needed, ...]]:
    """By operation: the fields that its form can't do without."""
    return _desk_plan.needed(options, site)


def requests(options: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """Operation → the mapping that fills in its form."""
    return {name: (told["mapping"],) for name, told in options["operations"].items()}


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> People:
    """The people behind the OA at ``endpoint.address``. Nothing is sent."""
    known = _endpoint.completed(OPTIONS, options)
    named = known["operations"].items()
    plans = {name: Plan.of(name, told, endpoint.site) for name, told in named}
    return People(_oa_wire.opened(known, endpoint), plans, known["done_nodes"], known["check_node"])


class People:
    """Adapter over the hub's desk in one OA. Owns the desk. Thread-safe."""

    def __init__(
        self, desk: Desk, plans: Mapping[str, Plan], done: tuple[str, ...], check_node: str = ""
    ) -> None:
        self._desk, self._plans = desk, dict(plans)
        self._done, self._check_node = done, check_node
        self._finder = Finder(desk)

    @property
    def operations(self) -> Mapping[str, Operation]:
        """What the system file describes."""
        return {name: each.operation for name, each in self._plans.items()}

    def prepare(self, operation: str, inputs: Inputs, effect_key: str) -> Prepared:
        """The request with everything filled in. Raises ``Invalid``."""
        return self._plan(operation).prepared(inputs, effect_key)

    def submit(self, prepared: Prepared) -> Answer:
        """Create the request in the OA; the answer is waiting."""
        plan, body = self._plan(prepared.operation), prepared.body
        request, raw = self._desk.create(plan.workflow, body["title"], body["fields"])
        self._finder.created(prepared.effect_key, request)
        return Answer(raw, request, waiting=True)

    def probe(self, prepared: Prepared) -> Answer | None:
        """What the person has done with it; None where the OA has no request of ours for it."""
        with _question.asking():
            found = self._finder.find(prepared)
        if found is None:
            return None
        form, raw = found
        if self._check_node and form.node == self._check_node:
            return self._receive(prepared, form, raw)
        if form.node not in self._done:
            return Answer(raw, form.request_id, waiting=True)
        try:
            return _desk_result.read(self._plan(prepared.operation), prepared, form, raw)
        except Invalid as wrong:  # nobody is there any more who could be asked to write it anew
            reason = _desk_result.told(self._plan(prepared.operation), wrong, form)
            raise Rejected(wrong.code, **wrong.facts).answered(raw, reason) from None

    def fetch(self, prepared: Prepared) -> Answer:
        """People are asked by a request too, so nothing is a mere read here."""
        raise Fatal("desk.no-such-operation", operation=prepared.operation, nearest="-")

    @property
    def booked(self) -> frozenset[str]:
        """All of them: the OA lists what the hub created."""
        return frozenset(self._plans)

    def books(self, operation: str, since: datetime, until: datetime) -> Iterator[BookEntry]:
        """The requests of this operation that were created in the span."""
        workflow = self._plan(operation).workflow
        return _oa_books.read(self._desk, workflow, self._done, since=since, until=until)

    def close(self) -> None:
        """Close the wire."""
        self._desk.close()

    def _plan(self, operation: str) -> Plan:
        if operation not in self._plans:
            near = nearest(operation, self._plans)
            raise Fatal("desk.no-such-operation", operation=operation, nearest=near)
        return self._plans[operation]

    def _receive(self, prepared: Prepared, form: Form, raw: bytes) -> Answer:
        """What was passed on to the hub is accepted if it can be understood, else it goes back."""
        try:
            answer = self._understood(prepared, form, raw)
        except Invalid as wrong:
            told = _desk_result.told(self._plan(prepared.operation), wrong, form)
            with _question.asking():
                self._desk.send_back(form.request_id, told)
            return Answer(raw, form.request_id, waiting=True)
        except Rejected:
            self._accept(form)
            raise
        self._accept(form)
        return answer

    def _understood(self, prepared: Prepared, form: Form, raw: bytes) -> Answer:
        try:
            return _desk_result.read(self._plan(prepared.operation), prepared, form, raw)
        except Rejected as no:
            if no.code == _desk_result.REFUSED and not no.reason:  # here it can still be asked for
                raise Invalid("desk.no-reason", path="/blyj") from None
            raise

    def _accept(self, form: Form) -> None:
        with _question.asking():
            accepted, _ = self._desk.submit(form.request_id, {})
            if accepted:
                return
            now, _ = self._desk.request(form.request_id)
        if now.node == self._check_node:
            raise Unknown("desk.not-accepted", request=form.request_id)
