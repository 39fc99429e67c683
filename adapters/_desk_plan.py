"""One operation of a desk: the workflow, what is filled in, and how the result is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from adapters import _coded_record, _generic_needs, _oa_todo
from exchange import pointer
from exchange.errors import Invalid
from exchange.ports import Inputs, Needed, Operation, Prepared, Scalar
from mappings import site_files
from mappings.compiler import Mapping as Compiled

TASK = "oa-task"
"""Kind of the document in which the hub says what is to be done."""
_SETTLE = timedelta(minutes=1)
_USER = re.compile("[0-9]+")
Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """An operation as its system file describes it."""

    operation: Operation
    workflow: str
    assignee: str | Mapping[str, str]
    """A user's number, or from where in the documents it comes (``{"from": "list/head"}``)."""
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
        sent = _coded_record.sent(self.form, {n: i for n, i in inputs.items() if n not in tasks})
        fields = {name: _written(value) for name, value in sent.items()}
        title = str(task.get("title", self.operation.title))
        fields |= {"ywlsh": effect_key, "blr": self._person(inputs), "sxmc": title}
        fields |= {"sxnr": str(task["content"])} if "content" in task else {}
        body = {"title": _oa_todo.titled(title, effect_key), "fields": fields}
        body |= {"same": self._identity(inputs)}
        return Prepared(self.operation.name, effect_key, body, self.form.digest)

    def _person(self, inputs: Inputs) -> str:
        """Whoever is to do it. ``Invalid`` if the document that should say so names nobody."""
        if isinstance(self.assignee, str):
            return self.assignee
        name, _, rest = self.assignee["from"].partition("/")
        found = pointer.get(inputs.get(name, {}), f"/{rest}")
        if not isinstance(found, str) or not _USER.fullmatch(found):
            raise Invalid("desk.no-assignee", path=f"/{name}/{rest}")
        return found

    def _identity(self, inputs: Inputs) -> dict[str, Any]:
        """Where the result has these fields too, it must say the same in them."""
        named = [path.partition("/") for path in self.operation.identity]
        return {
            f"/{rest}": pointer.get(inputs.get(name, {}), f"/{rest}") for name, _, rest in named
        }


def _written(value: Scalar) -> str:
    """As a form keeps it: check boxes hold 1 and 0.

    >>> _written("a"), _written(2026), _written(True)
    ('a', '2026', '1')
    """
    return str(int(value)) if isinstance(value, bool) else str(value)


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


def without_tasks(options: Told) -> Told:
    """The same operations with only those needs that their mappings can read."""
    told = {
        name: each | {"needs": _documents(each)} for name, each in options["operations"].items()
    }
    return {"operations": told}


def _documents(told: Told) -> dict[str, str]:
    return {name: kind for name, kind in told["needs"].items() if kind != TASK}


def needed(options: Told, site: Path) -> dict[str, tuple[Needed, ...]]:
    """By operation: the fields that its form can't do without, and the one that names the person."""
    found = _generic_needs.of_operations(without_tasks(options), site)
    for name, told in options["operations"].items():
        if not isinstance(told["assignee"], str):
            found[name] += (Needed(told["mapping"], (told["assignee"]["from"],)),)
    return found
