"""One operation of a desk: the workflow, what is filled in, and how the result is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from adapters import _coded_record, _generic_mapping_mistakes, _generic_needs, _oa_todo
from exchange.errors import Problem
from exchange.ports import Inputs, Needed, Operation, Prepared
from mappings import site_files
from mappings.compiler import Mapping as Compiled

TASK = "oa-task"
"""Kind of the document in which the hub says what is to be done."""
_SETTLE = timedelta(minutes=1)
Mistake = tuple[str, Problem]
Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """An operation as its system file describes it."""

    operation: Operation
    workflow: str
    assignee: str
    form: Compiled
    record: Compiled | None = None

    @classmethod
    def of(cls, name: str, told: Told, site: Path | None) -> Self:
        """With its mappings found in the site. ``Fatal`` if one can't be used."""
        record = site_files.load(told["record"], site) if "record" in told else None
        form = site_files.load(told["mapping"], site)
        return cls(operation(name, told), told["workflow"], told["assignee"], form, record)

    def prepared(self, inputs: Inputs, effect_key: str) -> Prepared:
        """Title and fields of the request. Raises ``Invalid``."""
        tasks = [name for name, kind in self.operation.needs.items() if kind == TASK]
        task = inputs.get(tasks[0], {}) if tasks else {}
        fields = _coded_record.sent(self.form, {n: i for n, i in inputs.items() if n not in tasks})
        title = str(task.get("title", self.operation.title))
        fields |= {"ywlsh": effect_key, "blr": self.assignee, "sxmc": title}
        fields |= {"sxnr": str(task["content"])} if "content" in task else {}
        body = {"title": _oa_todo.titled(title, effect_key), "fields": fields}
        return Prepared(self.operation.name, effect_key, body, self.form.digest)


def operation(name: str, told: Told) -> Operation:
    """What the core must know of it. A person's work is never repeated unasked."""
    return Operation(
        name,
        told["title"],
        needs=told["needs"],
        gives=told.get("gives", ""),
        identity=tuple(told["identity"]),
        occurrence=tuple(told.get("occurrence", ())),
        idempotence="probe",
        irreversible=told.get("irreversible", False),
        settle=_SETTLE,
        amends=told.get("amends", ""),
        revokes=told.get("revokes", ""),
    )


def mistakes(options: Told, site: Path) -> Iterator[Mistake]:
    """Mappings that can't be had, or that map something else than this operation."""
    for name, told in options["operations"].items():
        at = f"/operations/{name}"
        asked = {n: kind for n, kind in told["needs"].items() if kind != TASK}
        about = {**told, "needs": asked}
        yield from _generic_mapping_mistakes.request(
            name, told["mapping"], f"{at}/mapping", about, site=site
        )
        if "record" in told:
            yield from _generic_mapping_mistakes.record(
                name, told["record"], f"{at}/record", told.get("gives", ""), site=site
            )
        elif told.get("gives"):
            facts = {"operation": name, "gives": told["gives"]}
            yield f"{at}/gives", Problem("desk.no-record", facts)


def needed(options: Told, site: Path) -> dict[str, tuple[Needed, ...]]:
    """By operation: the fields that its form can't do without."""
    return _generic_needs.of_operations(options, site)
